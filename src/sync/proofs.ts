/** As many as may wait for their commit; what is dropped is committed without. */
const most = 20_000

/**
 * MD5 digests of what was sent, by the key of its object, in hex. Storage keeps one as the ETag of what came in one
 * request (AWS, "Checking object integrity"; Supabase's file backend does alike), and a commit lets the server compare
 * the two: a second opinion on its end, without a request. Where a server's ETags turn out to be something else
 * (encryption by a key service does that) none are told any more.
 */
export class Proofs {
  readonly #digests = new Map<string, string>()
  readonly #doubted = new Set<string>()
  #areTold = true

  sent(key: string, md5: string): void {
    if (!this.#areTold) return
    const [oldest] = this.#digests.keys()
    if (oldest !== undefined && this.#digests.size >= most) this.#digests.delete(oldest)
    this.#digests.set(key, md5)
  }

  of(key: string): string | null {
    return this.#digests.get(key) ?? null
  }

  committed(key: string): void {
    this.#digests.delete(key)
    this.#doubted.delete(key)
  }

  /** The server has not the bytes of one of them, or its ETag is another. */
  refused(keys: readonly string[]): void {
    for (const key of keys) if (this.#digests.has(key)) this.#doubted.add(key)
  }

  /** What lies there was read: its bytes are right. */
  isWhole(key: string): void {
    if (this.#doubted.has(key)) {
      this.#areTold = false
      this.#digests.clear()
      this.#doubted.clear()
    }
    this.#digests.delete(key)
  }
}
