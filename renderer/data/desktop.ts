import type { Addition, AdditionPlace } from '../../src/contract/adding.ts'
import type { Desktop } from '../../src/contract/table.ts'
import { Failure, type FailureCode, failureCode } from '../../src/domain/failure.ts'

/** Files themselves, which the preload alone can say the place of; null where they lie nowhere on this computer. */
type HandedOver = {
  readonly adding: {
    examineDropped(place: AdditionPlace, files: readonly File[]): Promise<Addition | null>
  }
}

declare global {
  interface Window {
    /** Placed by the preload; the only way from here to main. */
    readonly desktop: Desktop & HandedOver
  }
}

export const desktop: Desktop & HandedOver = window.desktop

/** The code of anything thrown: by main (the bridge carries it as the message's first line), or here. */
export const failureOf = (error: unknown): FailureCode => {
  if (error instanceof Failure) return error.code
  if (!(error instanceof Error)) return 'internal'
  // Electron may put its own words before ours.
  const line = error.message.split('\n', 1)[0] ?? ''
  const parsed = failureCode.safeParse(line.split(' ').at(-1))
  return parsed.success ? parsed.data : 'internal'
}
