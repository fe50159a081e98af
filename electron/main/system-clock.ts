import type { Time } from '../../src/transfer/clock.ts'

export const realTime: Time = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
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
