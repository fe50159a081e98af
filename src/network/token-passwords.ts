import type { TokenQuestion } from '../contract/network.ts'

type Token = {
  pending: PromiseWithResolvers<string> | null
  question: TokenQuestion | null
  /** The person leaves it locked. */
  isDeclined: boolean
}

/**
 * What unlocks a token that holds certificates (a card, a key in a port, a database with a password). It is asked for
 * each time and kept nowhere: a card that hears a wrong one a few times locks itself for good.
 */
export class TokenPasswords {
  readonly #changed: () => void
  readonly #tokens = new Map<string, Token>()
  readonly #listeners = new Map<string, Set<(isAsked: boolean) => void>>()
  #asked = 0

  constructor(options: { changed: () => void }) {
    this.#changed = options.changed
  }

  get questions(): TokenQuestion[] {
    return [...this.#tokens.values()].flatMap(({ question }) => (question ? [question] : []))
  }

  /** Never rejects, as a thread of Chromium's waits for it; '' leaves the token locked. `isRetry`: the last one was wrong. */
  async unlock({
    hostname,
    tokenName,
    isRetry,
  }: {
    hostname: string
    tokenName: string
    isRetry: boolean
  }): Promise<string> {
    const token = this.#tokens.get(tokenName) ?? {
      ...{ pending: null, question: null, isDeclined: false },
    }
    this.#tokens.set(tokenName, token)
    if (token.isDeclined) return ''
    if (token.pending) return token.pending.promise
    const pending = Promise.withResolvers<string>()
    token.pending = pending
    this.#asked += 1
    token.question = {
      ...{ kind: 'token', id: `token-${this.#asked}`, host: hostname, name: tokenName },
      wasRefused: isRetry,
    }
    this.#tell(hostname, true)
    return pending.promise
  }

  answer(id: string, password: string): void {
    this.#settle(id, password)
  }

  decline(id: string): void {
    const token = this.#settle(id, '')
    if (token) token.isDeclined = true
  }

  /** Calls back when the person is asked because of that host, and when no more; answers how to stop that. */
  follow(hostname: string, heard: (isAsked: boolean) => void): () => void {
    const listeners = this.#listeners.get(hostname) ?? new Set()
    this.#listeners.set(hostname, listeners.add(heard))
    return () => {
      listeners.delete(heard)
      if (listeners.size === 0) this.#listeners.delete(hostname)
    }
  }

  askAgain(): void {
    for (const token of this.#tokens.values()) token.isDeclined = false
  }

  #settle(id: string, password: string): Token | null {
    for (const token of this.#tokens.values()) {
      if (token.question?.id !== id) continue
      const { host } = token.question
      token.question = null
      token.pending?.resolve(password)
      token.pending = null
      this.#tell(host, false)
      return token
    }
    return null
  }

  #tell(hostname: string, isAsked: boolean): void {
    for (const heard of this.#listeners.get(hostname) ?? []) heard(isAsked)
    this.#changed()
  }
}
