import type { Channel, PresenceMeta } from './channel.ts'

export type Broadcast = { topic: string; event: string; payload: unknown; id?: string }

/** Which channels are joined to which topic, and who says of themselves that they are there. */
export class Topics {
  readonly #channels = new Map<string, Set<Channel>>()

  get size(): number {
    return this.#channels.size
  }

  add(channel: Channel): void {
    const joined = this.#channels.get(channel.topic) ?? new Set()
    this.#channels.set(channel.topic, joined.add(channel))
  }

  remove(channel: Channel): void {
    const joined = this.#channels.get(channel.topic)
    if (!joined?.delete(channel)) return
    if (joined.size === 0) this.#channels.delete(channel.topic)
    if (channel.meta) this.#tellPresence(channel.topic, {}, this.#metasOf([channel]))
  }

  broadcast({ topic, event, payload, id }: Broadcast, but: Channel | null = null): void {
    const told = { type: 'broadcast', event, payload, ...(id ? { meta: { id } } : {}) }
    for (const channel of this.#channels.get(topic) ?? [])
      if (channel !== but) channel.deliver('broadcast', 'broadcast', told)
  }

  /** Everybody whose rights may have changed is asked anew. */
  doubt(subject: string): void {
    for (const joined of this.#channels.values())
      for (const channel of joined) if (channel.subject === subject) channel.doubt()
  }

  presenceIn(topic: string): Record<string, { metas: PresenceMeta[] }> {
    return this.#metasOf([...(this.#channels.get(topic) ?? [])])
  }

  /** Null: they are there no more. */
  present(channel: Channel, meta: PresenceMeta | null): void {
    const left = this.#metasOf([channel])
    channel.meta = meta
    const joined = this.#metasOf([channel])
    if (Object.keys({ ...left, ...joined }).length > 0)
      this.#tellPresence(channel.topic, joined, left)
  }

  #metasOf(channels: readonly Channel[]): Record<string, { metas: PresenceMeta[] }> {
    const state: Record<string, { metas: PresenceMeta[] }> = Object.create(null)
    for (const { presenceKey, meta } of channels)
      if (meta) {
        state[presenceKey] ??= { metas: [] }
        state[presenceKey].metas.push(meta)
      }
    return state
  }

  #tellPresence(topic: string, joins: object, leaves: object): void {
    for (const channel of this.#channels.get(topic) ?? [])
      if (channel.hearsPresence) channel.deliver('presence', 'presence_diff', { joins, leaves })
  }
}
