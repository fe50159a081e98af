import { Failure } from '../domain/failure.ts'

/** Bytes; above it a file is a large one, of which fewer go at once. */
export const smallFileBytes = 256 * 1024
/** Bytes of a file that are in memory at most while it is sent. */
const maxChunkBytes = 6 * 1024 * 1024
/** Bytes of chunks in memory, of all large files together. */
const memoryBytes = 4 * maxChunkBytes
/** Whoever keeps so many files waiting leaves no place empty. */
const maxAtOnce = 32
/**
 * Chromium's six connections to one host over HTTP/1.1, less one for questions that go past the limiter: what waits
 * for a connection inside Chromium looks like a server that is silent.
 */
const connections = { all: 5, large: 2 }

type Waiting = { cost: number; go: () => void }

/** How many at once, found out by trying: more while all goes well, half as many when the server is strained. */
class SizeClass {
  #most: number
  readonly #room: number
  #limit: number
  /** Until the first strain nothing is known, and it doubles; after that it feels its way. */
  #isFresh = true
  #active = 0
  #held = 0
  #waiting: Waiting[] = []

  constructor(start: number, most: number, room: number) {
    this.#limit = start
    this.#most = most
    this.#room = room
  }

  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** @throws sync.cancelled when it is given up while it waits */
  enter(cost: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leaveQueue = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== own)
        reject(new Failure('sync.cancelled', 'Cancelled.'))
        // It may have been the one that the others waited behind.
        this.#admit()
      }
      const go = (): void => {
        signal?.removeEventListener('abort', leaveQueue)
        resolve()
      }
      const own = { cost, go }
      this.#waiting.push(own)
      if (signal?.aborted) return leaveQueue()
      signal?.addEventListener('abort', leaveQueue, { once: true })
      this.#admit()
    })
  }

  leave(cost: number): void {
    this.#active -= 1
    this.#held -= cost
    this.#admit()
  }

  /** Only who would have used more learns that more may be had. */
  went(): void {
    if (this.#waiting.length === 0) return
    this.#limit = Math.min(this.#most, this.#limit + (this.#isFresh ? 1 : 1 / this.#limit))
    this.#admit()
  }

  narrow(most: number): void {
    this.#most = Math.min(this.#most, most)
    this.#limit = Math.min(this.#limit, this.#most)
  }

  halve(): void {
    this.#isFresh = false
    this.#limit = Math.max(1, this.#limit / 2)
  }

  #admit(): void {
    for (;;) {
      const next = this.#waiting[0]
      const isFull = this.#active >= this.limit || this.#held + (next?.cost ?? 0) > this.#room
      if (!next || (isFull && this.#active > 0)) return
      this.#waiting.shift()
      this.#active += 1
      this.#held += next.cost
      next.go()
    }
  }
}

/**
 * The transfers at once with one server, of everybody who transfers: small files and large ones do not wait for
 * each other.
 */
export class ConcurrencyLimiter {
  readonly #small = new SizeClass(8, maxAtOnce, Number.POSITIVE_INFINITY)
  readonly #large = new SizeClass(3, 16, memoryBytes)
  /** Of both, where they share few connections. */
  #shared: SizeClass | null = null
  #generation = 0

  get limits(): { small: number; large: number } {
    return { small: this.#small.limit, large: this.#large.limit }
  }

  /** Moves one file of so many bytes, in its turn. @throws sync.cancelled when it is given up before */
  async run<T>(bytes: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const sizeClass = bytes <= smallFileBytes ? this.#small : this.#large
    const cost = Math.min(bytes, maxChunkBytes)
    await sizeClass.enter(cost, signal)
    const shared = this.#shared
    try {
      await shared?.enter(0, signal)
    } catch (error) {
      sizeClass.leave(cost)
      throw error
    }
    const generation = this.#generation
    let isDone = false
    try {
      const value = await work()
      isDone = true
      return value
    } finally {
      // What began before the server was strained tells nothing of how it is now.
      if (isDone && generation === this.#generation) sizeClass.went()
      shared?.leave(0)
      sizeClass.leave(cost)
    }
  }

  /** The server speaks HTTP/1.1: each request takes a connection of its own, and there are few. */
  fewConnections(): void {
    if (this.#shared) return
    this.#shared = new SizeClass(connections.all, connections.all, Number.POSITIVE_INFINITY)
    this.#small.narrow(connections.all)
    this.#large.narrow(connections.large)
  }

  /** For `onCongestion`, of a request that begins now. */
  get generation(): number {
    return this.#generation
  }

  /** The server asked for less, or did not keep up. What was asked before the last such answer says nothing new. */
  onCongestion(generation: number): void {
    if (generation !== this.#generation) return
    this.#generation += 1
    this.#small.halve()
    this.#large.halve()
  }
}

/** Each item once, a few at a time of either class, for work that goes through the limiter itself. */
export const eachByClass = <T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  work: (item: T) => Promise<void>,
  after?: () => Promise<void>,
): Promise<void> => mapLimited({ run: (_, each) => each() }, items, bytesOf, work, after)

/** Each item once, in its turn, and `after` it outside; the first failure ends it when those under way have ended. */
export const mapLimited = async <T>(
  limiter: { run<R>(bytes: number, work: () => Promise<R>): Promise<R> },
  items: readonly T[],
  bytesOf: (item: T) => number,
  work: (item: T) => Promise<void>,
  after: () => Promise<void> = async () => {},
): Promise<void> => {
  let failed: { error: unknown } | null = null
  const ofClass = async (these: readonly T[]): Promise<void> => {
    let next = 0
    const one = async (): Promise<void> => {
      while (next < these.length && !failed) {
        const item = these[next]
        next += 1
        if (item === undefined) continue
        await limiter
          .run(bytesOf(item), async () => {
            if (!failed) await work(item)
          })
          .then(after)
          .catch((error: unknown) => {
            failed ??= { error }
          })
      }
    }
    await Promise.all(Array.from({ length: Math.min(maxAtOnce, these.length) }, one))
  }
  const isSmall = (item: T): boolean => bytesOf(item) <= smallFileBytes
  await Promise.all([
    ofClass(items.filter(isSmall)),
    ofClass(items.filter((item) => !isSmall(item))),
  ])
  const { error } = (failed as { error: unknown } | null) ?? { error: null }
  if (failed) throw error
}
