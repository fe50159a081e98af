import { asFailure, Failure, type FailureCode } from '../../../../src/domain/failure.ts'
import type { ArtifactTurns } from '../../../../src/mutations/artifact-turns.ts'
import {
  isRefusal,
  mayBeItsOwn,
  type QueuedMutation,
  triesItselfAfterMs,
  unansweredAfterMs,
} from '../../../../src/mutations/queue.ts'
import { backoff } from '../../../../src/transfer/backoff.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import { logged, loggedOnce } from '../../../log/log.ts'

/** Where the queue lies. What it has promised is on the disk. */
export type MutationStore = {
  nextMutations(
    held: { things: readonly string[]; ids: readonly string[]; artifacts: readonly string[] },
    atMost: number,
  ): Promise<QueuedMutation[]>
  beginMutation(id: string): Promise<QueuedMutation | null>
  mutationApplied(id: string): Promise<void>
  mutationRefused(id: string, code: FailureCode): Promise<QueuedMutation | null>
  mutationUnanswered(id: string, code: FailureCode): Promise<QueuedMutation | null>
}

export type MutationSenderOptions = {
  store: MutationStore
  /** With edits of the same files. */
  turns: ArtifactTurns
  /**
   * Resolves when the server has applied it, now or before. `begin` has to have resolved before each request of it goes
   * out, and is not called where none does.
   */
  send: (mutation: QueuedMutation, begin: () => Promise<void>, signal: AbortSignal) => Promise<void>
  /** Whether the server answers others since a time that `time.elapsed` said. */
  answersOthers: (since: number, signal: AbortSignal) => Promise<boolean>
  time: Time
  /** Hears of one that is sent, waits again, or is blocked. */
  changed: (mutation: QueuedMutation) => void
  /** Before it leaves the queue: what else this computer knows of it. A failure of it is nobody's. */
  applied: (mutation: QueuedMutation) => Promise<void>
  /** It has left the queue. */
  left: (mutation: QueuedMutation) => void
}

/** Of different things. */
const maxInFlight = 4

type InFlight = {
  /** As the disk has it. */
  mutation: QueuedMutation
  /** A request of it went out. */
  isSent: boolean
  ended: Promise<void>
}
/** Why one waits. */
type Trouble = {
  code: FailureCode
  count: number
  dueAt: number
  /** Since when the server answers others and not it; null: it does not answer others either. */
  aloneSince: number | null
}

/** Sends what is queued: one at a time of each thing, in order, again and again until the server has said what it is. */
export class MutationSender {
  readonly #options: MutationSenderOptions
  readonly #closing = new AbortController()
  /** By thing. */
  readonly #inFlight = new Map<string, InFlight>()
  /** By id. */
  readonly #troubles = new Map<string, Trouble>()
  #isOpen = false
  #isWanted = false
  #looking: Promise<void> | null = null
  #alarm = new AbortController()
  /** Looks into the queue that failed in a row, and when there is another. */
  #failedLooks = 0
  #nextLookAt = 0
  readonly #refused = logged('mutations', 'The server refused a change')
  readonly #troubled = loggedOnce('mutations', 'A change has no answer yet')
  readonly #unread = loggedOnce('mutations', 'What waits for the server could not be read')
  readonly #unwritten = loggedOnce('mutations', 'What became of a change could not be written')

  constructor(options: MutationSenderOptions) {
    this.#options = options
  }

  isSending(id: string): boolean {
    return [...this.#inFlight.values()].some((each) => each.mutation.id === id && each.isSent)
  }

  /** What its last sending came to; null where none failed. */
  troubleOf(id: string): FailureCode | null {
    return this.#troubles.get(id)?.code ?? null
  }

  /** It is owed no more, or anew. */
  forget(id: string): void {
    this.#troubles.delete(id)
  }

  /** Whether there is anybody to send to. What is under way comes to its end. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen
    if (isOpen) this.retryNow()
  }

  /** Nothing waits for its time any more. */
  retryNow(): void {
    for (const trouble of this.#troubles.values()) trouble.dueAt = 0
    this.#nextLookAt = 0
    this.poke()
  }

  /** Looks for what is to be sent. */
  poke(): void {
    this.#isWanted = true
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
      if (this.#isWanted && this.#mayBegin()) this.poke()
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#alarm.abort()
    await this.#looking
    await Promise.all([...this.#inFlight.values()].map(({ ended }) => ended))
  }

  #mayBegin(): boolean {
    return this.#isOpen && !this.#closing.signal.aborted
  }

  async #look(): Promise<void> {
    const { store, time, turns } = this.#options
    while (this.#isWanted && this.#mayBegin()) {
      this.#isWanted = false
      const now = time.elapsed()
      const ids = [...this.#troubles].flatMap(([id, { dueAt }]) => (dueAt > now ? id : []))
      const held = { things: [...this.#inFlight.keys()], ids, artifacts: turns.underWay('edits') }
      try {
        const next = await store.nextMutations(held, maxInFlight - this.#inFlight.size)
        this.#failedLooks = 0
        if (this.#mayBegin()) for (const mutation of next) this.#begin(mutation)
      } catch (error) {
        this.#unread(error)
        this.#nextLookAt = now + this.#waitMs(this.#failedLooks)
        this.#failedLooks += 1
      }
    }
    this.#setAlarm()
  }

  #waitMs(failures: number): number {
    return backoff(failures, this.#options.time.random, null)
  }

  #setAlarm(): void {
    this.#alarm.abort()
    const { time } = this.#options
    const now = time.elapsed()
    const dues = [...this.#troubles.values()].map(({ dueAt }) => dueAt)
    const waits = [...dues, this.#nextLookAt].filter((dueAt) => dueAt > now)
    if (waits.length === 0 || !this.#mayBegin()) return
    this.#alarm = new AbortController()
    time.sleep(Math.min(...waits) - now, this.#alarm.signal).then(
      () => this.poke(),
      () => {},
    )
  }

  #begin(mutation: QueuedMutation): void {
    const { thing, artifactId } = mutation
    const endTurn =
      artifactId === null ? () => {} : this.#options.turns.begin('changes', artifactId)
    // An edit of its files has set out meanwhile; whoever sends those tells when they have gone.
    if (!endTurn) return
    const inFlight: InFlight = { mutation, isSent: false, ended: Promise.resolve() }
    this.#inFlight.set(thing, inFlight)
    inFlight.ended = this.#send(inFlight)
      .catch((error: unknown) => {
        // The disk failed: what it has of the mutation holds, and is read again.
        this.#unwritten(error)
        this.#failed(mutation.id, asFailure(error).code, false)
        return inFlight.mutation
      })
      .then((waiting) => {
        this.#inFlight.delete(thing)
        endTurn()
        if (waiting) this.#options.changed(waiting)
        this.poke()
      })
  }

  /** Answers since when the server answers others and not this one. */
  #failed(id: string, code: FailureCode, isAlone: boolean): number | null {
    const now = this.#options.time.elapsed()
    const before = this.#troubles.get(id)
    const count = before?.count ?? 0
    const aloneSince = isAlone ? (before?.aloneSince ?? now) : null
    const dueAt = now + this.#waitMs(count)
    this.#troubles.set(id, { code, aloneSince, dueAt, count: count + 1 })
    return aloneSince
  }

  /** Answers what is left of it in the queue. */
  async #send(inFlight: InFlight): Promise<QueuedMutation | null> {
    const { store, send, changed, applied, left, time } = this.#options
    const { id } = inFlight.mutation
    const { signal } = this.#closing
    const beganAt = time.elapsed()
    let isGone = false
    const begin = async (): Promise<void> => {
      const begun = await store.beginMutation(id)
      isGone = begun === null
      if (begun === null) throw new Failure('sync.cancelled', 'It waits no more.')
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      inFlight.mutation = begun
      if (inFlight.isSent) return
      inFlight.isSent = true
      changed(begun)
    }
    try {
      await send(inFlight.mutation, begin, signal)
    } catch (error) {
      if (isGone) {
        this.forget(id)
        return null
      }
      const { code } = asFailure(error)
      if (isRefusal(code)) {
        this.#refused(error)
        const refused = await store.mutationRefused(id, code)
        this.forget(id)
        return refused
      }
      if (code !== 'sync.cancelled') this.#troubled(error)
      return await this.#unanswered(inFlight.mutation, code, inFlight.isSent ? beganAt : null)
    }
    await applied(inFlight.mutation).catch(
      logged('mutations', 'What a change made is not shown here yet'),
    )
    await store.mutationApplied(id)
    this.forget(id)
    left(inFlight.mutation)
    return null
  }

  async #unanswered(
    mutation: QueuedMutation,
    code: FailureCode,
    sentAt: number | null,
  ): Promise<QueuedMutation | null> {
    const { store, answersOthers, time } = this.#options
    const isAlone =
      sentAt !== null &&
      mayBeItsOwn(code) &&
      (await answersOthers(sentAt, this.#closing.signal).catch(() => false))
    const { id, refused } = mutation
    const aloneSince = this.#failed(id, code, isAlone)
    const isLong = aloneSince !== null && time.elapsed() - aloneSince >= unansweredAfterMs
    if (refused === null && !isLong) return mutation
    const blocked = await store.mutationUnanswered(id, isAlone ? code : (refused ?? code))
    const trouble = this.#troubles.get(id)
    if (trouble) trouble.dueAt = time.elapsed() + triesItselfAfterMs * (0.5 + time.random())
    return blocked
  }
}
