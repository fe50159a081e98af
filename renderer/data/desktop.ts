import { Failure, type FailureCode, failureCode } from '../../src/contract/failure.ts'
import type { Desktop } from '../../src/contract/table.ts'

declare global {
  interface Window {
    /** Placed by the preload; the only way from here to main. */
    readonly desktop: Desktop
  }
}

export const desktop: Desktop = window.desktop

/** The code of anything thrown: by main (the bridge carries it as the message's first line), or here. */
export const failureOf = (error: unknown): FailureCode => {
  if (error instanceof Failure) return error.code
  if (!(error instanceof Error)) return 'internal'
  // Electron may put its own words before ours.
  const line = error.message.split('\n', 1)[0] ?? ''
  const parsed = failureCode.safeParse(line.split(' ').at(-1))
  return parsed.success ? parsed.data : 'internal'
}
