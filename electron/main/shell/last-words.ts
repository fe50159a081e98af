/**
 * What the page has to tell before it goes. Whoever asks while another does waits for the same answer; each time the
 * page is asked anew, since the one that was asked first may be gone.
 */
export class LastWords {
  readonly #ask: () => void
  #waiting: PromiseWithResolvers<void> | null = null

  constructor(ask: () => void) {
    this.#ask = ask
  }

  /** Resolves once the page has said all; a page that is not there never does. */
  said(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>()
    const { promise } = this.#waiting
    this.#ask()
    return promise
  }

  /** Its answer. */
  heard(): void {
    this.#waiting?.resolve()
    this.#waiting = null
  }
}
