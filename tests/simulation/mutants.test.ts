import { expect, it } from 'vitest'
import { isLongRun } from '../fixtures/long-run.ts'
import { patienceFor, readKnownSeeds, seedOf } from './known-seeds.ts'
import { mistakes } from './mutants.ts'

const known = readKnownSeeds().mistakes

it('there are at least forty', () => {
  expect(Object.keys(mistakes).length).toBeGreaterThanOrEqual(40)
})

it.each(Object.entries(mistakes))('is noticed: %s', async (name, mistake) => {
  const before = isLongRun ? undefined : known[name]
  const seed = await seedOf(mistake, before)
  if (seed === null)
    expect.fail(
      `npm run soak -- --mistake '${name}'${mistake.isRare ? ' --crowded' : ''} --from 1 --seeds ${patienceFor(mistake)}`,
    )
  if (!isLongRun && seed !== before)
    console.log(`${name}: seed ${seed} by now, not ${before} (npm run soak -- --record)`)
})
