import type { FailureCode } from '../domain/failure.ts'
import { outageAfterMs } from '../domain/outage.ts'
import type { Time } from './clock.ts'

/** Called when the server is missed, and when it is not any more. `isBack`: after it was not to be had. */
export type OnReachability = (reach: { missedSince: number | null; isBack: boolean }) => void

/** Failures that say that nobody, or nobody who can help, was there. */
const isMiss = (code: FailureCode): boolean =>
  code.startsWith('network.') || code === 'server.unavailable'

/** Whether a server is to be had, by what became of the requests to it. */
export class Reachability {
  readonly #time: Pick<Time, 'now' | 'elapsed'>
  readonly #told: OnReachability
  #missed: { at: number; elapsed: number } | null = null
  #heardAt: number

  constructor(time: Pick<Time, 'now' | 'elapsed'>, told: OnReachability) {
    this.#time = time
    this.#told = told
    this.#heardAt = time.elapsed()
  }

  /** When it was first not to be had, in milliseconds since the epoch; null: it was, the last time. */
  get missedSince(): number | null {
    return this.#missed?.at ?? null
  }

  /** Milliseconds since it last answered. */
  get silence(): number {
    return this.#time.elapsed() - this.#heardAt
  }

  answered(): void {
    this.#heardAt = this.#time.elapsed()
    if (!this.#missed) return
    const missedFor = this.#heardAt - this.#missed.elapsed
    this.#missed = null
    this.#told({ missedSince: null, isBack: missedFor >= outageAfterMs })
  }

  failed(code: FailureCode): void {
    if (this.#missed || !isMiss(code)) return
    this.#missed = { at: this.#time.now(), elapsed: this.#time.elapsed() }
    this.#told({ missedSince: this.#missed.at, isBack: false })
  }
}
