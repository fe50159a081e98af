/** How far so many transfers are, over several plans in a row. Bytes; each transfer under a key. */
export class ProgressCounter {
  /** Bytes of what is planned and not done. */
  #planned = new Map<string, number>()
  #left = 0
  #done = { files: 0, bytes: 0 }
  readonly #moving = new Map<string, number>()

  begin(): void {
    this.#done = { files: 0, bytes: 0 }
    this.plan([])
  }

  /** What is still to be done, what is on its way among it. */
  plan(files: Iterable<readonly [key: string, bytes: number]>): void {
    this.#planned = new Map(files)
    this.#left = 0
    for (const bytes of this.#planned.values()) this.#left += bytes
  }

  moved(key: string, bytesDone: number): void {
    this.#moving.set(key, bytesDone)
  }

  /** What was there already counts, too. */
  finished(key: string): void {
    this.#done.files += 1
    this.#done.bytes += this.#planned.get(key) ?? 0
    this.leftOut(key)
  }

  /** It will not be done. */
  leftOut(key: string): void {
    this.#left -= this.#planned.get(key) ?? 0
    this.#planned.delete(key)
    this.#moving.delete(key)
  }

  /** It moves no more, and is to be done all the same. */
  dropped(key: string): void {
    this.#moving.delete(key)
  }

  get counts() {
    let bytesDone = this.#done.bytes
    for (const [key, bytes] of this.#moving)
      bytesDone += Math.min(bytes, this.#planned.get(key) ?? 0)
    return {
      filesDone: this.#done.files,
      filesTotal: this.#done.files + this.#planned.size,
      bytesDone,
      bytesTotal: this.#done.bytes + this.#left,
    }
  }
}
