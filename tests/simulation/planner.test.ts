import fc from 'fast-check'
import { expect, it } from 'vitest'
import { settle, triple } from './planner.ts'

it('a hundred thousand trees, changed on both sides, come to the same', () => {
  let most = 0
  fc.assert(
    fc.property(triple, (input) => {
      most = Math.max(most, settle(input))
    }),
    { numRuns: 100_000 },
  )
  expect(most).toBeLessThanOrEqual(12)
})
