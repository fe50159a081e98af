import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/*
 * What each suite of the gate may take, in seconds of two cores on which the work of `paceNow` takes `usualPaceMs`. A
 * slower or busier computer gets more in proportion. Whoever is over it is named; a suite fails that takes twice as
 * much, and so does the whole gate a fifth above its own: seconds are no fact of the code, and many suites that each grew
 * a little are.
 */
export const budgetsS = {
  check: 25,
  unit: 90,
  sync: 170,
  db: 200,
  integration: 330,
  packages: 110,
  e2e: 540,
  demo: 35,
} as const
export type Suite = keyof typeof budgetsS
/** Of all of them. */
export const gateS = 25 * 60
const tolerance = 2
const gateTolerance = 1.2
const usualPaceMs = 165

const block = Buffer.alloc(1 << 20, 'atelier')
/** Milliseconds of a piece of work that is always the same. */
const paceNow = (): number => {
  const started = performance.now()
  const hash = createHash('sha1')
  for (let count = 0; count < 256; count += 1) hash.update(block)
  hash.digest()
  return performance.now() - started
}

const samples = 5
const betweenMs = 200

export const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Before and after a suite, not meanwhile: its own work would be taken for the weather. */
export const samplePace = async (): Promise<number[]> => {
  const paces: number[] = []
  for (let count = 0; count < samples; count += 1) {
    paces.push(paceNow())
    await pause(betweenMs)
  }
  return paces
}

/** By how much this computer was slower than ours, by most samples; never less than 1. One busy moment pardons nothing. */
export const slownessOf = (paces: readonly number[]): number =>
  Math.max(1, medianOf(paces) / usualPaceMs)

/** What is said of all suites together: of each how long it took, and how much slower the computer was meanwhile. */
export const judgeGate = (
  suites: readonly { seconds: number; slowness: number }[],
): { line: string; fails: boolean } => {
  const spent = Math.round(
    suites.reduce((sum, { seconds, slowness }) => sum + seconds / slowness, 0),
  )
  return {
    line: `${spent} s, at our pace, of the ${gateS} s that all suites may take together`,
    fails: spent > gateS * gateTolerance,
  }
}

export type TestFile = { file: string; seconds: number }

/** What is said of a suite that took so long, if anything, and whether it fails for it. */
export const judge = (
  suite: Suite,
  seconds: number,
  slowness: number,
  files: readonly TestFile[],
): { lines: string[]; fails: boolean } => {
  const allowed = Math.round(budgetsS[suite] * slowness)
  if (seconds <= allowed) return { lines: [], fails: false }
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 5)
  return {
    lines: [
      `${suite} took ${seconds} s, and may take ${allowed} s. Its slowest files:`,
      ...slowest.map((each) => `  ${String(Math.round(each.seconds)).padStart(4)} s  ${each.file}`),
    ],
    fails: seconds > allowed * tolerance,
  }
}
