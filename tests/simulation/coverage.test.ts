import { expect, it } from 'vitest'
import { coverageTable, unvisited } from './coverage.ts'
import { type Fault, portModes } from './faults.ts'
import { createRandom } from './random.ts'
import { play } from './run.ts'
import { type Script, writeScript } from './script.ts'

/** Calls that are made seldom, most of them to end what a crash left half done. */
const seldom = [
  ...['disk.stat', 'disk.move', 'disk.setAside', 'disk.bringBack', 'disk.discard', 'disk.reset'],
  ...['disk.aside', 'store.begin'],
]

/** A script in which they go wrong too, several times. */
const crowded = (seed: number): Script => {
  const script = writeScript(seed)
  const random = createRandom(seed ^ 0xc0ffee)
  const more = Array.from(
    { length: 10 },
    (): Fault => ({
      type: 'port',
      at: random.below(script.horizon),
      client: random.below(script.flavors.length),
      seed: random.seed(),
      method: random.pick(seldom),
      mode: random.pick(portModes),
    }),
  )
  return { ...script, faults: [...script.faults, ...more] }
}

it('everything that can go wrong does, at every step, and nothing is lost by it', async () => {
  const struck = new Map<string, number>()
  const trouble: string[] = []
  for (let seed = 100_001; seed <= 100_400; seed += 1) {
    const outcome = await play(crowded(seed))
    trouble.push(...outcome.trouble.map((what) => `${seed}: ${what}`))
    for (const [cell, times] of outcome.struck) struck.set(cell, (struck.get(cell) ?? 0) + times)
  }
  console.log(coverageTable(struck))
  expect(trouble).toEqual([])
  expect(unvisited(struck)).toEqual([])
})
