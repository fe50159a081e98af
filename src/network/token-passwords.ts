import type { TokenQuestion } from '../contract/network.ts'

/** Milliseconds in which a token that was given a wrong password says so. */
export const provingMs = 3_000

type Waiting = (password: string) => void
type Token = {
  /** The oldest first. */
  waiting: Waiting[]
  question: TokenQuestion | null
  /** The oldest tries what was answered; calls off that the others are given it. */
  stopProving: (() => void) | null
  /** The person leaves it locked. */
  isDeclined: boolean
}

/**
 * What unlocks a token that holds certificates (a card, a key in a port, a database with a password). It is asked for
 * each time and kept nowhere: a card that hears a wrong one a few times locks itself for good. So of all who wait for a
 * token one alone tries what was answered, and the others are given it when nobody says that it was wrong.
 */
export class TokenPasswords {
  readonly #changed: () => void
  readonly #later: (work: () => void, milliseconds: number) => () => void
  readonly #tokens = new Map<string, Token>()
  readonly #listeners = new Map<string, Set<(isAsked: boolean) => void>>()
  #asked = 0

  /** `later` answers how to call it off. */
  constructor(options: {
    changed: () => void
    later: (work: () => void, milliseconds: number) => () => void
  }) {
    this.#changed = options.changed
    this.#later = options.later
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
      waiting: [],
      question: null,
      stopProving: null,
      isDeclined: false,
    }
    this.#tokens.set(tokenName, token)
    if (token.isDeclined) return ''
    const { promise, resolve } = Promise.withResolvers<string>()
    // It tried for the others: so it does with the next one.
    if (isRetry) token.waiting.unshift(resolve)
    else token.waiting.push(resolve)
    const isProving = token.stopProving !== null && !isRetry
    if (token.question === null && !isProving) this.#ask(token, { hostname, tokenName, isRetry })
    return promise
  }

  answer(id: string, password: string): void {
    const token = this.#settle(id)
    if (!token) return
    const give = (count: number): void => {
      for (const given of token.waiting.splice(0, count)) given(password)
    }
    give(1)
    if (token.waiting.length === 0) return
    token.stopProving = this.#later(() => {
      token.stopProving = null
      give(token.waiting.length)
    }, provingMs)
  }

  decline(id: string): void {
    const token = this.#settle(id)
    if (!token) return
    token.isDeclined = true
    for (const given of token.waiting.splice(0)) given('')
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

  #ask(token: Token, of: { hostname: string; tokenName: string; isRetry: boolean }): void {
    token.stopProving?.()
    token.stopProving = null
    this.#asked += 1
    token.question = {
      kind: 'token',
      id: `token-${this.#asked}`,
      host: of.hostname,
      name: of.tokenName,
      wasRefused: of.isRetry,
    }
    this.#tell(of.hostname, true)
  }

  #settle(id: string): Token | null {
    for (const token of this.#tokens.values()) {
      if (token.question?.id !== id) continue
      const { host } = token.question
      token.question = null
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
