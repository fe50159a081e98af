import { expect, it } from 'vitest'
import { isLongRun } from '../fixtures/long-run.ts'
import { patienceFor, readKnownSeeds, seedOf } from './known-seeds.ts'
import { mutants } from './mutants.ts'

const known = readKnownSeeds().mutants

it('there are at least forty', () => {
  expect(Object.keys(mutants).length).toBeGreaterThanOrEqual(40)
})

it.each(Object.entries(mutants))('is noticed: %s', async (name, mutant) => {
  const before = isLongRun ? undefined : known[name]
  const seed = await seedOf(mutant, before)
  if (seed === null)
    expect.fail(
      `npm run soak -- --mutant '${name}'${mutant.isRare ? ' --crowded' : ''} --from 1 --seeds ${patienceFor(mutant)}`,
    )
  if (!isLongRun && seed !== before)
    console.log(`${name}: seed ${seed} by now, not ${before} (npm run soak -- --record)`)
})
