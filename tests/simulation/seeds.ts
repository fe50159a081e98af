import { play } from './run.ts'
import { type Script, writeScript } from './script.ts'

/** What went wrong with a seed: with its script made as short as it still goes wrong, and how to see it again. */
export type Failed = { seed: number; trouble: string[]; replay: string; shortest: Script }

const fails = async (script: Script): Promise<boolean> => (await play(script)).trouble.length > 0

/** Leaves out actions and faults, one by one, as long as it still fails. */
const shrunk = async (script: Script): Promise<Script> => {
  let shortest = script
  for (const part of ['faults', 'actions'] as const)
    for (let place = shortest[part].length - 1; place >= 0; place -= 1) {
      const shorter = { ...shortest, [part]: shortest[part].filter((_, each) => each !== place) }
      if (await fails(shorter)) shortest = shorter
    }
  return shortest
}

export type Played = { failed: Failed[]; struck: Map<string, number>; fewestFaults: number }

/** Plays each seed twice: both must be the same to the last step, and nothing may be lost. */
export const playSeeds = async (from: number, count: number): Promise<Played> => {
  const played: Played = { failed: [], struck: new Map(), fewestFaults: Number.POSITIVE_INFINITY }
  for (let seed = from; seed < from + count; seed += 1) {
    const script = writeScript(seed)
    const [first, second] = [await play(script), await play(script)]
    const trouble = [...first.trouble]
    if (first.hash !== second.hash) trouble.push('the same seed went another way')
    for (const [what, times] of first.struck)
      played.struck.set(what, (played.struck.get(what) ?? 0) + times)
    played.fewestFaults = Math.min(played.fewestFaults, first.faults)
    if (trouble.length > 0)
      played.failed.push({
        seed,
        trouble,
        replay: `npm run soak -- --seed ${seed} --trace`,
        shortest: first.trouble.every(isKnown) ? script : await shrunk(script),
      })
  }
  return played
}

/** Known, and still to be mended: conflict copies that are none. Nothing is lost by them. */
const isKnown = (what: string): boolean => what.startsWith('R12 ')

export const sorted = (failed: readonly Failed[]): { known: Failed[]; others: Failed[] } => ({
  known: failed.filter(({ trouble }) => trouble.every(isKnown)),
  others: failed.filter(({ trouble }) => !trouble.every(isKnown)),
})
