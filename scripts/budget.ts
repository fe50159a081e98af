import { createHash } from 'node:crypto'

/*
 * What each suite of the gate may take, in seconds of two cores on which the work of `paceNow` takes `usualPaceMs`. A
 * slower or busier computer gets more in proportion. Whoever is over it is named; only who takes twice as much fails,
 * for seconds are no fact of the code.
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

/** By how much this computer is slower at this moment than ours; never less than 1. */
export const slownessNow = (): number => Math.max(1, paceNow() / usualPaceMs)

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
