import fc from 'fast-check'
import { expect, it } from 'vitest'
import { times } from '../fixtures/long-run.ts'
import { settle, triple } from './planner.ts'

it('trees by the thousand, changed on both sides, come to the same', () => {
  let most = 0
  const details = fc.check(
    fc.property(triple, (input) => {
      most = Math.max(most, settle(input))
    }),
    { numRuns: times(25_000, 100_000) },
  )
  const { failed, seed, counterexamplePath } = details
  if (failed)
    expect.fail(
      `npm run soak -- --planner ${seed} --path '${counterexamplePath}'\n${fc.defaultReportMessage(details)}`,
    )
  expect(most).toBeLessThanOrEqual(12)
})
