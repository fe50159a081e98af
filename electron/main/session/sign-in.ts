import { randomUUID } from 'node:crypto'
import type { OAuthProvider, SessionState } from '../../../src/contract/session.ts'
import { asFailure, Failure, type FailureCode } from '../../../src/domain/failure.ts'
import { parsedJson } from '../../../src/domain/parsed-json.ts'
import { callbackOf, type LoopbackPort, parseDeepLink } from '../../../src/session/deep-link.ts'
import {
  flowLifetimeMs,
  matchFlow,
  type PendingFlow,
  pendingFlow,
} from '../../../src/session/flow.ts'
import { log, logged } from '../../log/log.ts'
import type { AuthServer, Grant } from './auth-server.ts'
import { patiently } from './patience.ts'
import type { Vault } from './vault.ts'

/** Milliseconds that a start, or a sign-in in the browser, waits for the keychain. */
const flowPatienceMs = 2_000

const flowName = 'sign-in under way'

const digitsOf = (text: string): string => text.normalize('NFKC').replace(/\D/g, '')

/** What signing in leads to, and all that it knows of it. */
export type SessionSeam = {
  state(): SessionState
  set(state: SessionState): SessionState
  vault(): Vault
  /** Somebody was let in. */
  granted(grant: Grant): Promise<SessionState>
  /** Nobody was: who was here before stays. */
  notSignedIn(failure: FailureCode | null): SessionState
}

/** How the browser's answer comes back. */
export type WayBack = {
  /** Begins to wait for a flow's answer: at a port of this computer, or null where the system hands over the link. */
  open(flow: string): Promise<LoopbackPort>
  /** Goes on waiting where a run before this one did. */
  reopen(flow: string, port: number): Promise<void>
  close(): void
}

export type SignInOptions = {
  server: { id: string; auth: AuthServer }
  /** Absent, the system hands over every link. */
  wayBack: WayBack | undefined
  openBrowser: (url: string) => Promise<void>
  /** Milliseconds since 1970 by this computer's clock. */
  now: () => number
  /** Milliseconds by a clock that nobody sets. */
  uptime: () => number
}

const inBrowser = (provider: OAuthProvider, authorizeUrl: string | null): SessionState => ({
  status: 'signingIn',
  method: 'oauth',
  provider,
  authorizeUrl,
  email: null,
  failure: null,
})

/** The ways in: a password, a code by e-mail, and the browser, which comes back with a link. */
export class SignIn {
  readonly #options: SignInOptions
  readonly #session: SessionSeam
  readonly #usedFlows = new Set<string>()
  #flow: PendingFlow | null = null
  /** When it began, by the clock that nobody sets; of a flow of an earlier run only the other clock knows. */
  #flowBegan = 0

  constructor(options: SignInOptions, session: SessionSeam) {
    this.#options = options
    this.#session = session
  }

  withPassword(email: string, password: string): Promise<SessionState> {
    return this.by(() => this.#options.server.auth.signInWithPassword(email, password))
  }

  signUp(email: string, password: string, displayName: string): Promise<SessionState> {
    return this.by(() => this.#options.server.auth.signUp(email, password, displayName))
  }

  async requestCode(email: string): Promise<SessionState> {
    await this.#options.server.auth.requestCode(email)
    return this.#session.set({
      status: 'signingIn',
      method: 'code',
      provider: null,
      authorizeUrl: null,
      email,
      failure: null,
    })
  }

  /** `code` as a person pasted it: in other digits, with words, spaces and dashes around it. */
  withCode(email: string, code: string): Promise<SessionState> {
    return this.by(() => this.#options.server.auth.verifyCode(email, digitsOf(code)))
  }

  /** By whatever grants it; `refused` hears why it did not. */
  async by(
    work: () => Promise<Grant>,
    refused: (failure: FailureCode) => void = () => {},
  ): Promise<SessionState> {
    let grant: Grant
    try {
      grant = await work()
    } catch (error) {
      const failure = asFailure(error)
      refused(failure.code)
      throw failure
    }
    return this.#session.granted(grant)
  }

  async inBrowser(provider: OAuthProvider): Promise<SessionState> {
    const { server, now, openBrowser, wayBack } = this.#options
    const id = randomUUID()
    const loopbackPort = (await wayBack?.open(id)) ?? null
    const { url, verifier } = await server.auth
      .startOAuth(provider, callbackOf(id, loopbackPort))
      .catch((error: unknown) => {
        wayBack?.close()
        throw error
      })
    const startedAt = now()
    await this.#saveFlow({ id, provider, verifier, server: server.id, startedAt, loopbackPort })
    this.#session.set(inBrowser(provider, url))
    await openBrowser(url)
    return this.#session.state()
  }

  /** For whoever closed the browser's page too early. */
  async openBrowserAgain(): Promise<void> {
    const state = this.#session.state()
    if (state.status === 'signingIn' && state.authorizeUrl)
      await this.#options.openBrowser(state.authorizeUrl)
  }

  /** A link from anywhere: the browser, a second launch, pasted. Refused ones change nothing but the notice. */
  async openLink(link: string): Promise<SessionState> {
    const flow = await this.#readFlow()
    const parsed = parseDeepLink(link, flow?.loopbackPort ?? null)
    const match = matchFlow(parsed, flow, this.#usedFlows, this.#nowOf(flow))
    if (match.kind === 'refused') {
      if (match.reason === 'auth.denied-by-provider' || match.reason === 'link.expired-flow')
        await this.#dropFlow()
      return this.refuseLink(match.reason)
    }
    this.#usedFlows.add(match.flow.id)
    await this.#dropFlow()
    return this.by(
      () => this.#options.server.auth.exchangeCode(match.code, match.flow.verifier),
      (failure) => this.#session.notSignedIn(failure),
    )
  }

  /** Told like a link that was looked at. */
  refuseLink(failure: FailureCode): SessionState {
    const state = this.#session.state()
    if (state.status === 'signingIn') return this.#session.set({ ...state, failure })
    if (state.status === 'signedOut') return this.#session.set({ status: 'signedOut', failure })
    throw new Failure(failure, 'The link was refused.')
  }

  async cancel(): Promise<SessionState> {
    await this.#dropFlow()
    return this.#session.notSignedIn(null)
  }

  /** Where nobody is known: a flow of an earlier run goes on. */
  async resume(): Promise<void> {
    const flow = await patiently(this.#readFlow(), flowPatienceMs)
    if (flow.kind === 'answered') {
      this.#resumeFlow(flow.value)
      return
    }
    // Nobody waits for it in front of an empty window.
    this.#session.set({ status: 'signedOut', failure: null })
    flow.later((late) => {
      if (late && this.#session.state().status === 'signedOut') this.#resumeFlow(late)
    })
  }

  #resumeFlow(flow: PendingFlow | null): void {
    if (!flow || this.#options.now() - flow.startedAt >= flowLifetimeMs) {
      this.#session.set({ status: 'signedOut', failure: null })
      return
    }
    const { id, provider, loopbackPort } = flow
    if (loopbackPort !== null)
      void this.#options.wayBack
        ?.reopen(id, loopbackPort)
        .catch(logged('session', 'A sign-in’s way back was not opened again'))
    this.#session.set(inBrowser(provider, null))
  }

  async #saveFlow(flow: PendingFlow): Promise<void> {
    this.#flow = flow
    this.#flowBegan = this.#options.uptime()
    // Without a keychain the flow lasts until quit; that is no reason to refuse or delay the sign-in.
    const written = this.#session.vault().write(flowName, JSON.stringify(flow))
    await patiently(
      written.catch(logged('session', 'A sign-in under way is not kept over a restart')),
      flowPatienceMs,
    )
  }

  async #dropFlow(): Promise<void> {
    this.#flow = null
    this.#options.wayBack?.close()
    const removed = this.#session.vault().remove(flowName)
    await patiently(
      removed.catch(logged('session', 'What was kept of a sign-in stays')),
      flowPatienceMs,
    )
  }

  async #readFlow(): Promise<PendingFlow | null> {
    if (this.#flow) return this.#flow
    const text = await this.#session
      .vault()
      .read(flowName)
      .catch((error: unknown) => {
        log('session').warn('What was kept of a sign-in could not be read', error)
        return null
      })
    const parsed = pendingFlow.safeParse(text === null ? null : parsedJson(text))
    return parsed.success && parsed.data.server === this.#options.server.id ? parsed.data : null
  }

  #nowOf(flow: PendingFlow | null): number {
    const { now, uptime } = this.#options
    return flow && flow === this.#flow ? flow.startedAt + uptime() - this.#flowBegan : now()
  }
}
