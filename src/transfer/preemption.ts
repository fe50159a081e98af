import type { Time } from './clock.ts'

/** What a pass gives way to while bytes move: something to look at, or to ask the server. */
export type PreemptionSignal = {
  readonly isRaised: boolean
  /** What the work answers; null when news comes sooner. */
  race<T>(work: Promise<T>): Promise<T | null>
  /** Bytes begin to move: from now on the pass can give way. */
  moves(): void
  /** Something is worth another look in so many milliseconds. */
  within(milliseconds: number): void
  /** Does it in so many milliseconds, if the pass is still under way. */
  after(milliseconds: number, work: () => void): void
}

/** For a pass that goes to its end. */
export const neverPreempt: PreemptionSignal = {
  isRaised: false,
  race: (work) => work,
  moves: () => {},
  within: () => {},
  after: () => {},
}

/**
 * How long bytes move before a pass gives way, so that what comes all the time does not leave them none: at least so
 * many milliseconds, and so many times as long as it took to look, to ask and to plan.
 */
export type Quantum = { leastMs: number; share: number }
const usualQuantum: Quantum = { leastMs: 1_000, share: 4 }
/** Milliseconds after which the server is asked, whoever has told of anything. */
const maxPassMs = 15_000

/** Of one pass, which begins now. `tell`: there is something new. */
export const openPreemption = (time: Time, { leastMs: least, share }: Quantum = usualQuantum) => {
  const begun = time.elapsed()
  const over = new AbortController()
  const waiting = new Set<() => void>()
  let isTold = false
  let isThere = false
  /** When the pass can give way. */
  let openAt: number | null = null
  const after = (milliseconds: number, then: () => void): void =>
    void time.sleep(milliseconds, over.signal).then(then, () => {})
  const raise = (): void => {
    isThere = true
    for (const each of waiting) each()
    waiting.clear()
  }
  const raiseInTime = (): void => {
    if (openAt === null) return
    const left = openAt - time.elapsed()
    if (left > 0) after(left, raise)
    else raise()
  }
  const tell = (): void => {
    if (isTold) return
    isTold = true
    raiseInTime()
  }
  return {
    get isRaised(): boolean {
      return isThere
    },
    race: <T>(work: Promise<T>): Promise<T | null> =>
      new Promise((resolve, reject) => {
        const sooner = (): void => resolve(null)
        waiting.add(sooner)
        const done = (): void => void waiting.delete(sooner)
        work.finally(done).then(resolve, reject)
      }),
    moves: (): void => {
      if (openAt !== null) return
      const now = time.elapsed()
      openAt = now + Math.max(least, share * (now - begun))
      after(Math.max(maxPassMs, openAt - now), raise)
      if (isTold) raiseInTime()
    },
    within: (milliseconds: number): void => after(milliseconds, tell),
    after,
    tell,
    /** The pass has ended. */
    end: (): void => over.abort(null),
  }
}
