/** As many as may wait for their commit; what is dropped is committed without. */
const maxRemembered = 20_000

/**
 * MD5 digests of what was sent, by the key of its object, in hex. Storage keeps one as the ETag of what came in one
 * request (AWS, "Checking object integrity"; Supabase's file backend does alike), and a commit lets the server compare
 * the two: a second opinion on its end, without a request. Where a server's ETags turn out to be something else
 * (encryption by a key service does that) none are told any more.
 */
export class UploadChecksums {
  readonly #digests = new Map<string, string>()
  /** Of commits that were refused, for some of their files; which, nobody said. */
  readonly #refused = new Set<string>()
  /** Those of them whose digests may have been the reason. */
  readonly #doubted = new Set<string>()
  #areTold = true

  /** `md5`: null of what came in parts. */
  sent(key: string, md5: string | null): void {
    // The server had it not: that was the reason.
    if (this.#refused.has(key)) this.#explained()
    if (!this.#areTold || md5 === null) return
    const [oldest] = this.#digests.keys()
    if (oldest !== undefined && this.#digests.size >= maxRemembered && !this.#digests.has(key))
      this.#digests.delete(oldest)
    this.#digests.set(key, md5)
  }

  of(key: string): string | null {
    return this.#digests.get(key) ?? null
  }

  committed(keys: readonly string[]): void {
    for (const key of keys) this.#digests.delete(key)
    if (keys.some((key) => this.#refused.has(key))) this.#explained()
  }

  /** Of one of them the server has not the bytes, or its ETag is another. */
  refused(keys: readonly string[]): void {
    for (const key of keys) {
      this.#refused.add(key)
      if (this.#digests.has(key)) this.#doubted.add(key)
    }
  }

  /** What lies there was read: its bytes are others. */
  foundOther(key: string): void {
    this.#digests.delete(key)
    if (this.#refused.has(key)) this.#explained()
  }

  /** What lies there was read: its bytes are right. */
  foundWhole(key: string): void {
    this.#digests.delete(key)
    if (!this.#doubted.delete(key) || this.#doubted.size > 0) return
    // All were, and were refused: this server means something else by its ETags.
    this.#explained()
    this.#digests.clear()
    this.#areTold = false
  }

  #explained(): void {
    this.#refused.clear()
    this.#doubted.clear()
  }
}
