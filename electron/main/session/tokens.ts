import { decodeJwt } from 'jose'
import { z } from 'zod'
import { Failure } from '../../../src/domain/failure.ts'
import { isFresh, type Life, refusalPauseMs } from '../../../src/session/refresh.ts'
import type { Grant } from './auth-server.ts'
import { patiently } from './patience.ts'
import type { Vault } from './vault.ts'

/** Milliseconds that whoever holds the token in memory waits for the keychain to tell it. */
const readPatienceMs = 3_000

const record = z.object({ refreshToken: z.string(), accountId: z.string(), server: z.string() })

/** From the token itself. One that tells nothing of it is never fresh. */
const lifeOf = (accessToken: string): Life => {
  try {
    const { iat = 0, exp = 0 } = decodeJwt(accessToken)
    return { from: iat * 1000, until: exp * 1000 }
  } catch {
    return { from: 0, until: 0 }
  }
}

export type TokensOptions = {
  /** Of the server: entries of the keychain are told apart by it. */
  server: string
  /** Milliseconds since 1970 by this computer's clock. */
  now: () => number
  /** Milliseconds by a clock that nobody sets. */
  uptime: () => number
}

/** The two tokens of one person on one server: the short-lived one in memory, the refresh token in the vault. */
export class Tokens {
  readonly #options: TokensOptions
  #access: { token: string; life: Life } | null = null
  #ahead = 0
  /** When a refusal last asked for a refresh, by the clock that nobody sets. */
  #refusedAt = Number.NEGATIVE_INFINITY
  /** For as long as a keychain's window keeps an active session waiting. */
  #refreshToken: string | null = null

  constructor(options: TokensOptions) {
    this.#options = options
  }

  /** As it was granted last, fresh or not. */
  get access(): string | null {
    return this.#access?.token ?? null
  }

  get isFresh(): boolean {
    return this.#access !== null && isFresh(this.#access.life, this.#options.now(), this.#ahead)
  }

  /** Milliseconds by which the server's clock is ahead of ours, as far as a token of it has told. */
  get ahead(): number {
    return this.#ahead
  }

  /** Whether a refusal is a reason for a refresh: not when there was one just now. */
  mayAskAgain(): boolean {
    const now = this.#options.uptime()
    if (now - this.#refusedAt < refusalPauseMs) return false
    this.#refusedAt = now
    return true
  }

  /**
   * A new token says what time it is at the server. No other answer's date is asked: a cache or a page on the way
   * may bear any, and a wrong one would have us refresh again and again.
   */
  setClock(grant: Grant): void {
    const { from } = lifeOf(grant.access_token)
    if (from > 0) this.#ahead = from - this.#options.now()
  }

  hold(grant: Grant): void {
    this.#access = { token: grant.access_token, life: lifeOf(grant.access_token) }
    this.#refreshToken = grant.refresh_token
  }

  /** What the server ended is no good elsewhere, however long it would have lived. */
  endAccess(): void {
    this.#access = null
  }

  forget(): void {
    this.#access = null
    this.#refreshToken = null
  }

  /** Into the vault, read back. */
  keep(vault: Vault, grant: Grant): Promise<void> {
    return this.#write(vault, grant.user.id, grant.refresh_token)
  }

  /**
   * The refresh token. Who works on while the keychain's window waits does so with what is in memory.
   * @throws auth.signed-out, vault.*
   */
  async kept(vault: Vault, accountId: string): Promise<string> {
    const read = vault.read(this.#entry(accountId), true)
    const held = this.#refreshToken
    if (held && (await patiently(read, readPatienceMs)).kind === 'silent') return held
    const text = await read
    if (text === null) throw new Failure('auth.signed-out', 'There is no session on this computer.')
    const { data } = record.safeParse(parsedJson(text))
    if (!data) {
      // Retrying cannot mend it; signing in writes another.
      await this.remove(vault, accountId)
      throw new Failure('auth.signed-out', 'The keychain entry could not be read.')
    }
    return data.refreshToken
  }

  /** What is in memory, into another vault. Answers whether there was anything. */
  async carry(vault: Vault, accountId: string): Promise<boolean> {
    if (this.#refreshToken === null) return false
    await this.#write(vault, accountId, this.#refreshToken)
    return true
  }

  remove(vault: Vault, accountId: string): Promise<void> {
    return vault.remove(this.#entry(accountId))
  }

  #write(vault: Vault, accountId: string, refreshToken: string): Promise<void> {
    const value = { refreshToken, accountId, server: this.#options.server }
    return vault.write(this.#entry(accountId), JSON.stringify(value))
  }

  #entry(accountId: string): string {
    return `${this.#options.server} ${accountId}`
  }
}

/** Null of what is no JSON. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
