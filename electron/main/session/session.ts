import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { asFailure, Failure, type FailureCode } from '../../../src/contract/failure.ts'
import type { Account, OAuthProvider, SessionState } from '../../../src/contract/session.ts'
import { callbackAddress, parseDeepLink } from '../../../src/session/deep-link.ts'
import {
  flowLifetime,
  matchFlow,
  type PendingFlow,
  pendingFlow,
} from '../../../src/session/flow.ts'
import { isLocalAddress } from '../../../src/session/local-account.ts'
import { isFresh, type Life, refusalPause, retryDelay } from '../../../src/session/refresh.ts'
import type { AuthServer, Grant } from './auth-server.ts'
import type { openKnownAccount } from './known-account.ts'
import { memoryVault, type Vault } from './vault.ts'

export type SessionOptions = {
  /** `id` stays when the address does not: everything kept is kept under it. */
  server: { id: string; url: string; auth: AuthServer }
  vault: Vault
  knownAccount: ReturnType<typeof openKnownAccount>
  openBrowser: (url: string) => Promise<void>
  changed: (state: SessionState) => void
  /** Milliseconds since 1970 by this computer's clock. */
  now?: () => number
  /** Milliseconds by a clock that nobody sets. */
  uptime?: () => number
}

/** Milliseconds that a sign-out waits to tell that the keychain refused. */
const signOutPatienceMs = 1_000
/** Milliseconds that a start, or a sign-in in the browser, waits for the keychain. */
const startPatienceMs = 2_000
/** Milliseconds that an active session waits for the keychain to take a new token. */
const adoptPatienceMs = 3_000

const after = (ms: number): Promise<'late'> =>
  new Promise((resolve) => setTimeout(() => resolve('late'), ms).unref())

const digitsOf = (text: string): string => text.normalize('NFKC').replace(/\D/g, '')

const flowName = 'sign-in under way'
const record = z.object({ refreshToken: z.string(), accountId: z.string(), server: z.string() })
const metadata = z.looseObject({
  display_name: z.string().optional(),
  full_name: z.string().optional(),
  name: z.string().optional(),
  avatar_url: z.string().optional(),
})

const accountOf = ({ user }: Grant): Account => {
  const { data } = metadata.safeParse(user.user_metadata)
  // One of this computer alone leads nowhere, and is nobody's to see.
  const email = user.email && !isLocalAddress(user.email) ? user.email : null
  return {
    id: user.id,
    email,
    displayName: data?.display_name || data?.full_name || data?.name || email || 'You',
    avatarUrl: data?.avatar_url?.startsWith('https://') ? data.avatar_url : null,
  }
}

/** From the token itself. One that tells nothing of it is never fresh. */
const lifeOf = (accessToken: string): Life => {
  try {
    const { iat = 0, exp = 0 } = decodeJwt(accessToken)
    return { from: iat * 1000, until: exp * 1000 }
  } catch {
    return { from: 0, until: 0 }
  }
}

/** One person on one server. The only holder of the refresh token, and the only one who refreshes. */
export class SessionManager {
  readonly #options: SessionOptions
  readonly #now: () => number
  readonly #uptime: () => number
  #vault: Vault
  #state: SessionState = { status: 'starting' }
  #access: { token: string; life: Life } | null = null
  /** Milliseconds by which the server's clock is ahead of ours. */
  #ahead = 0
  /** When a refusal last asked for a refresh, by the clock that nobody sets. */
  #refusedAt = Number.NEGATIVE_INFINITY
  #account: Account | null = null
  #refreshing: Promise<string | null> | null = null
  #retry: { timer: NodeJS.Timeout; attempt: number } | null = null
  /** For as long as a keychain's window keeps an active session waiting. */
  #refreshTokenHeld: string | null = null
  /** Waits for the person to choose what to do about a keychain that does not work. */
  #unsaved: Grant | null = null
  readonly #usedFlows = new Set<string>()
  #signOuts = 0
  /** Its server is gone for good: whoever comes back in its place has a session of their own. */
  #isDisconnected = false
  #closed = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#uptime = options.uptime ?? (() => performance.now())
    this.#vault = options.vault
  }

  get state(): SessionState {
    return this.#state
  }

  get account(): Account | null {
    return this.#account
  }

  /** Shows the known person at once, then asks the keychain, then the server. */
  async start(): Promise<SessionState> {
    const known = await this.#options.knownAccount.read()
    if (!known || known.server !== this.#options.server.id) {
      await this.#resumeFlow()
      return this.#state
    }
    this.#account = known.account
    this.#set({ status: 'offline', account: known.account, vault: this.#vault.kind })
    await this.#refresh()
    return this.#state
  }

  /**
   * A token the server will take now, or null. Waits for a server that answers, never for one that does not.
   * `refused`: one that the server took no more, whatever the clock says of it.
   */
  async accessToken(refused?: string): Promise<string | null> {
    if (this.#isDisconnected) return null
    const held = this.#access
    if (held && held.token === refused) return this.#instead(refused)
    if (held && isFresh(held.life, this.#now(), this.#ahead)) return held.token
    if (this.#state.status === 'active') return this.#refresh()
    return null
  }

  /** Of a token that was refused: one refresh for all who were. The same again when there was one just now. */
  async #instead(refused: string): Promise<string | null> {
    if (this.#state.status !== 'active') return null
    if (!this.#refreshing) {
      if (this.#uptime() - this.#refusedAt < refusalPause) return refused
      this.#refusedAt = this.#uptime()
    }
    return this.#refresh()
  }

  signInWithPassword = (email: string, password: string) =>
    this.#signIn('password', () => this.#options.server.auth.signInWithPassword(email, password))

  signUp = (email: string, password: string, displayName: string) =>
    this.#signIn('password', () => this.#options.server.auth.signUp(email, password, displayName))

  /** By whatever grants it. */
  signInBy = (work: () => Promise<Grant>) => this.#signIn('password', work)

  /** `code` as a person pasted it: in other digits, with words, spaces and dashes around it. */
  verifyCode = (email: string, code: string) =>
    this.#signIn('code', () => this.#options.server.auth.verifyCode(email, digitsOf(code)))

  async requestCode(email: string): Promise<SessionState> {
    await this.#options.server.auth.requestCode(email)
    return this.#set({
      status: 'signingIn',
      method: 'code',
      provider: null,
      authorizeUrl: null,
      email,
      failure: null,
    })
  }

  async signInWithOAuth(provider: OAuthProvider): Promise<SessionState> {
    const id = randomUUID()
    const { url, verifier } = await this.#options.server.auth.startOAuth(
      provider,
      `${callbackAddress}?flow=${id}`,
    )
    const flow: PendingFlow = {
      id,
      provider,
      verifier,
      server: this.#options.server.id,
      startedAt: this.#now(),
    }
    await this.#saveFlow(flow)
    this.#set({
      status: 'signingIn',
      method: 'oauth',
      provider,
      authorizeUrl: url,
      email: null,
      failure: null,
    })
    await this.#options.openBrowser(url)
    return this.#state
  }

  /** For whoever closed the browser's page too early. */
  async openBrowserAgain(): Promise<void> {
    if (this.#state.status === 'signingIn' && this.#state.authorizeUrl)
      await this.#options.openBrowser(this.#state.authorizeUrl)
  }

  /** Told like a link that was looked at. */
  refuseLink = (reason: FailureCode): SessionState => this.#noticeInSignIn(reason)

  /** A link from anywhere: the browser, a second launch, pasted. Refused ones change nothing but the notice. */
  async openLink(link: string): Promise<SessionState> {
    const parsed = parseDeepLink(link)
    const flow = await this.#readFlow()
    const match = matchFlow(parsed, flow, this.#usedFlows, this.#nowOf(flow))
    if (match.kind === 'refused') {
      if (match.reason === 'auth.denied-by-provider' || match.reason === 'link.expired-flow')
        await this.#dropFlow()
      return this.#noticeInSignIn(match.reason)
    }
    this.#usedFlows.add(match.flow.id)
    await this.#dropFlow()
    return this.#signIn('oauth', () =>
      this.#options.server.auth.exchangeCode(match.code, match.flow.verifier),
    )
  }

  async cancelSignIn(): Promise<SessionState> {
    await this.#dropFlow()
    return this.#notSignedIn(null)
  }

  async retryVault(): Promise<SessionState> {
    if (this.#unsaved)
      return this.#adopt(this.#unsaved).catch((error: unknown) => this.#vaultTrouble(error))
    await this.#refresh()
    return this.#state
  }

  async continueInMemory(): Promise<SessionState> {
    this.#vault = memoryVault()
    if (this.#unsaved) return this.#adopt(this.#unsaved)
    return this.#notSignedIn(null)
  }

  /** Local first: it works with no network and a keychain that keeps silent, and leaves nothing here. */
  async signOut(): Promise<SessionState> {
    const { account } = this
    const token = this.#access?.token
    this.#signOuts += 1
    this.#access = null
    this.#refreshTokenHeld = null
    this.#account = null
    this.#unsaved = null
    this.#stopRetrying()
    await this.#options.knownAccount.forget()
    const removed = account
      ? this.#vault.remove(this.#entry(account.id)).then(
          () => null,
          (error: unknown) => asFailure(error).code,
        )
      : Promise.resolve(null)
    if (token) void this.#options.server.auth.revoke(token)
    const signOuts = this.#signOuts
    const left = await Promise.race([removed, after(signOutPatienceMs)])
    // The entry goes when the keychain answers; only what it refuses is worth another word.
    if (left === 'late')
      void removed.then((failure) => {
        if (failure && signOuts === this.#signOuts && this.#state.status === 'signedOut')
          this.#set({ status: 'signedOut', failure })
      })
    return this.#set({ status: 'signedOut', failure: left === 'late' ? null : left })
  }

  /** A hint that the network may be back. */
  reconnect(): void {
    if (this.#state.status === 'offline') void this.#refresh()
  }

  /** The server is known to be gone: it is asked for nothing more, and nobody hears a token that was its. */
  disconnected(): void {
    this.#isDisconnected = true
    this.#stopRetrying()
    if (this.#state.status === 'active' && this.#account) this.#goOffline(this.#account)
  }

  close(): void {
    this.#closed = true
    this.#stopRetrying()
    this.#options.server.auth.dispose()
  }

  async #signIn(
    method: 'password' | 'code' | 'oauth',
    work: () => Promise<Grant>,
  ): Promise<SessionState> {
    let session: Grant
    try {
      session = this.#received(await work())
    } catch (error) {
      const failure = asFailure(error)
      if (method === 'oauth') this.#notSignedIn(failure.code)
      throw failure
    }
    const vault = this.#vault
    return this.#adopt(session).catch((error: unknown) =>
      vault === this.#vault ? this.#vaultTrouble(error) : this.#state,
    )
  }

  /**
   * A new token says what time it is at the server. No other answer's date is asked: a cache or a page on the way
   * may bear any, and a wrong one would have us refresh again and again.
   */
  #received(session: Grant): Grant {
    const { from } = lifeOf(session.access_token)
    if (from > 0) this.#ahead = from - this.#now()
    return session
  }

  /** The new refresh token is in the vault, read back, before the access token is handed out. */
  async #adopt(session: Grant): Promise<SessionState> {
    const account = accountOf(session)
    const signOuts = this.#signOuts
    const vault = this.#vault
    this.#unsaved = session
    const value = {
      refreshToken: session.refresh_token,
      accountId: account.id,
      server: this.#options.server.id,
    }
    await vault.write(this.#entry(account.id), JSON.stringify(value))
    // Somebody went on without it meanwhile, who does not want to hear of it any more.
    if (vault !== this.#vault) return this.#state
    if (vault.kind === 'keychain')
      await this.#options.knownAccount.write({
        server: this.#options.server.id,
        url: this.#options.server.url,
        account,
      })
    if (signOuts !== this.#signOuts) {
      // Signed out while it was written: nothing stays.
      await this.#options.knownAccount.forget()
      await this.#vault.remove(this.#entry(account.id))
      return this.#state
    }
    this.#hold(session)
    this.#account = account
    this.#unsaved = null
    this.#stopRetrying()
    const status = this.#isDisconnected ? 'offline' : 'active'
    return this.#set({ status, account, vault: this.#vault.kind })
  }

  #hold(session: Grant): void {
    this.#access = { token: session.access_token, life: lifeOf(session.access_token) }
    this.#refreshTokenHeld = session.refresh_token
  }

  #refresh(): Promise<string | null> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  async #refreshOnce(): Promise<string | null> {
    const account = this.#account
    const signOuts = this.#signOuts
    const vault = this.#vault
    if (!account || this.#isDisconnected) return null
    try {
      const session = this.#received(
        await this.#options.server.auth.refresh(await this.#refreshToken(account)),
      )
      if (signOuts !== this.#signOuts || vault !== this.#vault) return null
      const adopted = this.#adopt(session).catch((error: unknown) => {
        if (vault === this.#vault) this.#vaultTrouble(error)
      })
      const isLate = (await Promise.race([adopted, after(adoptPatienceMs)])) === 'late'
      // Who works on while the keychain's window waits does so with what is in memory.
      if (isLate && this.#state.status === 'active' && signOuts === this.#signOuts)
        this.#hold(session)
      return this.#access?.token ?? null
    } catch (error) {
      if (signOuts !== this.#signOuts || vault !== this.#vault) return null
      const { code } = asFailure(error)
      if (code.startsWith('network.') || code.startsWith('server.')) this.#goOffline(account)
      else {
        // What the server ends here is no good elsewhere, however long it would have lived.
        if (code.startsWith('auth.')) this.#access = null
        this.#vaultTrouble(error)
      }
      return null
    }
  }

  async #refreshToken(account: Account): Promise<string> {
    const read = this.#vault.read(this.#entry(account.id), true)
    const held = this.#refreshTokenHeld
    if (held && (await Promise.race([read.catch(() => null), after(adoptPatienceMs)])) === 'late') {
      read.catch(() => {})
      return held
    }
    const text = await read
    if (text === null) throw new Failure('auth.signed-out', 'There is no session on this computer.')
    const { data } = record.safeParse(safeJson(text))
    if (!data) {
      // Retrying cannot mend it; signing in writes another.
      await this.#vault.remove(this.#entry(account.id))
      throw new Failure('auth.signed-out', 'The keychain entry could not be read.')
    }
    return data.refreshToken
  }

  #goOffline(account: Account): void {
    this.#set({ status: 'offline', account, vault: this.#vault.kind })
    if (this.#closed || this.#isDisconnected) return
    const attempt = this.#retry ? this.#retry.attempt + 1 : 0
    this.#stopRetrying()
    this.#retry = { attempt, timer: setTimeout(() => void this.#refresh(), retryDelay(attempt)) }
  }

  #stopRetrying(): void {
    if (this.#retry) clearTimeout(this.#retry.timer)
    this.#retry = null
  }

  #vaultTrouble(error: unknown): SessionState {
    const failure = asFailure(error)
    const reason = failure.code.startsWith('vault.') ? failure.code.slice('vault.'.length) : null
    if (reason === 'missing' || reason === 'locked' || reason === 'denied' || reason === 'corrupt')
      return this.#set({ status: 'locked', reason, account: this.#account })
    return this.#notSignedIn(failure.code)
  }

  /** Who was here before stays, with what this computer holds; else there is nobody. */
  #notSignedIn(failure: FailureCode | null): SessionState {
    const account = this.#account
    return account
      ? this.#set({ status: 'reauthenticate', account, failure: failure ?? 'auth.signed-out' })
      : this.#set({ status: 'signedOut', failure })
  }

  #noticeInSignIn(failure: FailureCode): SessionState {
    if (this.#state.status === 'signingIn') return this.#set({ ...this.#state, failure })
    if (this.#state.status === 'signedOut') return this.#set({ status: 'signedOut', failure })
    throw new Failure(failure, 'The link was refused.')
  }

  async #resumeFlow(): Promise<void> {
    const read = this.#readFlow()
    const first = await Promise.race([read, after(startPatienceMs)])
    if (first === 'late') {
      // Nobody waits for it in front of an empty window.
      this.#set({ status: 'signedOut', failure: null })
      void read.then((late) => {
        if (late && this.#state.status === 'signedOut') this.#resume(late)
      })
    } else this.#resume(first)
  }

  #resume(flow: PendingFlow | null): void {
    if (flow && this.#now() - flow.startedAt < flowLifetime)
      this.#set({
        status: 'signingIn',
        method: 'oauth',
        provider: flow.provider,
        authorizeUrl: null,
        email: null,
        failure: null,
      })
    else this.#set({ status: 'signedOut', failure: null })
  }

  #flow: PendingFlow | null = null
  /** When it began, by the clock that nobody sets; of a flow of an earlier run only the other clock knows. */
  #flowBegan = 0

  async #saveFlow(flow: PendingFlow): Promise<void> {
    this.#flow = flow
    this.#flowBegan = this.#uptime()
    // Without a keychain the flow lasts until quit; that is no reason to refuse or delay the sign-in.
    const written = this.#vault.write(flowName, JSON.stringify(flow)).catch(() => {})
    await Promise.race([written, after(startPatienceMs)])
  }

  #nowOf(flow: PendingFlow | null): number {
    return flow && flow === this.#flow
      ? flow.startedAt + this.#uptime() - this.#flowBegan
      : this.#now()
  }

  async #readFlow(): Promise<PendingFlow | null> {
    if (this.#flow) return this.#flow
    const text = await this.#vault.read(flowName).catch(() => null)
    const parsed = pendingFlow.safeParse(text === null ? null : safeJson(text))
    return parsed.success && parsed.data.server === this.#options.server.id ? parsed.data : null
  }

  async #dropFlow(): Promise<void> {
    this.#flow = null
    const removed = this.#vault.remove(flowName).catch(() => {})
    await Promise.race([removed, after(startPatienceMs)])
  }

  #entry(accountId: string): string {
    return `${this.#options.server.id} ${accountId}`
  }

  #set(state: SessionState): SessionState {
    this.#state = state
    if (!this.#closed) this.#options.changed(state)
    return state
  }
}

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
