import { asFailure, Failure } from '../domain/failure.ts'
import { failurePolicies } from './failure-policy.ts'

/** A change of one file, whose bytes are at the server. No two of one name go together: the second is to meet the first. */
export type Committable = {
  fileId: string
  name: string
  /** Ends this one. */
  signal: AbortSignal
  /** Ends the pass, and the commit itself: one that its person stops does not end that of the others. */
  pass: AbortSignal
}

/** What the server says of several changes: all are done, or none is, and which of them stand against something. */
export type CommitAnswer<Conflict> =
  | { status: 'committed'; revisions: ReadonlyMap<string, number> }
  | { status: 'conflict'; conflicts: ReadonlyMap<string, Conflict> }

/** The same of one of them; a conflict that the server does not name is null. */
export type Committed<Conflict> =
  | { status: 'committed'; revision: number }
  | { status: 'conflict'; conflict: Conflict | null }

/** @throws Failure */
type Ask<Item, Conflict> = (items: readonly Item[]) => Promise<CommitAnswer<Conflict>>
type Tell<Item, Conflict> = (item: Item, end: Committed<Conflict> | Failure) => void

const halvesOf = <Item>(items: readonly Item[]): [Item[], Item[]] => {
  const half = Math.ceil(items.length / 2)
  return [items.slice(0, half), items.slice(half)]
}

/**
 * Commits changes of one artifact together, and tells each how it went. One that is refused, or stands against
 * something, does not hold the others: they go again without it.
 */
export const commitTogether = async <Item extends Committable, Conflict>(
  items: readonly Item[],
  ask: Ask<Item, Conflict>,
  tell: Tell<Item, Conflict>,
): Promise<void> => {
  if (items.length === 0) return
  const apart = async (): Promise<void> => {
    for (const half of halvesOf(items)) await commitTogether(half, ask, tell)
  }
  const answer = await ask(items).catch(asFailure)
  if (answer instanceof Failure) {
    if (items.length > 1 && failurePolicies[answer.code].refusal === 'one') return apart()
    for (const item of items) tell(item, answer)
    return
  }
  if (answer.status === 'committed') {
    for (const item of items) {
      const revision = answer.revisions.get(item.fileId)
      const unnamed = new Failure('server.unexpected-answer', 'The commit does not name the file.')
      tell(item, revision === undefined ? unnamed : { status: 'committed', revision })
    }
    return
  }
  const { status, conflicts } = answer
  const others = items.filter(({ fileId }) => !conflicts.has(fileId))
  // It says that there is something, and names none of these: each by itself then.
  if (others.length === items.length && items.length > 1) return apart()
  for (const item of items)
    if (conflicts.has(item.fileId) || items.length === 1)
      tell(item, { status, conflict: conflicts.get(item.fileId) ?? null })
  if (others.length < items.length) await commitTogether(others, ask, tell)
}

/** Changes in one commit: what is held at the server meanwhile is one artifact. */
const largestCommit = 1_000

type Waiting<Item, Conflict> = {
  item: Item
  isUnderWay: boolean
  done: (end: Committed<Conflict> | Failure) => void
}

/**
 * Commits of one artifact, one after another. What comes while one is under way goes with the next, so that one edit
 * waits for nobody and a thousand are a few commits.
 */
export class CommitQueue<Item extends Committable, Conflict> {
  readonly #ask: Ask<Item, Conflict>
  #waiting: Waiting<Item, Conflict>[] = []
  #isBusy = false

  constructor(ask: Ask<Item, Conflict>) {
    this.#ask = ask
  }

  /** @throws Failure; sync.cancelled when its signal aborts first. A pass that ends waits for what is under way. */
  add(item: Item): Promise<Committed<Conflict>> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (!own.isUnderWay || !item.pass.aborted)
          own.done(new Failure('sync.cancelled', 'Cancelled.'))
      }
      const own: Waiting<Item, Conflict> = {
        item,
        isUnderWay: false,
        done: (end) => {
          item.signal.removeEventListener('abort', giveUp)
          if (end instanceof Failure) reject(end)
          else resolve(end)
        },
      }
      if (item.signal.aborted) return giveUp()
      item.signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(own)
      if (!this.#isBusy) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    while (this.#waiting.length > 0) {
      const ends = new Map(this.#next().map(({ item, done }) => [item, done]))
      await commitTogether([...ends.keys()], this.#ask, (item, end) => ends.get(item)?.(end))
    }
    this.#isBusy = false
  }

  /** As many as go together. */
  #next(): Waiting<Item, Conflict>[] {
    const batch: Waiting<Item, Conflict>[] = []
    const rest: Waiting<Item, Conflict>[] = []
    const names = new Set<string>()
    for (const each of this.#waiting) {
      const { name, signal } = each.item
      if (signal.aborted) continue
      if (batch.length >= largestCommit || names.has(name)) rest.push(each)
      else {
        names.add(name)
        each.isUnderWay = true
        batch.push(each)
      }
    }
    this.#waiting = rest
    return batch
  }
}
