import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type BackendChoice, type BackendState, bringingAlong } from '../../../src/contract/app.ts'
import { asFailure, Failure, failureCode } from '../../../src/domain/failure.ts'
import { isLocalAddress, localAddress } from '../../../src/domain/local-address.ts'
import { isForPerson } from '../../../src/network/net-error.ts'
import { log } from '../../log/log.ts'
import { guardedFetch } from '../../network/bounded.ts'
import { proves } from './proof.ts'

/** A process that runs the embedded backend: Electron's utility process, behind its few verbs. */
export type BackendProcess = {
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: () => void): void
  supplyMasterKey(key: string): void
  /** It answers with a `pong`, if it is still there. */
  ping(): void
  allowCallback(port: number | null): void
  stop(copy?: boolean): Promise<void>
}

export type ConnectionOptions = {
  /** `secret`: what it proves with that it is this child, and not who listens in its place. */
  startEmbedded: (secret: string) => BackendProcess
  /** There is a database on this computer, whether it is the one that is used or not. */
  hasDatabase: () => boolean
  /** Null where there is no keychain, or not the key that sealed what is there. */
  masterKey: (backend: { hasSecrets: boolean }) => Promise<string | null>
  fetch: typeof fetch
  /** Whether this server has answered before: then its silence is the network's, not a wrong address. */
  isKnown: (url: string) => boolean
  changed: (state: BackendState) => void
  /** The one-time code of a mail that the embedded backend would have sent. */
  mail: (code: string) => void
}

const provider = z.enum(['github', 'google'])
const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    id: z.string(),
    url: z.string(),
    publishableKey: z.string(),
    oauthProviders: z.array(provider),
    firstRun: z.boolean(),
    localAccount: z.object({ displayName: z.string() }).nullable(),
    hasSecrets: z.boolean(),
  }),
  z.object({ type: z.literal('failed'), code: failureCode, message: z.string() }),
  z.object({ type: z.literal('progress'), line: z.string() }),
  z.object({ type: z.literal('pong') }),
  bringingAlong.extend({ type: z.literal('bringingAlong') }),
  z.object({ type: z.literal('callback'), port: z.number().nullable() }),
  z.object({ type: z.literal('mail'), to: z.string(), code: z.string().nullable() }),
])
const notThere = (): Failure =>
  new Failure('server.unavailable', 'The backend on this computer does not run.')
/** Milliseconds that a code takes from our own child. */
const codeTimeoutMs = 15_000
/** Milliseconds that a word to it takes. */
const wordTimeoutMs = 3_000
/** Milliseconds that a hosted server has to say how it is signed in to. */
const settingsTimeoutMs = 8_000
const authSettings = z.object({ external: z.record(z.string().max(200), z.unknown()) })

/** A child that runs, where it listens, and the proof that it is the one who answers there; null while in doubt. */
type Embedded = {
  process: BackendProcess
  secret: string
  origin: string | null
  proof: Promise<boolean> | null
  /** A request of it failed. */
  isDoubted: boolean
  /** Hears whether it answered, or has ended. */
  answered: (isThere: boolean) => void
}

/** Reaches the backend the person chose, and says what became of it. */
export class Connection {
  readonly #options: ConnectionOptions
  #state: BackendState = { status: 'unchosen' }
  #embedded: Embedded | null = null
  readonly #codes = new Map<string, (code: string) => void>()
  #callbackAllowed = (_port: number | null): void => {}

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): BackendState {
    return this.#state
  }

  /** @throws server.unavailable */
  ready(): Extract<BackendState, { status: 'ready' }> {
    if (this.#state.status !== 'ready')
      throw new Failure('server.unavailable', 'No backend is connected.')
    return this.#state
  }

  /** The embedded backend, and the address of whoever needs none there. @throws server.unavailable, server.denied */
  own(): { address: string; localAccount: { displayName: string } | null } {
    const { kind, id, localAccount } = this.ready()
    if (kind !== 'embedded')
      throw new Failure('server.denied', 'Only this computer’s own backend knows its person.')
    return { address: localAddress(id), localAccount }
  }

  /** For a report: no names, and where it is only to see which way leads there. */
  get inWords(): { words: string; url: string | null } {
    const state = this.#state
    const kind = !('kind' in state)
      ? ''
      : state.kind === 'embedded'
        ? 'on this computer, '
        : 'a Supabase project, '
    const failure = state.status === 'failed' ? ` (${state.failure})` : ''
    const url = 'url' in state ? state.url : null
    return { words: `${kind}${state.status}${failure}`, url }
  }

  async open(choice: BackendChoice): Promise<BackendState> {
    await this.close()
    this.#set({ status: 'starting', kind: choice.kind })
    try {
      return choice.kind === 'embedded'
        ? await this.#openEmbedded()
        : await this.#openHosted(choice)
    } catch (error) {
      log('connection').warn('The backend could not be opened', error)
      // It has nothing more to do, and would hold the folder.
      await this.close()
      const { code, message } = asFailure(error)
      const url = choice.kind === 'hosted' ? choice.url : null
      return this.#set({ status: 'failed', kind: choice.kind, failure: code, message, url })
    }
  }

  /**
   * `copy`: what is on this computer leaves a copy for another PostgreSQL, or this rejects. Where another backend is
   * used, or it came to nothing, its process begins for that alone.
   */
  async close(copy = false): Promise<void> {
    const running = this.#embedded
    this.#embedded = null
    if (running) await running.process.stop(copy)
    else if (copy && this.#options.hasDatabase())
      await this.#options.startEmbedded(randomBytes(32).toString('hex')).stop(true)
  }

  /**
   * The code that our own child sends to an address of this computer once `ask` has asked for it: nobody else hears
   * it, and no other server's is waited for.
   */
  async codeFor(address: string, ask: () => Promise<void>): Promise<string> {
    if (this.#state.status !== 'ready' || this.#state.kind !== 'embedded' || !this.#embedded)
      throw notThere()
    const heard = Promise.withResolvers<string>()
    this.#codes.set(address, heard.resolve)
    const timer = setTimeout(() => heard.reject(notThere()), codeTimeoutMs)
    heard.promise.catch(() => {})
    try {
      await ask()
      return await heard.promise
    } finally {
      clearTimeout(timer)
      this.#codes.delete(address)
    }
  }

  /**
   * Sign-ins may end at this port of this computer now, and at no other; resolves once our own child knows it. What a
   * hosted project allows is in its settings.
   */
  async allowCallback(port: number | null): Promise<void> {
    const embedded = this.#embedded
    if (!embedded) return
    const known = new Promise<void>((done) => {
      this.#callbackAllowed = (told) => {
        if (told === port) done()
      }
    })
    embedded.process.allowCallback(port)
    await Promise.race([known, pause(wordTimeoutMs, undefined, { ref: false })])
  }

  /** Somebody has an account there from now on; `localAccount` where it is known that one has, or has no more, no address. */
  hasAccounts(localAccount?: { displayName: string } | null): void {
    const state = this.#state
    if (state.status !== 'ready' || state.kind !== 'embedded') return
    if (!state.firstRun && localAccount === undefined) return
    this.#set({
      ...state,
      firstRun: false,
      localAccount: localAccount === undefined ? state.localAccount : localAccount,
    })
  }

  /**
   * A way to the connected server, and to nothing while none is connected. On this computer everybody can listen
   * where the backend did: it is asked only while it is our child and runs, and proves itself before the first
   * request, and again after every one that failed.
   */
  guard<Where extends string | URL | Request, Init, Result>(
    send: (where: Where, init: Init) => Promise<Result>,
  ): (where: Where, init: Init) => Promise<Result> {
    return async (where, init) => {
      const { status } = this.#state
      if (status !== 'ready') throw notThere()
      const embedded = this.#embedded
      if (this.#state.kind === 'hosted') return send(where, init)
      const { origin } = new URL(where instanceof Request ? where.url : where)
      if (!embedded || embedded.origin !== origin) throw notThere()
      if (!(await this.#isProven(embedded)) || this.#embedded !== embedded) throw notThere()
      try {
        return await send(where, init)
      } catch (error) {
        embedded.proof = null
        embedded.isDoubted = true
        throw error
      }
    }
  }

  async #isProven(embedded: Embedded): Promise<boolean> {
    if (!embedded.origin) return false
    embedded.proof ??= this.#prove(embedded, embedded.origin)
    const { proof } = embedded
    const isProven = await proof
    // Asked again by whoever comes next.
    if (!isProven && embedded.proof === proof) embedded.proof = null
    return isProven
  }

  async #prove(embedded: Embedded, origin: string): Promise<boolean> {
    // Of a child that has just died we may not have heard yet, and somebody else may listen there by now.
    if (embedded.isDoubted && !(await this.#answers(embedded))) return false
    return proves(origin, embedded.secret, this.#options.fetch).catch(() => false)
  }

  /** Over its own channel, where nobody else is. */
  async #answers(embedded: Embedded): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    embedded.answered = resolve
    embedded.process.ping()
    return Promise.race([promise, pause(wordTimeoutMs, false, { ref: false })])
  }

  async #openEmbedded(): Promise<BackendState> {
    const secret = randomBytes(32).toString('hex')
    const child = this.#options.startEmbedded(secret)
    const embedded: Embedded = {
      process: child,
      secret,
      origin: null,
      proof: null,
      isDoubted: false,
      answered: () => {},
    }
    this.#embedded = embedded
    return new Promise((done, fail) => {
      child.onMessage((raw) => {
        const parsed = message.safeParse(raw)
        if (!parsed.success) return
        if (parsed.data.type === 'ready') {
          const { type: _, hasSecrets, ...ready } = parsed.data
          embedded.origin = new URL(ready.url).origin
          void Promise.all([this.#options.masterKey({ hasSecrets }), this.#isProven(embedded)])
            .then(([key, isProven]) => {
              if (this.#embedded !== embedded) return
              if (!isProven) throw notThere()
              if (key) child.supplyMasterKey(key)
              done(this.#set({ status: 'ready', kind: 'embedded', ...ready }))
            })
            .catch(fail)
        } else if (parsed.data.type === 'pong') embedded.answered(true)
        else if (parsed.data.type === 'callback') this.#callbackAllowed(parsed.data.port)
        else if (parsed.data.type === 'bringingAlong') {
          const { type: _, ...how } = parsed.data
          this.#set({ status: 'starting', kind: 'embedded', bringingAlong: how })
        } else if (parsed.data.type === 'failed')
          fail(new Failure(parsed.data.code, parsed.data.message))
        else if (parsed.data.type === 'mail' && parsed.data.code) {
          const { to, code } = parsed.data
          // What goes to nobody's address is between us and our child, and no page's to show.
          if (isLocalAddress(to)) this.#codes.get(to.toLowerCase())?.(code)
          else this.#options.mail(code)
        }
      })
      child.onExit(() => {
        embedded.answered(false)
        fail(new Failure('backend.failed-to-start', 'The backend ended before it was ready.'))
        if (this.#embedded !== embedded) return
        this.#embedded = null
        this.#set({
          status: 'failed',
          kind: 'embedded',
          failure: 'server.unavailable',
          message: 'The backend on this computer has stopped.',
          url: null,
        })
      })
    })
  }

  /** Hosted: known by its settings. Down is not wrong: whoever was here before may work offline. */
  async #openHosted(choice: Extract<BackendChoice, { kind: 'hosted' }>): Promise<BackendState> {
    const { url } = choice
    const base = {
      status: 'ready',
      kind: 'hosted',
      id: url,
      url,
      publishableKey: choice.publishableKey,
      firstRun: false,
      localAccount: null,
    } as const
    const silent = (failure: Failure): BackendState => {
      if (!this.#options.isKnown(url)) throw failure
      return this.#set({ ...base, oauthProviders: [] })
    }
    let response: Response
    try {
      response = await guardedFetch(this.#options.fetch)(`${url}/auth/v1/settings`, {
        headers: { apikey: choice.publishableKey },
        signal: AbortSignal.timeout(settingsTimeoutMs),
      })
    } catch (error) {
      // What a person can do something about is said as it is.
      const isNamed = error instanceof Failure && isForPerson(error.code)
      return silent(
        isNamed
          ? error
          : new Failure('server.unavailable', 'Nothing answers at this address.', { cause: error }),
      )
    }
    if (response.status === 401 || response.status === 403)
      throw new Failure('backend.invalid-address', 'The project refused this key.')
    const settings = authSettings.safeParse(await response.json().catch(() => null))
    if (!settings.success)
      return silent(
        new Failure('backend.invalid-address', 'What answers at this address is not Supabase.'),
      )
    const { external } = settings.data
    return this.#set({
      ...base,
      oauthProviders: provider.options.filter((name) => external[name] === true),
    })
  }

  #set(state: BackendState): BackendState {
    this.#state = state
    this.#options.changed(state)
    return state
  }
}
