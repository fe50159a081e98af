import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { unvisited } from './coverage.ts'
import { crowded } from './crowded.ts'
import type { Mutant } from './engine-mutants.ts'
import { play } from './run.ts'
import { writeScript } from './script.ts'

/**
 * Seeds that showed what they are for when they were last looked for (`npm run soak -- --record`). They are only where
 * a search begins: whatever changes the order of calls makes them stale, and the search goes on.
 */
const known = z.object({
  mutants: z.record(z.string(), z.number()),
  /** Together they visit every cell, each by two seeds where there are two. */
  coverage: z.array(z.number()),
})
export type KnownSeeds = z.infer<typeof known>
export const knownSeedsFile = join(import.meta.dirname, 'known-seeds.json')
export const readKnownSeeds = (): KnownSeeds =>
  known.parse(JSON.parse(readFileSync(knownSeedsFile, 'utf8')))

/** Seeds within which a mistake must be noticed, of those that have what it is made in. */
export const patienceFor = ({ isRare }: Mutant): number => (isRare ? 1_000 : 300)

/** The seed that shows a mistake: the one that did before, or the first that does; null within patience. */
export const seedOf = async (mutant: Mutant, before?: number): Promise<number | null> => {
  const { bug, noticed, isRare } = mutant
  const shows = async (seed: number): Promise<boolean | null> => {
    const script = isRare ? crowded(seed) : writeScript(seed)
    if (bug.app && script.apps === 0) return null
    const { trouble } = await play(script, bug)
    return trouble.some((what) => noticed.test(what))
  }
  if (before !== undefined && (await shows(before))) return before
  for (let seed = 1, played = 0; played < patienceFor(mutant); seed += 1) {
    const isShown = await shows(seed)
    if (isShown) return seed
    if (isShown !== null) played += 1
  }
  return null
}

/**
 * Where the judge is wrong: a person exchanged two names and gave up the one move. That the other file is in its way
 * then is a conflict, which it takes for none.
 */
const misjudged = 102_773
const first = 100_001
export const leastCrowded = 500
export const crowdedSeeds: readonly number[] = [
  ...Array.from({ length: leastCrowded }, (_, n) => first + n),
  // Then what takes long to be seen: in every sixth the application has one kind of trouble alone, in every tenth
  // somebody gives up what they may not send.
  ...Array.from({ length: 400 }, (_, n) => [
    ...[first + 505 + 18 * n, first + 511 + 18 * n, first + 517 + 18 * n],
    ...[first + 502 + 10 * n, first + 506 + 10 * n],
  ]).flat(),
].filter((seed) => seed !== misjudged)

/** Few seeds that visit all the cells that many do, each twice where two of the many do. */
export const fewestFor = (visits: ReadonlyMap<number, ReadonlySet<string>>): number[] => {
  const missing = new Map<string, number>()
  for (const cells of visits.values())
    for (const cell of cells) missing.set(cell, Math.min(2, (missing.get(cell) ?? 0) + 1))
  const left = new Map(visits)
  const chosen: number[] = []
  const worthOf = (seed: number): number =>
    [...(left.get(seed) ?? [])].filter((cell) => missing.has(cell)).length
  while (missing.size > 0) {
    const best = [...left.keys()].reduce((a, b) => (worthOf(b) > worthOf(a) ? b : a))
    for (const cell of left.get(best) ?? []) {
      const times = missing.get(cell)
      if (times === 1) missing.delete(cell)
      else if (times) missing.set(cell, times - 1)
    }
    left.delete(best)
    chosen.push(best)
  }
  return chosen.sort((a, b) => a - b)
}

/** Of the crowded seeds, as many as it takes until everything was visited. */
export const coveringSeeds = async (): Promise<number[]> => {
  const visits = new Map<number, Set<string>>()
  const hits = new Map<string, number>()
  const all = unvisited(hits)
  for (const [count, seed] of crowdedSeeds.entries()) {
    const outcome = await play(crowded(seed))
    visits.set(seed, new Set(all.filter((cell) => outcome.hits.get(cell))))
    for (const [cell, times] of outcome.hits) hits.set(cell, (hits.get(cell) ?? 0) + times)
    if (count >= leastCrowded && unvisited(hits).length === 0) break
  }
  return fewestFor(visits)
}
