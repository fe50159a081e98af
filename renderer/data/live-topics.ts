import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'

/** What a topic says of a row: ids and kinds alone. Whoever wants to see it asks for it, under the policies. */
const change = z.object({ table: z.string(), id: z.string().nullish(), operation: z.string() })
export type Change = z.infer<typeof change>

const firstRetryMs = 1_000
const longestRetryMs = 120_000
/** realtime-js opens a lost socket by itself: whoever watches it leaves it these tries. */
const patientTries = 4
/** Topics at a time: the embedded backend, and a hosted project by itself, lets a socket have a hundred. */
const maxTopics = 90
/** What the server refused is not asked for more often than this, whoever looks. */
const refusedAgainMs = 30_000

/** Milliseconds before the next try: twice as long each time, and not all computers at once. */
export const retryDelayMs = (failures: number, random: () => number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** Math.max(0, failures - 1)) * (0.5 + random() / 2)

type Topic = {
  name: string
  channel: RealtimeChannel | null
  isJoined: boolean
  failures: number
  /** By the server, at this time (it never goes back): a way that opens makes it no other answer. */
  refusedAt: number | null
  timer: ReturnType<typeof setTimeout> | null
}

export type LiveTopicsOptions = {
  client: SupabaseClient
  /** Of whoever this is for, and of nobody before them; null while there is none. */
  accessToken: () => Promise<string | null>
  /** One was joined, or left. What was said before a join nobody heard: whoever follows it reads again. */
  changed: (joined: ReadonlySet<string>, name: string) => void
  heard: (name: string, change: Change) => void
  random?: () => number
}

/**
 * The private topics that somebody follows, each joined as long as it is wanted. Of a socket that went, realtime-js brings
 * it back; what the server refused or closed it leaves so, and here it is tried again, less and less often.
 */
export class LiveTopics {
  readonly #o: LiveTopicsOptions
  readonly #topics = new Map<string, Topic>()
  /** A second channel of a topic would be the first one again until that is removed. */
  readonly #removals = new Map<string, Promise<unknown>>()
  #isClosed = false
  #watch: ReturnType<typeof setTimeout> | null = null
  #watches = 0

  constructor(options: LiveTopicsOptions) {
    this.#o = options
  }

  get joined(): ReadonlySet<string> {
    const joined = [...this.#topics.values()].filter(({ isJoined }) => isJoined)
    return new Set(joined.map(({ name }) => name))
  }

  /** These from now on, and no others; of more than may be at a time the first, and what is not joined is asked for. */
  follow(names: Iterable<string>): void {
    const wanted = new Set([...new Set(names)].slice(0, maxTopics))
    for (const topic of this.#topics.values()) if (!wanted.has(topic.name)) this.#leave(topic)
    for (const name of wanted) {
      if (this.#isClosed || this.#topics.has(name)) continue
      const topic = {
        name,
        channel: null,
        isJoined: false,
        failures: 0,
        refusedAt: null,
        timer: null,
      }
      this.#topics.set(name, topic)
      this.#tryNow(topic)
    }
  }

  /** Somebody knows that there is a way again, or looks: nothing waits any longer. */
  retryNow(): void {
    const { realtime } = this.#o.client
    if (realtime.isConnected()) void realtime.sendHeartbeat()
    else if (this.#topics.size > 0) this.#connect()
    for (const topic of this.#topics.values()) {
      // Of a socket that is gone the channel comes back with it.
      if (topic.timer === null || topic.channel) continue
      if (topic.refusedAt === null) topic.failures = 0
      else if (performance.now() - topic.refusedAt < refusedAgainMs) continue
      this.#tryNow(topic)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#endWatch()
    for (const topic of this.#topics.values()) this.#leave(topic)
    await Promise.all(this.#removals.values())
    await this.#o.client.realtime.disconnect()
  }

  #tryNow(topic: Topic): void {
    if (topic.timer) clearTimeout(topic.timer)
    topic.timer = null
    void this.#join(topic).catch(() => {
      // There is no WebSocket, or the client is not to be used in its state.
      this.#drop(topic)
      if (this.#isFollowed(topic)) this.#tryLater(topic)
    })
  }

  async #join(topic: Topic): Promise<void> {
    const { client, accessToken } = this.#o
    await this.#removals.get(topic.name)
    const token = await accessToken().catch(() => null)
    if (!this.#isFollowed(topic) || topic.channel) return
    // Without one it would ask as nobody, or as whoever was here before.
    if (token === null) return this.#tryLater(topic)
    await client.realtime.setAuth(token)
    if (!this.#isFollowed(topic) || topic.channel) return
    const channel = client.channel(topic.name, { config: { private: true } })
    topic.channel = channel
    channel.on('broadcast', { event: '*' }, ({ payload }) => {
      const { data } = change.safeParse(payload)
      if (data && topic.channel === channel) this.#o.heard(topic.name, data)
    })
    channel.subscribe((status) => {
      if (topic.channel !== channel) return
      this.#setJoined(topic, status === 'SUBSCRIBED')
      if (status === 'SUBSCRIBED') this.#joined(topic)
      else if (status === 'CLOSED' || client.realtime.isConnected()) {
        if (status === 'CHANNEL_ERROR') topic.refusedAt = performance.now()
        this.#drop(topic)
        this.#tryLater(topic)
      }
      // Of a socket that is gone the channel comes back with it.
      else this.#watchSocket()
    })
  }

  #joined(topic: Topic): void {
    topic.failures = 0
    topic.refusedAt = null
    this.#endWatch()
  }

  /** A socket that was closed on purpose while somebody joined is opened again by nobody else. */
  #watchSocket(): void {
    if (this.#watch || this.#isClosed) return
    this.#watches += 1
    this.#watch = setTimeout(
      () => {
        this.#watch = null
        const { realtime } = this.#o.client
        if (realtime.isConnected()) return
        if (!realtime.isConnecting()) this.#connect()
        this.#watchSocket()
      },
      this.#delayMs(this.#watches + patientTries),
    )
  }

  #connect(): void {
    try {
      this.#o.client.realtime.connect()
    } catch {
      // There is no WebSocket to be had now; whoever joins next finds out again.
    }
  }

  #endWatch(): void {
    if (this.#watch) clearTimeout(this.#watch)
    this.#watch = null
    this.#watches = 0
  }

  #setJoined(topic: Topic, isJoined: boolean): void {
    if (topic.isJoined === isJoined) return
    topic.isJoined = isJoined
    if (this.#isClosed) return
    this.#o.changed(this.joined, topic.name)
  }

  #tryLater(topic: Topic): void {
    if (topic.timer) clearTimeout(topic.timer)
    topic.failures += 1
    topic.timer = setTimeout(() => this.#tryNow(topic), this.#delayMs(topic.failures))
  }

  #delayMs(failures: number): number {
    return retryDelayMs(failures, this.#o.random ?? Math.random)
  }

  #leave(topic: Topic): void {
    this.#topics.delete(topic.name)
    if (topic.timer) clearTimeout(topic.timer)
    topic.timer = null
    this.#drop(topic)
    this.#setJoined(topic, false)
  }

  #drop(topic: Topic): void {
    const { channel, name } = topic
    topic.channel = null
    if (!channel) return
    const removal = this.#o.client.removeChannel(channel).catch(() => {})
    this.#removals.set(name, removal)
    void removal.then(() => {
      if (this.#removals.get(name) === removal) this.#removals.delete(name)
    })
  }

  #isFollowed(topic: Topic): boolean {
    return !this.#isClosed && this.#topics.get(topic.name) === topic
  }
}
