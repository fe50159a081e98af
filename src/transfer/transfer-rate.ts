import type { Transfer } from '../contract/sync.ts'

/** A transfer, before anybody has measured it. */
export type Moving = Omit<Transfer, 'bytesPerSecond' | 'secondsLeft'>
/** Bytes per second, and seconds until the end; null where it is not known yet, or nothing moves. */
export type Speed = { bytesPerSecond: number | null; secondsLeft: number | null }

/** Milliseconds of the past that count. */
const windowMs = 8_000
/** Milliseconds before which a figure would be a guess. */
const minWindowMs = 1_000
/** Milliseconds between two points that are kept. */
const sampleEveryMs = 100
/** Slower than this, bytes per second, an end is not in sight. */
const standstillBytesPerSecond = 1
export const unknownSpeed: Speed = { bytesPerSecond: null, secondsLeft: null }

/** How fast a growing count grew over the last seconds. `now` in milliseconds. */
class Meter {
  readonly #now: () => number
  #points: { at: number; bytes: number }[]
  #last: { at: number; bytes: number }

  constructor(now: () => number) {
    this.#now = now
    this.#last = { at: now(), bytes: 0 }
    this.#points = [this.#last]
  }

  add(bytes: number): void {
    const at = this.#time()
    this.#last = { at, bytes: this.#last.bytes + bytes }
    const newest = this.#points.at(-1)
    if (!newest || at - newest.at >= sampleEveryMs) this.#points.push(this.#last)
    this.#forget(at)
  }

  /** `preempted` in bytes. */
  speed(left: number): Speed {
    const now = this.#time()
    this.#forget(now)
    const first = this.#points[0]
    if (!first || now - first.at < minWindowMs) return unknownSpeed
    const bytesPerSecond = Math.round(((this.#last.bytes - first.bytes) / (now - first.at)) * 1000)
    const secondsLeft =
      bytesPerSecond < standstillBytesPerSecond
        ? null
        : Math.ceil(Math.max(0, left) / bytesPerSecond)
    return { bytesPerSecond, secondsLeft }
  }

  /** A clock that is set back begins the measuring anew. */
  #time(): number {
    const now = this.#now()
    if (now < this.#last.at) {
      this.#last = { at: now, bytes: this.#last.bytes }
      this.#points = [this.#last]
    }
    return now
  }

  /** The newest point outside the span is where it begins. */
  #forget(now: number): void {
    while ((this.#points[1]?.at ?? now) < now - windowMs) this.#points.shift()
    // After a long silence what was before it says nothing about now.
    if (this.#last.at < now - windowMs)
      this.#points = [{ at: now - windowMs, bytes: this.#last.bytes }]
  }
}

/** Speed and time left of transfers, each and all together. */
export class TransferRate {
  readonly #now: () => number
  readonly #each = new Map<string, { meter: Meter; bytesDone: number }>()
  #all: Meter

  constructor(now: () => number) {
    this.#now = now
    this.#all = new Meter(now)
  }

  restart(): void {
    this.#each.clear()
    this.#all = new Meter(this.#now)
  }

  note(key: string, bytesDone: number, bytesTotal: number): void {
    const known = this.#each.get(key)
    // What was there of an earlier try did not come now; what came in one piece did.
    const before = known?.bytesDone ?? (bytesDone < bytesTotal ? bytesDone : 0)
    const more = Math.max(0, bytesDone - before)
    const meter = known?.meter ?? new Meter(this.#now)
    meter.add(more)
    this.#all.add(more)
    this.#each.set(key, { meter, bytesDone: Math.max(bytesDone, known?.bytesDone ?? 0) })
  }

  drop(key: string): void {
    this.#each.delete(key)
  }

  /** Of one transfer; `preempted` in bytes. */
  of(key: string, left: number): Speed {
    return this.#each.get(key)?.meter.speed(left) ?? unknownSpeed
  }

  all(left: number): Speed {
    return this.#all.speed(left)
  }
}
