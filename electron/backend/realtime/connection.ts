import { randomUUID } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import { log } from '../../log/log.ts'
import type { Access, Identity } from '../storage/access.ts'
import { Channel } from './channel.ts'
import type { Rights } from './rights.ts'
import type { Topics } from './topics.ts'
import { decode, encode, type Message, type Version } from './wire.ts'

/** A client's heart beats every 25 s; once a minute where its window is hidden. None does of a computer that sleeps. */
const silenceMs = 100_000
/** Bytes that wait for a client that does not read, until it is let go: it comes back and reads anew. */
const maxUnreadBytes = 4 * 1024 ** 2
const maxChannels = 100
const maxMessagesPerSecond = 100
const maxPresenceBytes = 4 * 1024
/** Bytes of a client's own messages that wait for the database, until it is sent away for a while. */
const maxWaitingBytes = 4 * 1024 ** 2
/** What holding one costs beside its bytes, about. */
const overheadBytes = 1024
/** WebSocket's codes for a client that breaks the rules, and for one that comes at a bad time. */
const policyViolation = 1008
const tryAgainLater = 1013

const joining = z.object({
  config: z
    .object({
      private: z.boolean().default(false),
      broadcast: z
        .object({ self: z.boolean().default(false), ack: z.boolean().default(false) })
        .default({ self: false, ack: false }),
      presence: z
        .object({ enabled: z.boolean().default(false), key: z.string().max(256).default('') })
        .default({ enabled: false, key: '' }),
      postgres_changes: z.array(z.unknown()).nullish(),
    })
    .prefault({}),
  access_token: z.string().max(16_384).nullish(),
})
const broadcasting = z.object({ event: z.string().max(256), payload: z.unknown() })
const presenting = z.object({
  event: z.enum(['track', 'untrack']),
  payload: z.record(z.string(), z.unknown()).default({}),
})
const renewing = z.object({ access_token: z.string().max(16_384).nullish() })

export type ConnectionOptions = {
  socket: WebSocket
  version: Version
  /** What it came in with; it is also the token of who has none. */
  apiKey: string
  access: Access
  rights: Rights
  topics: Topics
}

/** One client's socket and the channels it has joined. */
export class Connection {
  readonly #o: ConnectionOptions
  readonly #channels = new Map<string, Channel>()
  readonly #silence: NodeJS.Timeout
  #messages = { second: 0, count: 0 }
  #presences = 0
  /** One at a time and in their order: a broadcast must not overtake its join. */
  #last: Promise<void> = Promise.resolve()
  #waitingBytes = 0

  constructor(options: ConnectionOptions) {
    this.#o = options
    const { socket, version } = options
    this.#silence = setTimeout(() => socket.terminate(), silenceMs).unref()
    socket.on('message', (data: RawData, isBinary: boolean) => {
      this.#silence.refresh()
      if (this.#isTooFast()) return socket.close(policyViolation, 'Too many messages per second')
      const bytes = data as Buffer
      const message = decode(bytes, isBinary, version)
      if (message) this.#take(message, bytes.length + overheadBytes)
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearTimeout(this.#silence)
      for (const channel of this.#channels.values()) this.#forget(channel)
    })
  }

  #take(message: Message, bytes: number): void {
    // Whether anybody is here is asked beside the line: a database that is slow is no server that is gone.
    if (message.topic === 'phoenix') {
      if (message.event === 'heartbeat') this.#reply(message, 'ok')
      return
    }
    const { socket } = this.#o
    if (this.#waitingBytes + bytes > maxWaitingBytes) {
      socket.close(tryAgainLater, 'Too much waits for the database')
      return
    }
    this.#waitingBytes += bytes
    this.#last = this.#last
      .then(() => (socket.readyState === socket.OPEN ? this.#handle(message) : undefined))
      .catch((error: unknown) => {
        log('realtime').warn('A message was not handled', error)
        this.#reply(message, 'error', { reason: 'Unknown Error on Channel' })
      })
      .finally(() => {
        this.#waitingBytes -= bytes
      })
  }

  #isTooFast(): boolean {
    const second = Math.floor(performance.now() / 1_000)
    if (this.#messages.second !== second) this.#messages = { second, count: 0 }
    this.#messages.count += 1
    return this.#messages.count > maxMessagesPerSecond
  }

  #write(message: Message): void {
    const { socket, version } = this.#o
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > maxUnreadBytes) socket.terminate()
    else socket.send(encode(message, version))
  }

  #reply(
    { joinRef, ref, topic }: Message,
    status: 'ok' | 'error',
    response: Record<string, unknown> = {},
  ): void {
    const payload = { status, response }
    this.#write({ joinRef, ref, topic, event: 'phx_reply', payload })
  }

  #refuse(message: Message, reason: string): void {
    this.#reply(message, 'error', { reason })
  }

  async #handle(message: Message): Promise<void> {
    const topic = /^realtime:(.+)$/s.exec(message.topic)?.[1]
    if (!topic) return this.#refuse(message, 'TopicNameRequired: You must provide a topic name')
    if (message.event === 'phx_join') return this.#join(message, topic)
    const channel = this.#channels.get(topic)
    // What belongs to an earlier join of the same topic is not for this one.
    const isOther = message.joinRef !== null && message.joinRef !== channel?.joinRef
    if (!channel || isOther) return this.#refuse(message, 'unmatched topic')
    switch (message.event) {
      case 'phx_leave':
        this.#forget(channel)
        this.#reply(message, 'ok')
        return this.#write({ ...message, ref: null, event: 'phx_close', payload: {} })
      case 'broadcast':
        return this.#broadcast(message, channel)
      case 'presence':
        return this.#present(message, channel)
      case 'access_token':
        return this.#renew(message, channel)
    }
  }

  async #join(message: Message, topic: string): Promise<void> {
    const { socket, apiKey, rights, topics } = this.#o
    const { data } = joining.safeParse(message.payload ?? {})
    if (!data) return this.#refuse(message, 'MalformedJoin: The parameters are not understood')
    const { config } = data
    const before = this.#channels.get(topic)
    if (!before && this.#channels.size >= maxChannels)
      return this.#refuse(message, 'ChannelRateLimitReached: Too many channels')
    const token = data.access_token ?? apiKey
    const identity = await this.#identify(token)
    if (!identity) return this.#refuse(message, 'InvalidJWTToken: The token is not valid')
    // As a hosted project without public access: whatever is said here is somebody's.
    if (!config.private)
      return this.#refuse(message, 'PrivateOnly: This project only allows private channels')
    if (config.postgres_changes?.length)
      return this.#refuse(message, 'PostgresChangesDisabled: Changes are told to private topics')
    const listening = await rights.mayListen(topic, identity)
    if (!listening.broadcast && !listening.presence)
      return this.#refuse(
        message,
        `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`,
      )
    if (socket.readyState !== socket.OPEN) return
    if (before) this.#forget(before)
    const channel = new Channel({
      topic,
      joinRef: message.joinRef,
      identity,
      token,
      listening,
      presenceKey: config.presence.key || randomUUID(),
      hearsPresence: config.presence.enabled,
      hearsItself: config.broadcast.self,
      acknowledges: config.broadcast.ack,
      rights,
      write: (told) => this.#write(told),
      closed: (closed) => this.#forget(closed),
    })
    this.#channels.set(topic, channel)
    topics.add(channel)
    this.#reply(message, 'ok', { postgres_changes: [] })
    if (channel.hearsPresence)
      channel.deliver('presence', 'presence_state', topics.presenceIn(topic))
  }

  async #broadcast(message: Message, channel: Channel): Promise<void> {
    const { data } = broadcasting.safeParse(message.payload)
    // Who may not speak is not told so, as by a hosted project.
    if (data && (await channel.maySpeak('broadcast')))
      this.#o.topics.broadcast(
        { topic: channel.topic, ...data },
        channel.hearsItself ? null : channel,
      )
    if (channel.acknowledges) this.#reply(message, 'ok')
  }

  async #present(message: Message, channel: Channel): Promise<void> {
    const { data } = presenting.safeParse(message.payload)
    if (!data) return this.#refuse(message, 'MalformedPresence: The payload is not understood')
    if (data.event === 'untrack') {
      this.#o.topics.present(channel, null)
      return this.#reply(message, 'ok')
    }
    if (Buffer.byteLength(JSON.stringify(data.payload)) > maxPresenceBytes)
      return this.#refuse(message, 'PayloadTooLarge: A presence says little')
    if (!(await channel.maySpeak('presence')))
      return this.#refuse(message, 'Unauthorized: You do not have permissions to be present here')
    this.#presences += 1
    this.#o.topics.present(channel, {
      ...data.payload,
      phx_ref: `F${this.#presences}-${randomUUID()}`,
    })
    this.#reply(message, 'ok')
  }

  async #renew(message: Message, channel: Channel): Promise<void> {
    const { data } = renewing.safeParse(message.payload)
    const token = data?.access_token
    // A key in a token's place is what a client without a token of its own sends.
    if (!token || token.startsWith('sb_') || channel.isTokenOf(token)) return
    const identity = await this.#identify(token)
    if (!identity) return channel.close('The token is not valid')
    await channel.renew(token, identity)
  }

  /** Null for a token that is none, or no more. */
  async #identify(token: string): Promise<Identity | null> {
    const authorization = `Bearer ${token}`
    const identity = await this.#o.access.identify({ authorization }).catch(() => null)
    const isKey = token.startsWith('sb_')
    return identity && (isKey || typeof identity.claims.exp === 'number') ? identity : null
  }

  #forget(channel: Channel): void {
    channel.end()
    if (this.#channels.get(channel.topic) === channel) this.#channels.delete(channel.topic)
    this.#o.topics.remove(channel)
  }
}
