import { Failure } from '../domain/failure.ts'

/** Milliseconds; `sleep` rejects when the signal aborts. */
export type Pace = {
  now(): number
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** Bytes that are let through at once: small enough that a slow limit is felt as a slow line, not as stops. */
export const portionBytes = 16 * 1024
/** Seconds' worth of bytes that may be saved up while nothing is sent. */
const savedSeconds = 0.1

type Waiter = { bytes: number; grant: () => void }

/**
 * A token bucket: over any span of t seconds at most rate·t + burst bytes pass, first come, first served.
 * The rate is bytes per second and may change at any time; null is no limit.
 */
export class TokenBucket {
  readonly #pace: Pace
  readonly #queue: Waiter[] = []
  #rate: number | null
  #tokens: number
  #filledAt: number
  #alarm: AbortController | null = null

  constructor(pace: Pace, rate: number | null = null) {
    this.#pace = pace
    this.#rate = rate
    this.#tokens = this.burst
    this.#filledAt = pace.now()
  }

  get rate(): number | null {
    return this.#rate
  }

  /** Bytes. Never less than a portion: whatever is asked for can come to be there. */
  get burst(): number {
    return Math.max(portionBytes, (this.#rate ?? 0) * savedSeconds)
  }

  setRate(rate: number | null): void {
    this.#fill()
    this.#rate = rate
    this.#tokens = Math.min(this.#tokens, this.burst)
    this.#serve()
  }

  /** Resolves once that many bytes, a portion at most, may pass. @throws sync.cancelled */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (bytes > portionBytes) throw new RangeError('More than a portion at once.')
    if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
    if (this.#rate === null) return
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        const place = this.#queue.indexOf(waiter)
        if (place >= 0) this.#queue.splice(place, 1)
        reject(new Failure('sync.cancelled', 'Cancelled.'))
        this.#serve()
      }
      const waiter: Waiter = {
        bytes,
        grant: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#queue.push(waiter)
      this.#serve()
    })
  }

  #fill(): void {
    const now = this.#pace.now()
    // A clock that was set back gives nothing; one that was set forward, no more than a burst.
    const seconds = Math.max(0, now - this.#filledAt) / 1000
    this.#tokens = Math.min(this.burst, this.#tokens + seconds * (this.#rate ?? 0))
    this.#filledAt = now
  }

  #serve(): void {
    this.#alarm?.abort(null)
    this.#alarm = null
    this.#fill()
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      if (this.#rate !== null) {
        if (this.#tokens < head.bytes) break
        this.#tokens -= head.bytes
      }
      this.#queue.shift()
      head.grant()
    }
    const head = this.#queue[0]
    if (!head || this.#rate === null) return
    const alarm = new AbortController()
    this.#alarm = alarm
    const missing = ((head.bytes - this.#tokens) / this.#rate) * 1000
    void this.#pace.sleep(Math.max(1, Math.ceil(missing)), alarm.signal).then(
      () => this.#serve(),
      () => {},
    )
  }
}

/** The same bytes in the same order, as fast as the bucket lets them. `passed` hears how many went through. */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  bucket: TokenBucket,
  signal: AbortSignal,
  passed: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    for (let at = 0; at < chunk.byteLength; ) {
      // Without a limit a chunk stays whole: it costs nothing then.
      const end =
        bucket.rate === null ? chunk.byteLength : Math.min(at + portionBytes, chunk.byteLength)
      if (bucket.rate !== null) await bucket.take(end - at, signal)
      yield at === 0 && end === chunk.byteLength ? chunk : chunk.subarray(at, end)
      passed(end - at)
      at = end
    }
  }
}
