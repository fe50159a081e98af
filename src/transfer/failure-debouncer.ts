import type { FailureCode } from '../domain/failure.ts'

/** Trouble of the server or the line, which mostly ends by itself. */
const passing: readonly FailureCode[] = [
  'network.timeout',
  'server.unavailable',
  'server.rate-limited',
  'server.unexpected-answer',
]
/** Shown as what they are, which is no error. */
const unreached: readonly FailureCode[] = ['network.offline', 'network.unreachable']
/** Milliseconds until trouble of this kind is worth a word. */
const quietMs = 3 * 60_000

/** Decides what of failures in a row a person hears. `now` is in milliseconds and never goes back. */
export class FailureDebouncer {
  #since: number | null = null
  #isAsked = false

  /** A person waits for the word of the next pass: they hear at once. */
  asked(): void {
    this.#isAsked = true
  }

  went(): void {
    this.#since = null
    this.#isAsked = false
  }

  failed(code: FailureCode, now: number): 'tell' | 'wait' {
    const isAsked = this.#isAsked
    this.#isAsked = false
    if (!unreached.includes(code) && !passing.includes(code)) {
      this.#since = null
      return 'tell'
    }
    this.#since ??= now
    return unreached.includes(code) || isAsked || now - this.#since >= quietMs ? 'tell' : 'wait'
  }
}
