import { expect, it } from 'vitest'
import { coverageTable, unvisited } from './coverage.ts'
import { crowded } from './crowded.ts'
import { play } from './run.ts'

it('everything that can go wrong does, at every step, and nothing is lost by it', async () => {
  const struck = new Map<string, number>()
  const trouble: string[] = []
  for (let seed = 100_001; seed <= 100_400; seed += 1) {
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
