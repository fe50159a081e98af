import { log } from '../../log/log.ts'
import type { Identity } from '../storage/access.ts'
import type { Extension, Listening, Rights } from './rights.ts'
import type { Message } from './wire.ts'

/** Whoever was taken out hears nothing that is said longer after it than this. */
const rightsTrustedMs = 2_000
/** Deliveries that wait for an answer of the policies, until who waits is let go: they come back and read anew. */
const maxUndelivered = 500
/** What a timer can wait; no token lives as long. */
const maxTimerMs = 2 ** 31 - 1

/** What a client says of itself; the reference tells one saying from the next. */
export type PresenceMeta = { readonly [name: string]: unknown; readonly phx_ref: string }

export type ChannelOptions = {
  topic: string
  joinRef: string | null
  identity: Identity
  token: string
  listening: Listening
  presenceKey: string
  hearsPresence: boolean
  hearsItself: boolean
  acknowledges: boolean
  rights: Rights
  write: (message: Message) => void
  /** It is closed, by whatever way but its client's own. */
  closed: (channel: Channel) => void
}

/** One client in one topic, for as long as its token and the policies let it. */
export class Channel {
  readonly #o: ChannelOptions
  #identity: Identity
  #token: string
  #listening: Listening
  #askedAt = performance.now()
  readonly #mayNowSpeak = new Map<Extension, { answer: boolean; askedAt: number }>()
  #expiry: NodeJS.Timeout | undefined
  #isOpen = true
  /** Deliveries wait for each other, so that they come in their order. */
  #last: Promise<void> = Promise.resolve()
  #undelivered = 0
  meta: PresenceMeta | null = null

  constructor(options: ChannelOptions) {
    this.#o = options
    this.#identity = options.identity
    this.#token = options.token
    this.#listening = options.listening
    this.#watchExpiry()
  }

  get topic(): string {
    return this.#o.topic
  }
  get joinRef(): string | null {
    return this.#o.joinRef
  }
  get subject(): string | null {
    return this.#identity.subject
  }
  get presenceKey(): string {
    return this.#o.presenceKey
  }
  get hearsPresence(): boolean {
    return this.#o.hearsPresence && this.#listening.presence
  }
  get hearsItself(): boolean {
    return this.#o.hearsItself
  }
  get acknowledges(): boolean {
    return this.#o.acknowledges
  }

  deliver(extension: Extension, event: string, payload: unknown): void {
    this.#inTurn(async () => {
      if (performance.now() - this.#askedAt > rightsTrustedMs) await this.#askAgain()
      if (this.#isOpen && this.#listening[extension]) this.#send(event, payload)
    })
  }

  /** Something about its person changed. */
  doubt(): void {
    this.#inTurn(() => this.#askAgain())
  }

  async maySpeak(extension: Extension): Promise<boolean> {
    const known = this.#mayNowSpeak.get(extension)
    if (known && performance.now() - known.askedAt <= rightsTrustedMs) return known.answer
    const answer = await this.#o.rights.maySpeak(this.topic, this.#identity, extension)
    this.#mayNowSpeak.set(extension, { answer, askedAt: performance.now() })
    return answer
  }

  isTokenOf(token: string): boolean {
    return token === this.#token
  }

  async renew(token: string, identity: Identity): Promise<void> {
    this.#identity = identity
    this.#token = token
    this.#mayNowSpeak.clear()
    this.#watchExpiry()
    await this.#askAgain()
  }

  /** For good: a client of realtime-js does not come back by itself. */
  close(reason: string): void {
    if (!this.#isOpen) return
    this.#send('system', {
      extension: 'system',
      status: 'error',
      message: reason,
      channel: this.topic,
    })
    this.#send('phx_close', {}, this.joinRef)
    this.end()
    this.#o.closed(this)
  }

  end(): void {
    this.#isOpen = false
    clearTimeout(this.#expiry)
  }

  async #askAgain(): Promise<void> {
    if (!this.#isOpen) return
    const before = this.#listening
    const askedAt = performance.now()
    this.#listening = await this.#o.rights.mayListen(this.topic, this.#identity)
    this.#askedAt = askedAt
    if ((before.broadcast && !this.#listening.broadcast) || !this.#hearsAnything())
      this.close(`You no longer have permission to read from this Channel topic: ${this.topic}`)
  }

  #hearsAnything(): boolean {
    return this.#listening.broadcast || this.#listening.presence
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry)
    const { exp } = this.#identity.claims
    if (typeof exp !== 'number') return
    const leftMs = Math.min(exp * 1_000 - Date.now(), maxTimerMs)
    this.#expiry = setTimeout(() => this.close('Token has expired'), leftMs).unref()
  }

  #inTurn(work: () => Promise<void>): void {
    if (this.#undelivered >= maxUndelivered) {
      this.close('The policies do not answer')
      return
    }
    this.#undelivered += 1
    this.#last = this.#last
      .then(work)
      .catch((error: unknown) => {
        // Nobody can say whether they may hear it. Whoever joins anew reads what they missed.
        log('realtime').warn('The policies of a topic could not be asked', error)
        this.close('The policies could not be asked')
      })
      .finally(() => {
        this.#undelivered -= 1
      })
  }

  #send(event: string, payload: unknown, joinRef: string | null = null): void {
    this.#o.write({ joinRef, ref: null, topic: `realtime:${this.topic}`, event, payload })
  }
}
