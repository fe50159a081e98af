/** All that sync knows of time and chance, so that a simulator can be both. */
export type Time = {
  /** Milliseconds since the epoch; a person may set it, backwards too. */
  now(): number
  /** Milliseconds since some moment. Never goes back. */
  elapsed(): number
  /** Rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** 0 to 1. */
  random(): number
}
