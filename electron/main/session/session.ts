import { z } from 'zod'
import type { Account, SessionState } from '../../../src/contract/session.ts'
import { asFailure, type FailureCode } from '../../../src/domain/failure.ts'
import { isLocalAddress } from '../../../src/domain/local-address.ts'
import { retryDelay } from '../../../src/session/refresh.ts'
import type { AuthServer, Grant } from './auth-server.ts'
import type { openKnownAccount } from './known-account.ts'
import { patiently } from './patience.ts'
import { SignIn, type WayBack } from './sign-in.ts'
import { Tokens } from './tokens.ts'
import { memoryVault, type Vault } from './vault.ts'

export type SessionOptions = {
  /** `id` stays when the address does not: everything kept is kept under it. */
  server: { id: string; url: string; auth: AuthServer }
  vault: Vault
  knownAccount: ReturnType<typeof openKnownAccount>
  openBrowser: (url: string) => Promise<void>
  /** Absent, the system hands over every link. */
  wayBack?: WayBack
  changed: (state: SessionState) => void
  /** Milliseconds since 1970 by this computer's clock. */
  now?: () => number
  /** Milliseconds by a clock that nobody sets. */
  uptime?: () => number
}

/** Milliseconds that a sign-out waits to tell that the keychain refused. */
const signOutPatienceMs = 1_000
/** Milliseconds that an active session waits for the keychain to take a new token. */
const adoptPatienceMs = 3_000

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

/** One person on one server. The only holder of the refresh token, and the only one who refreshes. */
export class SessionManager {
  readonly signIn: SignIn
  readonly #options: SessionOptions
  readonly #tokens: Tokens
  #vault: Vault
  #state: SessionState = { status: 'starting' }
  #account: Account | null = null
  #refreshing: Promise<string | null> | null = null
  #retry: { timer: NodeJS.Timeout; attempt: number } | null = null
  /** Waits for the person to choose what to do about a keychain that does not work. */
  #unsaved: Grant | null = null
  #signOuts = 0
  /** Its server is gone for good: whoever comes back in its place has a session of their own. */
  #isDisconnected = false
  #closed = false

  constructor(options: SessionOptions) {
    const { server, vault, openBrowser, wayBack } = options
    const clocks = {
      now: options.now ?? Date.now,
      uptime: options.uptime ?? (() => performance.now()),
    }
    this.#options = options
    this.#vault = vault
    this.#tokens = new Tokens({ server: server.id, ...clocks })
    this.signIn = new SignIn(
      { server, openBrowser, wayBack, ...clocks },
      {
        state: () => this.#state,
        set: (state) => this.#set(state),
        vault: () => this.#vault,
        granted: (grant) => this.#granted(grant),
        notSignedIn: (failure) => this.#notSignedIn(failure),
      },
    )
  }

  get state(): SessionState {
    return this.#state
  }

  /** The person goes on without a keychain. */
  get isInMemory(): boolean {
    return this.#vault.kind === 'memory'
  }

  get account(): Account | null {
    return this.#account
  }

  /** Shows the known person at once, then asks the keychain, then the server. */
  async start(): Promise<SessionState> {
    const known = await this.#options.knownAccount.read()
    if (!known || known.server !== this.#options.server.id) {
      await this.signIn.resume()
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
    const { access, isFresh } = this.#tokens
    const isRefused = access !== null && access === refused
    if (isFresh && !isRefused) return access
    if (this.#state.status !== 'active') return null
    // One refresh for all who were refused.
    if (isRefused && !this.#refreshing && !this.#tokens.mayAskAgain()) return access
    return this.#refresh()
  }

  /** Milliseconds by which the server's clock is ahead of ours. */
  get ahead(): number {
    return this.#tokens.ahead
  }

  /** The same for what is one account's: null once anybody else is signed in, and if they are by the time it comes. */
  async accessTokenOf(accountId: string, refused?: string): Promise<string | null> {
    const token = this.#account?.id === accountId ? await this.accessToken(refused) : null
    return this.#account?.id === accountId ? token : null
  }

  async retryVault(): Promise<SessionState> {
    if (this.#unsaved)
      return this.#adopt(this.#unsaved).catch((error: unknown) => this.#vaultTrouble(error))
    await this.#refresh()
    return this.#state
  }

  async continueInMemory(): Promise<SessionState> {
    // Asked for twice, it is one: another vault would be empty.
    if (this.#vault.kind !== 'memory') this.#vault = memoryVault()
    if (this.#unsaved) return this.#adopt(this.#unsaved)
    const { account, state } = this
    const goesOn =
      state.status === 'active' && account && (await this.#tokens.carry(this.#vault, account.id))
    return goesOn
      ? this.#set({ status: 'active', account, vault: this.#vault.kind })
      : this.#notSignedIn(null)
  }

  /** Local first: it works with no network and a keychain that keeps silent, and leaves nothing here. */
  async signOut(): Promise<SessionState> {
    const { account } = this
    const token = this.#tokens.access
    this.#signOuts += 1
    this.#tokens.forget()
    this.#account = null
    this.#unsaved = null
    this.#stopRetrying()
    await this.#options.knownAccount.forget()
    const removed = account
      ? this.#tokens.remove(this.#vault, account.id).then(
          () => null,
          (error: unknown) => asFailure(error).code,
        )
      : Promise.resolve(null)
    if (token) void this.#options.server.auth.revoke(token)
    const signOuts = this.#signOuts
    const left = await patiently(removed, signOutPatienceMs)
    // The entry goes when the keychain answers; only what it refuses is worth another word.
    if (left.kind === 'silent')
      left.later((failure) => {
        if (failure && signOuts === this.#signOuts && this.#state.status === 'signedOut')
          this.#set({ status: 'signedOut', failure })
      })
    const failure = left.kind === 'answered' ? left.value : null
    return this.#set({ status: 'signedOut', failure })
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
    this.#options.wayBack?.close()
    this.#stopRetrying()
    this.#options.server.auth.dispose()
  }

  #granted(grant: Grant): Promise<SessionState> {
    this.#tokens.setClock(grant)
    const vault = this.#vault
    return this.#adopt(grant).catch((error: unknown) =>
      vault === this.#vault ? this.#vaultTrouble(error) : this.#state,
    )
  }

  /** The new refresh token is in the vault, read back, before the access token is handed out. */
  async #adopt(grant: Grant): Promise<SessionState> {
    const account = accountOf(grant)
    const signOuts = this.#signOuts
    const vault = this.#vault
    this.#unsaved = grant
    await this.#tokens.keep(vault, grant)
    // Somebody went on without it meanwhile, who does not want to hear of it any more.
    if (vault !== this.#vault) return this.#state
    if (vault.kind === 'keychain' && signOuts === this.#signOuts)
      await this.#options.knownAccount.write({
        server: this.#options.server.id,
        url: this.#options.server.url,
        account,
      })
    if (signOuts !== this.#signOuts) {
      // Signed out while it was written: nothing stays, but what is of who came since.
      if (!this.#account) await this.#options.knownAccount.forget()
      if (this.#account?.id !== account.id) await this.#tokens.remove(this.#vault, account.id)
      return this.#state
    }
    this.#tokens.hold(grant)
    this.#account = account
    this.#unsaved = null
    this.#stopRetrying()
    const status = this.#isDisconnected ? 'offline' : 'active'
    return this.#set({ status, account, vault: this.#vault.kind })
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
      const kept = await this.#tokens.kept(vault, account.id)
      const grant = await this.#options.server.auth.refresh(kept)
      this.#tokens.setClock(grant)
      if (signOuts !== this.#signOuts || vault !== this.#vault) return null
      const adopted = this.#adopt(grant).catch((error: unknown) => {
        if (vault === this.#vault) this.#vaultTrouble(error)
      })
      const isSilent = (await patiently(adopted, adoptPatienceMs)).kind === 'silent'
      // Who works on while the keychain's window waits does so with what is in memory.
      if (isSilent && this.#state.status === 'active' && signOuts === this.#signOuts)
        this.#tokens.hold(grant)
      return this.#tokens.access
    } catch (error) {
      if (signOuts !== this.#signOuts || vault !== this.#vault) return null
      const { code } = asFailure(error)
      if (code.startsWith('network.') || code.startsWith('server.')) this.#goOffline(account)
      else {
        if (code.startsWith('auth.')) this.#tokens.endAccess()
        this.#vaultTrouble(error)
      }
      return null
    }
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

  #set(state: SessionState): SessionState {
    this.#state = state
    if (!this.#closed) this.#options.changed(state)
    return state
  }
}
