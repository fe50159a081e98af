import type { FailureCode } from '../domain/failure.ts'
import { backoff } from './backoff.ts'

/** Attempts that failed without one between them that did not. */
const openAfterFailures = 5

/** A request that may go. */
export type Ticket = { isProbe: boolean }
export type Trouble = { code: FailureCode; retryAfterSeconds: number | null }

/**
 * Spares a server that is down. After some failures in a row nobody is sent there any more until a while has passed;
 * then one request goes first, and what becomes of it holds for all.
 */
export class CircuitBreaker {
  readonly #now: () => number
  readonly #random: () => number
  #failures = 0
  /** How often it stayed open after a probe. */
  #times = 0
  #open: { code: FailureCode; since: number; wait: number } | null = null
  #isProbing = false

  constructor(now: () => number, random: () => number) {
    this.#now = now
    this.#random = random
  }

  /** A ticket, or the code of the last failure: the request is not to go. */
  acquire(): Ticket | FailureCode {
    if (!this.#open) return { isProbe: false }
    const passed = this.#now() - this.#open.since
    // A clock that was set back must not keep it open.
    if (this.#isProbing || (passed >= 0 && passed < this.#open.wait)) return this.#open.code
    this.#isProbing = true
    return { isProbe: true }
  }

  /** What became of a request; null: nobody knows, it was given up. */
  release({ isProbe }: Ticket, outcome: 'answered' | Trouble | null): void {
    if (isProbe) this.#isProbing = false
    if (outcome === null) return
    if (outcome === 'answered') {
      this.#failures = 0
      this.#times = 0
      this.#open = null
      return
    }
    this.#failures += 1
    // What was on its way before it opened says nothing new.
    if (this.#open ? isProbe : this.#failures >= openAfterFailures) this.#openFor(outcome)
  }

  /** A person asks, or the network is another one: the next request finds out. */
  reset(): void {
    if (this.#open) this.#open.wait = 0
  }

  #openFor({ code, retryAfterSeconds }: Trouble): void {
    this.#times += 1
    const wait = backoff(this.#times, this.#random, retryAfterSeconds)
    this.#open = { code, since: this.#now(), wait }
  }
}
