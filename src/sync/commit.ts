import { asFailure, Failure } from '../domain/failure.ts'
import { forEachLimited } from '../transfer/for-each-limited.ts'
import { failurePolicies } from './failure-policy.ts'

/** Of which file it is. */
type Change = { fileId: string }

/** What the server says of several changes: all are done, or none is, and which of them stand against something. */
export type CommitAnswer<Conflict> =
  | { status: 'committed'; revisions: ReadonlyMap<string, number> }
  | { status: 'conflict'; conflicts: ReadonlyMap<string, Conflict> }

/** The same of one of them; a conflict that the server does not name is null. */
export type Committed<Conflict> =
  | { status: 'committed'; revision: number }
  | { status: 'conflict'; conflict: Conflict | null }

export type CommitParts<Item, Conflict> = {
  /** One commit of them all. @throws Failure */
  ask: (items: readonly Item[]) => Promise<CommitAnswer<Conflict>>
  /** How one of them went. */
  tell: (item: Item, end: Committed<Conflict> | Failure) => void
  /**
   * The server has not the bytes it had: brings them once more, and answers those whose bytes are there now. Without it
   * each hears so for itself.
   */
  bringAgain?: (items: readonly Item[]) => Promise<readonly Item[]>
}

/** Commits of one change each that go at once, where nearly all are refused. */
const singlesAtOnce = 8
/** To find the one among n takes two commits for each halving; beyond a few such, each goes by itself. */
const splitsFor = (items: number): number => 2 * Math.ceil(Math.log2(Math.max(2, items))) + 8

/**
 * Commits changes of one artifact together, and tells each how it went. One that is refused, or stands against
 * something, does not hold the others: they go again without it. What is about everything ends it for all.
 */
export const commitTogether = async <Item extends Change, Conflict>(
  all: readonly Item[],
  { ask, tell, bringAgain }: CommitParts<Item, Conflict>,
): Promise<void> => {
  let splits = splitsFor(all.length)
  let ended: Failure | null = null
  let isBroughtAgain = bringAgain === undefined

  const apart = async (items: readonly Item[]): Promise<void> => {
    splits -= 1
    if (splits < 0) return forEachLimited(items, singlesAtOnce, (item) => commit([item]))
    const half = Math.ceil(items.length / 2)
    await commit(items.slice(0, half))
    await commit(items.slice(half))
  }
  const refused = async (items: readonly Item[], failure: Failure): Promise<void> => {
    const { refusal } = failurePolicies[failure.code]
    if (failure.code === 'server.conflict' && bringAgain && !isBroughtAgain) {
      isBroughtAgain = true
      return commit(await bringAgain(items))
    }
    if (items.length > 1 && refusal === 'one') return apart(items)
    if (refusal === undefined) ended = failure
    for (const item of items) tell(item, failure)
  }
  const commit = async (items: readonly Item[]): Promise<void> => {
    if (items.length === 0) return
    const answer = ended ?? (await ask(items).catch(asFailure))
    if (answer instanceof Failure) return refused(items, answer)
    if (answer.status === 'committed') {
      for (const item of items) {
        const revision = answer.revisions.get(item.fileId)
        const unnamed = new Failure(
          'server.unexpected-answer',
          'The commit does not name the file.',
        )
        tell(item, revision === undefined ? unnamed : { status: 'committed', revision })
      }
      return
    }
    const { status, conflicts } = answer
    const others = items.filter(({ fileId }) => !conflicts.has(fileId))
    // It says that there is something, and names none of these: each by itself then.
    if (others.length === items.length && items.length > 1) return apart(items)
    for (const item of items)
      if (conflicts.has(item.fileId) || items.length === 1)
        tell(item, { status, conflict: conflicts.get(item.fileId) ?? null })
    if (others.length < items.length) await commit(others)
  }
  await commit(all)
}

/** A change of one file, whose bytes are at the server. No two of one name go together: the second is to meet the first. */
export type Committable = Change & {
  name: string
  /** Ends this one. */
  signal: AbortSignal
  /** Ends the pass, and the commit itself: one that its person stops does not end that of the others. */
  pass: AbortSignal
}

/** Changes in one commit: what is held at the server meanwhile is one artifact. */
const maxCommitFiles = 1_000

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
  readonly #ask: CommitParts<Item, Conflict>['ask']
  readonly #idle: () => void
  #waiting: Waiting<Item, Conflict>[] = []
  #isBusy = false

  /** `idle`: nothing waits any more, and nothing is under way. */
  constructor(ask: CommitParts<Item, Conflict>['ask'], idle: () => void = () => {}) {
    this.#ask = ask
    this.#idle = idle
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
      const tell = (item: Item, end: Committed<Conflict> | Failure): void => ends.get(item)?.(end)
      await commitTogether([...ends.keys()], { ask: this.#ask, tell })
    }
    this.#isBusy = false
    this.#idle()
  }

  /** As many as go together: those of one pass, for its end is theirs. */
  #next(): Waiting<Item, Conflict>[] {
    const batch: Waiting<Item, Conflict>[] = []
    const rest: Waiting<Item, Conflict>[] = []
    const names = new Set<string>()
    for (const each of this.#waiting) {
      const { name, signal, pass } = each.item
      if (signal.aborted) continue
      const isOther = batch[0] !== undefined && batch[0].item.pass !== pass
      if (batch.length >= maxCommitFiles || names.has(name) || isOther) rest.push(each)
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
