import { expect, it } from 'vitest'
import { isLongRun } from '../fixtures/long-run.ts'
import { coverageTable, unvisited } from './coverage.ts'
import { crowded } from './crowded.ts'
import { crowdedSeeds, leastCrowded, readKnownSeeds } from './known-seeds.ts'
import { play } from './run.ts'

const known = isLongRun ? [] : readKnownSeeds().coverage
const least = isLongRun ? leastCrowded : known.length
const seeds = [...known, ...crowdedSeeds.filter((seed) => !known.includes(seed))]

it('everything that can go wrong does, at every step, and nothing is lost by it', async () => {
  const hits = new Map<string, number>()
  const trouble: string[] = []
  let played = 0
  for (const seed of seeds) {
    const outcome = await play(crowded(seed))
    trouble.push(
      ...outcome.trouble.map(
        (what) => `${what} (npm run soak -- --seed ${seed} --crowded --trace)`,
      ),
    )
    for (const [cell, times] of outcome.hits) hits.set(cell, (hits.get(cell) ?? 0) + times)
    played += 1
    if (played >= least && unvisited(hits).length === 0) break
  }
  console.log(`${played} seeds\n${coverageTable(hits)}`)
  if (!isLongRun && played > least) console.log('More seeds than known: npm run soak -- --record')
  expect(trouble).toEqual([])
  expect(unvisited(hits)).toEqual([])
})
