import type { BackendChoice, BackendState } from '../../../src/contract/app.ts'
import type { EventName, EventPayload, HandlersOf } from '../../../src/contract/table.ts'
import { log } from '../../log/log.ts'
import { openTurns } from './turns.ts'

export type Server = { id: string; url: string; publishableKey: string }

export type ChosenBackendOptions = {
  settings: {
    get: () => { backend: BackendChoice | null; server: string | null }
    update: (change: { backend?: BackendChoice | null; server?: string }) => Promise<void>
  }
  /** Whoever asks for the demo has said where: it fills the backend of this computer. */
  isDemo: boolean
  connection: {
    readonly state: BackendState
    open: (choice: BackendChoice) => Promise<BackendState>
    close: () => Promise<void>
  }
  session: {
    /** Resolves when what the account has is open, or takes too long. */
    open: (server: Server, isConnected: boolean) => Promise<void>
    reconnect: () => void
  }
  /** Who was here last, on which server. */
  known: () => Promise<{ server: string; url: string } | null>
  /** Whatever runs in the page cannot answer the system's own question. */
  confirmOther: (servers: { before: string; after: string }) => Promise<boolean>
  /** The window's policy allows one server: what was served for another is loaded again. */
  reloadPage: () => void
  /** Somebody wants the network: whoever declined a question of its may have thought better of it. */
  askAgain: () => void
  /** Asks the server for a sign of life. */
  ping: () => Promise<void>
  /** Session and account come to their end. */
  end: () => Promise<void>
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
}

/** The backend that the person chose: opened, opened again, changed and forgotten, one after the other. */
export class ChosenBackend {
  readonly #options: ChosenBackendOptions
  readonly #turns = openTurns()

  constructor(options: ChosenBackendOptions) {
    this.#options = options
  }

  connect(): Promise<void> {
    return this.#turns.take(() => this.#connect())
  }

  /** The way out of being offline. */
  async retry(): Promise<void> {
    const { connection, session, ping } = this.#options
    await this.#turns.take(async () => {
      if (connection.state.status === 'ready') session.reconnect()
      else await this.#connect()
    })
    await ping()
  }

  /** For whom nobody waits: what is wrong with the backend is in its state. */
  retryQuietly(): void {
    void this.retry().catch((error: unknown) =>
      log('connection').warn('The backend could not be asked again', error),
    )
  }

  /** While an update closes everything, nobody opens a backend; `openAgain` ends that. */
  hold(work: () => Promise<void>): Promise<void> {
    return this.#turns.hold(work)
  }
  openAgain(): Promise<void> {
    return this.#turns.release(() => this.#connect())
  }
  /** Whatever was begun so far, however it ended. */
  over(): Promise<void> {
    return this.#turns.over()
  }

  readonly handlers: HandlersOf<'backend'> = {
    'backend.state': async () => this.#options.connection.state,
    'backend.choose': async (choice) => {
      const { settings, connection, confirmOther } = this.#options
      const before = settings.get().server
      const isOther = choice.kind === 'hosted' && before !== null && before !== choice.url
      if (isOther && !(await confirmOther({ before, after: choice.url }))) return connection.state
      await settings.update({ backend: choice })
      await this.connect()
      return connection.state
    },
    'backend.retry': async () => {
      this.#options.askAgain()
      await this.retry()
      return this.#options.connection.state
    },
    'backend.forget': async () => {
      const { settings, connection, end, emit } = this.#options
      await this.#turns.take(async () => {
        await end()
        await connection.close()
        await settings.update({ backend: null })
        emit('session.changed', { status: 'signedOut', failure: null })
        emit('backend.changed', { status: 'unchosen' })
      })
      return { status: 'unchosen' }
    },
  }

  async #connect(): Promise<void> {
    const { settings, isDemo, connection, session } = this.#options
    if (!settings.get().backend && isDemo) await settings.update({ backend: { kind: 'embedded' } })
    const choice = settings.get().backend
    if (!choice) return
    const state = await connection.open(choice)
    if (state.status === 'ready') {
      await this.#nameServer(state.url)
      await session.open(state, true)
    }
    // The embedded backend is down: whoever was here before still has their things.
    else if (state.status === 'failed') await this.#openKnownOffline()
  }

  async #nameServer(url: string): Promise<void> {
    const { settings, reloadPage } = this.#options
    if (settings.get().server === url) return
    await settings.update({ server: url })
    reloadPage()
  }

  /** With no backend at all, the last person's cache stays open. */
  async #openKnownOffline(): Promise<void> {
    const known = await this.#options.known()
    if (known)
      await this.#options.session.open(
        { id: known.server, url: known.url, publishableKey: 'none' },
        false,
      )
  }
}
