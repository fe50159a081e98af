/** All that sync knows of time and chance, so that a simulator can be both. */
export type Time = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** 0 to 1. */
  random(): number
}

export const realTime: Time = {
  now: () => Date.now(),
  // By hand: node:timers/promises makes an error with a stack for each that is cut short, which is nearly all of them.
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, milliseconds).unref()
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    }),
  random: () => Math.random(),
}
