import { desktop } from './desktop.ts'

type Kind = 'drawing' | 'script' | 'promise'

const partOf = (thrown: unknown, part: 'message' | 'stack'): string => {
  if (thrown instanceof Error) return thrown[part] ?? ''
  return part === 'message' ? String(thrown) : ''
}

const told = new WeakSet<Error>()

/** Into the log, once, where it can be read after the window is gone. */
export const tellFault = (what: Kind, thrown: unknown): void => {
  if (thrown instanceof Error) {
    if (told.has(thrown)) return
    told.add(thrown)
  }
  void desktop.diagnostics
    .fault({
      what,
      message: partOf(thrown, 'message').slice(0, 2_000),
      stack: partOf(thrown, 'stack').slice(0, 8_000),
    })
    .catch(() => {})
}

export const connectPageFaults = (): void => {
  addEventListener('error', ({ error, message }) => tellFault('script', error ?? message))
  addEventListener('unhandledrejection', ({ reason }) => tellFault('promise', reason))
}
