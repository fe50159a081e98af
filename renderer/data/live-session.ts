import type { LiveTopics } from './live-topics.ts'

type Topics = Pick<LiveTopics, 'follow' | 'close' | 'retryNow' | 'joined'>

const topicOf = (projectId: string): string => `project:${projectId}`
export const projectOf = (topic: string): string | null => /^project:(.+)$/.exec(topic)?.[1] ?? null

/** Whose topics they are; `key` is another one where they are somebody else's, or of another server. */
export type LiveOwner = { key: string; userTopic: string; open: () => Topics }

export type LiveSessionOptions = {
  /** Of which projects others’ work is told; null: of none. Answers which are followed there. */
  tellMain: (projectIds: string[] | null) => Promise<readonly string[]>
  stopped: () => void
}

/** The topics of whoever is signed in, and main's word of which projects are among them: one person's after another's. */
export class LiveSession {
  readonly #o: LiveSessionOptions
  #current: { key: string; userTopic: string; topics: Topics } | null = null
  /** A socket that is being closed is not opened again before it is: nobody would open it after that. */
  #closing: Promise<void> = Promise.resolve()
  #followed: readonly string[] = []
  /** Of main's words and of the questions for them: an older answer never overwrites what came after it. */
  #turn = 0

  constructor(options: LiveSessionOptions) {
    this.#o = options
  }

  get userTopic(): string | null {
    return this.#current?.userTopic ?? null
  }

  start({ key, userTopic, open }: LiveOwner): void {
    if (this.#current?.key === key) return
    this.stop()
    this.#current = { key, userTopic, topics: open() }
    this.#join()
    this.tell()
  }

  stop(): void {
    if (this.#current === null) return
    const { topics } = this.#current
    this.#current = null
    this.#followed = []
    this.#turn += 1
    this.#closing = Promise.all([this.#closing, topics.close().catch(() => {})]).then(() => {})
    this.#o.stopped()
    void this.#o.tellMain(null).catch(() => {})
  }

  /** What main says by itself. */
  follow(projectIds: readonly string[]): void {
    this.#turn += 1
    this.#followed = projectIds
    this.#join()
  }

  /** Main asks nobody about what is told here, for as long as it is told so again and again. */
  tell(): void {
    const own = this.#current
    if (own === null) return
    const { joined } = own.topics
    const isLive = joined.has(own.userTopic)
    this.#turn += 1
    const mine = this.#turn
    void this.#o
      .tellMain(isLive ? [...joined].flatMap((name) => projectOf(name) ?? []) : null)
      .then(
        (followed) => {
          if (own !== this.#current || mine !== this.#turn) return
          this.#followed = followed
          this.#join()
        },
        () => {},
      )
  }

  retryNow(): void {
    this.#current?.topics.retryNow()
  }

  #join(): void {
    const own = this.#current
    void this.#closing.then(() => {
      if (own !== null && own === this.#current)
        own.topics.follow([own.userTopic, ...this.#followed.map(topicOf)])
    })
  }
}
