import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'

/** What a topic says of a row: ids and kinds alone. Whoever wants to see it asks for it, under the policies. */
const change = z.object({ table: z.string(), id: z.string().nullish(), operation: z.string() })
export type Change = z.infer<typeof change>

const firstRetryMs = 1_000
const longestRetryMs = 120_000

/** Milliseconds before the next try: twice as long each time, and not all computers at once. */
export const retryDelayMs = (failures: number, random: () => number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** Math.max(0, failures - 1)) * (0.5 + random() / 2)

type Topic = {
  name: string
  channel: RealtimeChannel | null
  isJoined: boolean
  failures: number
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

  constructor(options: LiveTopicsOptions) {
    this.#o = options
  }

  get joined(): ReadonlySet<string> {
    const joined = [...this.#topics.values()].filter(({ isJoined }) => isJoined)
    return new Set(joined.map(({ name }) => name))
  }

  /** These from now on, and no others. */
  follow(names: Iterable<string>): void {
    const wanted = new Set(names)
    for (const topic of this.#topics.values()) if (!wanted.has(topic.name)) this.#leave(topic)
    for (const name of wanted) {
      if (this.#isClosed || this.#topics.has(name)) continue
      const topic = { name, channel: null, isJoined: false, failures: 0, timer: null }
      this.#topics.set(name, topic)
      void this.#join(topic)
    }
  }

  /** Somebody knows that there is a way again, or looks: nothing waits any longer. */
  hurry(): void {
    const { realtime } = this.#o.client
    if (realtime.isConnected()) void realtime.sendHeartbeat()
    else if (this.#topics.size > 0) realtime.connect()
    for (const topic of this.#topics.values()) {
      if (topic.timer === null) continue
      topic.failures = 0
      void this.#join(topic)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const topic of this.#topics.values()) this.#leave(topic)
    await Promise.all(this.#removals.values())
    await this.#o.client.realtime.disconnect()
  }

  async #join(topic: Topic): Promise<void> {
    if (topic.timer) clearTimeout(topic.timer)
    topic.timer = null
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
      if (status === 'SUBSCRIBED') topic.failures = 0
      // Of a socket that is gone the channel comes back with it.
      else if (status === 'CLOSED' || client.realtime.isConnected()) {
        this.#drop(topic)
        this.#tryLater(topic)
      }
    })
  }

  #setJoined(topic: Topic, isJoined: boolean): void {
    if (topic.isJoined === isJoined) return
    topic.isJoined = isJoined
    if (this.#isClosed) return
    this.#o.changed(this.joined, topic.name)
  }

  #tryLater(topic: Topic): void {
    topic.failures += 1
    const delayMs = retryDelayMs(topic.failures, this.#o.random ?? Math.random)
    topic.timer = setTimeout(() => void this.#join(topic), delayMs)
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
