import { Failure } from '../domain/failure.ts'
import type { PreemptionSignal } from './preemption.ts'

type InFlightTransfer = { abort: AbortController; result: Promise<void>; isOver: boolean }

/**
 * Transfers of bytes that go on while the pass that began them gives way to news; the next pass that wants the same
 * bytes joins them. One at a time waits for each.
 */
export class InFlightTransfers {
  readonly #all = new Map<string, InFlightTransfer>()

  get size(): number {
    return this.#all.size
  }

  /**
   * Begins to move these bytes, or joins whoever does; `preempted` when news came first. An abort of `signal` ends it,
   * whether anybody waits for it or not.
   */
  async join(
    key: string,
    signal: AbortSignal,
    preemption: PreemptionSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<'done' | 'preempted'> {
    const known = this.#all.get(key)
    if (preemption.isRaised && !known?.isOver) return 'preempted'
    const transfer = known ?? this.#begin(key, signal, work)
    const ended = transfer.result.then(() => 'done' as const)
    const end = await preemption.race(ended).catch((error: unknown) => {
      this.#all.delete(key)
      throw error
    })
    if (end === 'done') this.#all.delete(key)
    return end ?? 'preempted'
  }

  /** Ends all others, and is done when they have ended. */
  async keepOnly(keys: ReadonlySet<string>): Promise<void> {
    const others = [...this.#all].filter(([key]) => !keys.has(key))
    for (const [, { abort }] of others) abort.abort()
    for (const [key, { result }] of others) {
      await result.catch(() => {})
      this.#all.delete(key)
    }
  }

  end(): Promise<void> {
    return this.keepOnly(new Set())
  }

  #begin(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): InFlightTransfer {
    const abort = new AbortController()
    const withAll = (): void => abort.abort()
    if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
    signal.addEventListener('abort', withAll, { once: true })
    const result = work(abort.signal).finally(() => {
      transfer.isOver = true
      signal.removeEventListener('abort', withAll)
    })
    const transfer: InFlightTransfer = { abort, result, isOver: false }
    // Between two passes nobody waits for it, and a failure is told to whoever joins it.
    result.catch(() => {})
    this.#all.set(key, transfer)
    return transfer
  }
}
