import { setTimeout as pause } from 'node:timers/promises'

/** All that sync knows of time and chance, so that a simulator can be both. */
export type Time = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Rejects when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** 0 to 1. */
  random(): number
}

export const realTime: Time = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, { signal, ref: false }),
  random: () => Math.random(),
}
