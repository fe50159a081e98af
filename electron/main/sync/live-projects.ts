import type { HandlersOf } from '../../../src/contract/table.ts'
import type { Time } from '../../../src/transfer/clock.ts'
import { logged } from '../../log/log.ts'

/** Milliseconds that the page's word holds: it is given again with every beat of its socket's heart, also of a hidden page. */
const heldMs = 100_000

/**
 * Which projects the page hears of by itself, by what it said last. While it does, nobody asks the server for news of
 * them; a page that is gone says nothing, and its word runs out.
 */
export class LiveProjects {
  readonly #time: Pick<Time, 'sleep'>
  readonly #lost: () => void
  #projects: ReadonlySet<string> | null = null
  /** Of these it was said that they are told, and something changed of which nothing was: they are asked about. */
  readonly #unheard = new Set<string>()
  #words = 0
  #misses = 0
  #word: AbortController | null = null

  constructor(time: Pick<Time, 'sleep'>, lost: () => void) {
    this.#time = time
    this.#lost = lost
  }

  /** The server has a way to tell. */
  get isConnected(): boolean {
    return this.#projects !== null
  }

  hears(projectId: string): boolean {
    return (this.#projects?.has(projectId) ?? false) && !this.#unheard.has(projectId)
  }

  /** A word of a project: the way is open. */
  heard(projectId: string): void {
    this.#words += 1
    this.#unheard.delete(projectId)
  }

  /** Something changed in it that nothing told of. */
  missed(projectId: string): void {
    this.#misses += 1
    this.#unheard.add(projectId)
  }

  /** For a report. */
  get inWords(): string {
    const about = this.#projects === null ? 'not told' : `told of ${this.#projects.size} projects`
    return `${about}, ${this.#words} words, ${this.#misses} changes without one`
  }

  /** Null: nothing is told any more. */
  tell(projectIds: readonly string[] | null): void {
    this.#word?.abort(null)
    this.#word = null
    const before = this.#projects
    this.#projects = projectIds && new Set(projectIds)
    if (projectIds !== null) this.#holdWord()
    const isLess = [...(before ?? [])].some((id) => !this.#projects?.has(id))
    if (isLess || (before !== null && projectIds === null)) this.#lost()
  }

  close(): void {
    this.#word?.abort(null)
  }

  #holdWord(): void {
    const own = new AbortController()
    this.#word = own
    void this.#time.sleep(heldMs, own.signal).then(
      () => this.tell(null),
      () => {},
    )
  }
}

/**
 * The projects that are followed here, told when they are others than before. Folders speak several times a second, and
 * asking which there are costs the databases: only what may have changed them is a reason to.
 */
export const openFollowed = (options: {
  ask: () => Promise<readonly string[]>
  tell: (projectIds: string[]) => void
}) => {
  let told = ''
  let linked = ''
  const keyOf = (projectIds: readonly string[]): string => projectIds.toSorted().join()
  const now = async (): Promise<string[]> => [...new Set(await options.ask())]
  const mayDiffer = (): void =>
    void now().then(
      (projectIds) => {
        const key = keyOf(projectIds)
        if (key !== told) options.tell(projectIds)
        told = key
      },
      logged('sync', 'Which projects are followed could not be asked'),
    )
  return {
    now,
    mayDiffer,
    /** Those of all linked folders, whatever was told of these. */
    linked: (projectIds: readonly string[]): void => {
      const key = keyOf([...new Set(projectIds)])
      if (key === linked) return
      linked = key
      mayDiffer()
    },
  }
}

/** What a page says of the server's own words. */
export const liveHandlers = (options: {
  live: LiveProjects
  followed: () => Promise<string[]>
  /** Somebody changed something of a project. */
  heard: (projectId: string) => Promise<void>
}): HandlersOf<'live'> => {
  const { live, followed, heard } = options
  return {
    'live.joined': async ({ projectIds }) => {
      live.tell(projectIds)
      return followed()
    },
    'live.heard': async ({ projectId }) => {
      live.heard(projectId)
      await heard(projectId)
    },
  }
}
