import { expect, it } from 'vitest'
import { coverageTable, unvisited } from './coverage.ts'
import { crowded } from './crowded.ts'
import { play } from './run.ts'

const first = 100_001
const seeds = [
  ...Array.from({ length: 500 }, (_, n) => first + n),
  // In every sixth the application has one kind of trouble alone; of those it takes more to see all of its steps.
  ...Array.from({ length: 180 }, (_, n) => first + 505 + 6 * n),
  // In every tenth somebody gives up what they may not send.
  ...Array.from({ length: 60 }, (_, n) => first + 502 + 10 * n),
]

it('everything that can go wrong does, at every step, and nothing is lost by it', async () => {
  const struck = new Map<string, number>()
  const trouble: string[] = []
  for (const seed of seeds) {
    const outcome = await play(crowded(seed))
    trouble.push(
      ...outcome.trouble.map(
        (what) => `${what} (npm run soak -- --seed ${seed} --crowded --trace)`,
      ),
    )
    for (const [cell, times] of outcome.struck) struck.set(cell, (struck.get(cell) ?? 0) + times)
  }
  console.log(coverageTable(struck))
  expect(trouble).toEqual([])
  expect(unvisited(struck)).toEqual([])
})
