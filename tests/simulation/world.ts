import { createRandom, type Random } from './random.ts'

/** A process that can die at any moment: what it waits for then never comes. */
export type Life = {
  readonly name: string
  dead: boolean
  /** What is to go wrong with this very call, if anything. */
  strike(label: string): Strike | null
  /** Ends it; what it had under way may or may not have happened. */
  crash(): void
}
export type Strike =
  | { kind: 'error'; error: Error }
  | { kind: 'crash-before' }
  | { kind: 'crash-after' }

type Parked = { life: Life; label: string; run(): void; die(): void }
type Sleeper = { life: Life; due: number; wake(): void }
type Event = { at: number; run(): void }

/** A process that nothing ever happens to: the server, and time itself. */
export const immortal = (name: string): Life => ({
  name,
  dead: false,
  strike: () => null,
  crash: () => {},
})

/** Immediates of one turn of the event loop: between any two of them all that can go on by itself does. */
const together = 64
let scheduled = 0
let waiting: (() => void) | null = null

/** When nobody can go on by himself any more. A turn of the event loop for each would cost more than all else. */
const quiet = (): Promise<void> =>
  new Promise((resolve) => {
    waiting = resolve
    if (scheduled > 0) return
    scheduled = together
    for (let count = 0; count < together; count += 1)
      setImmediate(() => {
        scheduled -= 1
        const now = waiting
        waiting = null
        now?.()
      })
  })

/**
 * The one scheduler. Whatever anybody waits for is parked here, and the seed says who goes on next; time passes
 * when somebody goes on, and leaps when all that is left is waiting for it. Same seed, same history.
 */
export class World {
  readonly random: Random
  /** Milliseconds since the epoch, as a computer of right time says. */
  now = Date.UTC(2026, 0, 31, 12)
  step = 0
  /** Of everything that happened so far. */
  #hash = [0x811c9dc5, 0x1000193] as [number, number]
  readonly lines: string[] | null
  #parked: Parked[] = []
  readonly #sleepers = new Set<Sleeper>()
  #events: Event[] = []

  constructor(seed: number, trace: boolean) {
    this.random = createRandom(seed)
    this.lines = trace ? [] : null
  }

  get hash(): string {
    return this.#hash.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  note(line: string): void {
    let [one, two] = this.#hash
    for (let at = 0; at < line.length; at += 1) {
      const code = line.charCodeAt(at)
      one = Math.imul(one ^ code, 0x01000193)
      two = Math.imul(two ^ code, 0x5bd1e995) + one
    }
    this.#hash = [one | 0, two | 0]
    this.lines?.push(`${String(this.step).padStart(5)} ${(this.now / 1000).toFixed(3)} ${line}`)
  }

  /** Waits for its turn, then does `work` in one go. `torn` is what a crash may leave of it instead. */
  call<T>(life: Life, label: string, work: () => T, torn: () => void = work): Promise<T> {
    return new Promise((resolve, reject) => {
      if (life.dead) return
      const end = (): void => {
        try {
          const value = work()
          this.note(`${life.name} ${label}${value === 'changed' ? ' changed' : ''}`)
          resolve(value)
        } catch (error) {
          this.note(`${life.name} ${label} ! ${codeOf(error)}`)
          reject(error)
        }
      }
      this.#parked.push({
        life,
        label,
        run: () => {
          const strike = life.strike(label)
          if (!strike) return end()
          this.note(`${life.name} ${label} !! ${strike.kind}`)
          if (strike.kind === 'error') return reject(strike.error)
          if (strike.kind === 'crash-after') attempt(work)
          life.crash()
        },
        die: () => {
          if (this.random.chance(0.5)) return
          this.note(`${life.name} ${label} †`)
          attempt(torn)
        },
      })
    })
  }

  /** @throws what the signal was aborted with */
  sleep(life: Life, milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (life.dead) return
      if (signal?.aborted) return reject(signal.reason)
      const sleeper: Sleeper = {
        life,
        due: this.now + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      const abort = (): void => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#sleepers.add(sleeper)
    })
  }

  /** Something that happens at a step whatever else goes on. */
  at(step: number, run: () => void): void {
    this.#events.push({ at: Math.max(step, this.step), run })
  }

  /** Whether a process waits for anything but time. */
  isBusy(life: Life): boolean {
    return this.#parked.some((each) => each.life === life)
  }

  /** Nothing that this process waits for comes any more. */
  kill(life: Life): void {
    life.dead = true
    const [its, others] = split(this.#parked, (each) => each.life === life)
    this.#parked = others
    for (const each of this.#sleepers) if (each.life === life) this.#sleepers.delete(each)
    for (const each of this.random.shuffle(its)) each.die()
  }

  /** Lets things happen until `done`. @throws when nothing is left to happen, or after too many steps */
  async run(done: () => boolean, limit: number): Promise<void> {
    const end = this.step + limit
    for (;;) {
      await quiet()
      if (done()) return
      if (this.step >= end) throw new Error(`still not done after ${limit} steps`)
      this.step += 1
      const due = this.#events.filter((event) => event.at <= this.step)
      if (due.length > 0) {
        this.#events = this.#events.filter((event) => event.at > this.step)
        for (const event of due) event.run()
        continue
      }
      if (this.#wake()) continue
      if (this.#parked.length > 0) {
        this.now += this.random.below(12)
        const [next] = this.#parked.splice(this.random.below(this.#parked.length), 1)
        next?.run()
      } else if (this.#events.length === 0) throw new Error('everybody waits for nothing')
    }
  }

  /** Whoever has slept enough; the next to do so when there is nobody else. */
  #wake(): boolean {
    let next: Sleeper | null = null
    for (const each of this.#sleepers) if (!next || each.due < next.due) next = each
    if (!next || (next.due > this.now && this.#parked.length > 0)) return false
    this.now = Math.max(this.now, next.due)
    this.#sleepers.delete(next)
    this.note(`${next.life.name} awake`)
    next.wake()
    return true
  }
}

const attempt = (work: () => unknown): void => {
  try {
    work()
  } catch {
    // Nobody is there any more to be told.
  }
}

const split = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
]

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error
    ? String(error.code)
    : error instanceof Error
      ? `${error.name}: ${error.message}`
      : String(error)
