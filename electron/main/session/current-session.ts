import type { SessionState } from '../../../src/contract/session.ts'
import { Failure } from '../../../src/domain/failure.ts'
import type { linkInArguments } from '../../../src/session/deep-link.ts'
import { type AuthServer, openAuthServer } from './auth-server.ts'
import { SessionManager, type SessionOptions } from './session.ts'

export type SessionServer = { id: string; url: string; publishableKey: string }
/** Of the backend that is open. */
export type OpenedSession = { manager: SessionManager; auth: AuthServer }

type Arrival = Exclude<ReturnType<typeof linkInArguments>, { kind: 'none' }>

type Options = Pick<SessionOptions, 'vault' | 'knownAccount' | 'openBrowser' | 'wayBack'> & {
  /** The guarded way to the server. */
  fetch: typeof fetch
  changed: (state: SessionState, server: SessionServer, manager: SessionManager) => void
}

/** The session with the server that is connected now; each server's is another one. */
export class CurrentSession {
  readonly #options: Options
  #opened: OpenedSession | null = null

  constructor(options: Options) {
    this.#options = options
  }

  /** Null where no backend is open. */
  readonly opened = (): OpenedSession | null => this.#opened

  /** `isConnected` false: the server is known to be gone, and whoever was here before has their things all the same. */
  async open(server: SessionServer, isConnected = true): Promise<void> {
    this.close()
    const { fetch, changed, ...options } = this.#options
    const auth = openAuthServer({ ...server, fetch })
    const manager: SessionManager = new SessionManager({
      ...options,
      server: { id: server.id, url: server.url, auth },
      changed: (state) => changed(state, server, manager),
    })
    this.#opened = { manager, auth }
    if (!isConnected) manager.disconnected()
    await manager.start()
  }

  close(): void {
    this.#opened?.manager.close()
  }

  /** There is none from now on. */
  end(): void {
    this.close()
    this.#opened = null
  }

  /** A hint that the network may be back. */
  reconnect(): void {
    this.#opened?.manager.reconnect()
  }

  disconnected(): void {
    this.#opened?.manager.disconnected()
  }

  /**
   * Of whichever is the session now, as a backend that was started again has a new one; and of this account alone: what
   * waits for it must not go out in the name of who signs in while it is being closed.
   */
  async accessTokenOf(accountId: string, refused?: string): Promise<string | null> {
    return this.#opened?.manager.accessTokenOf(accountId, refused) ?? null
  }

  /** Milliseconds by which the server's clock is ahead of ours. */
  get ahead(): number {
    return this.#opened?.manager.ahead ?? 0
  }

  /** A link that the system handed over. */
  async arrive(arrival: Arrival): Promise<void> {
    if (!this.#opened) throw new Failure('server.unavailable', 'No backend is connected.')
    const { signIn } = this.#opened.manager
    await (arrival.kind === 'link'
      ? signIn.openLink(arrival.link)
      : signIn.refuseLink('link.ambiguous'))
  }
}
