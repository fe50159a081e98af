/** Later launches, each of which hands over to this one and goes. They wait until somebody listens. */
export class Launches {
  readonly #waiting: (readonly string[])[] = []
  #listener: ((argv: readonly string[]) => void) | null = null

  came(argv: readonly string[]): void {
    if (this.#listener) this.#listener(argv)
    else this.#waiting.push(argv)
  }

  listen(listener: (argv: readonly string[]) => void): void {
    this.#listener = listener
    for (const argv of this.#waiting.splice(0)) listener(argv)
  }
}
