import { asFailure, type FailureCode } from '../../../../src/domain/failure.ts'
import { isRefusal, nextToSend, type QueuedMutation } from '../../../../src/mutations/queue.ts'
import { backoff } from '../../../../src/transfer/backoff.ts'
import type { Time } from '../../../../src/transfer/clock.ts'

/** Where the queue lies. What it has promised is on the disk. */
export type MutationStore = {
  mutations(): Promise<QueuedMutation[]>
  beginMutation(id: string): Promise<QueuedMutation | null>
  mutationApplied(id: string): Promise<void>
  mutationRefused(id: string, code: FailureCode): Promise<void>
}

export type MutationSenderOptions = {
  store: MutationStore
  /** Once; resolves when the server has applied it, now or before. */
  send: (mutation: QueuedMutation, signal: AbortSignal) => Promise<void>
  time: Time
  /** Hears of one that begins, or waits again. */
  changed: (mutation: QueuedMutation) => void
  /** Before it leaves the queue: what else this computer knows of it. A failure of it is nobody's. */
  applied: (mutation: QueuedMutation) => Promise<void>
  /** It has left the queue. */
  left: (mutation: QueuedMutation) => void
}

/** Of different things. */
const maxInFlight = 4

/** Sends what is queued: one at a time of each thing, in order, again and again until the server has said what it is. */
export class MutationSender {
  readonly #options: MutationSenderOptions
  readonly #closing = new AbortController()
  /** By thing. */
  readonly #inFlight = new Map<string, { id: string; ended: Promise<void> }>()
  readonly #failures = new Map<string, { count: number; dueAt: number }>()
  #isOpen = false
  #isWanted = false
  #looking: Promise<void> | null = null
  #alarm = new AbortController()

  constructor(options: MutationSenderOptions) {
    this.#options = options
  }

  isSending(id: string): boolean {
    return [...this.#inFlight.values()].some((each) => each.id === id)
  }

  /** Whether there is anybody to send to. What is under way comes to its end. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen
    if (isOpen) this.hurry()
  }

  /** Nothing waits for its time any more. */
  hurry(): void {
    for (const failure of this.#failures.values()) failure.dueAt = 0
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
    while (this.#isWanted && this.#mayBegin()) {
      this.#isWanted = false
      const queue = await this.#options.store.mutations().catch(() => null)
      // A disk that does not answer is asked again with the next change.
      if (queue === null || !this.#mayBegin()) return
      const now = this.#options.time.elapsed()
      const next = nextToSend(
        queue,
        (thing) => this.#inFlight.has(thing) || (this.#failures.get(thing)?.dueAt ?? 0) > now,
        maxInFlight - this.#inFlight.size,
      )
      for (const mutation of next) this.#begin(mutation)
      const things = new Set(queue.map(({ thing }) => thing))
      for (const thing of this.#failures.keys())
        if (!things.has(thing)) this.#failures.delete(thing)
    }
    this.#setAlarm()
  }

  #setAlarm(): void {
    this.#alarm.abort()
    const { time } = this.#options
    const now = time.elapsed()
    const waits = [...this.#failures.values()].flatMap(({ dueAt }) => (dueAt > now ? dueAt : []))
    if (waits.length === 0 || !this.#mayBegin()) return
    this.#alarm = new AbortController()
    time.sleep(Math.min(...waits) - now, this.#alarm.signal).then(
      () => this.poke(),
      () => {},
    )
  }

  #begin(mutation: QueuedMutation): void {
    const { thing, id } = mutation
    const ended = this.#send(mutation)
      .catch(() => {
        // The disk failed: what it has of the mutation holds, and is read again.
        this.#failed(thing)
        return null
      })
      .then((waiting) => {
        this.#inFlight.delete(thing)
        if (waiting) this.#options.changed(waiting)
        this.poke()
      })
    this.#inFlight.set(thing, { id, ended })
  }

  #failed(thing: string): void {
    const { time } = this.#options
    const count = this.#failures.get(thing)?.count ?? 0
    const waitMs = backoff(count, time.random, null)
    this.#failures.set(thing, { count: count + 1, dueAt: time.elapsed() + waitMs })
  }

  /** Answers what is left of it in the queue. */
  async #send({ id, thing }: QueuedMutation): Promise<QueuedMutation | null> {
    const { store, send, changed, applied, left } = this.#options
    const mutation = await store.beginMutation(id)
    if (mutation === null || this.#closing.signal.aborted) return mutation
    changed(mutation)
    try {
      await send(mutation, this.#closing.signal)
    } catch (error) {
      const { code } = asFailure(error)
      if (!isRefusal(code)) {
        this.#failed(thing)
        return mutation
      }
      this.#failures.delete(thing)
      await store.mutationRefused(id, code)
      return { ...mutation, refused: code }
    }
    this.#failures.delete(thing)
    await applied(mutation).catch(() => {})
    await store.mutationApplied(id)
    left(mutation)
    return null
  }
}
