import { expect, it } from 'vitest'
import { times } from '../fixtures/long-run.ts'
import { daily } from './faults.ts'
import { playSeeds } from './seeds.ts'

/** With its twin beside it, 400 seeds, in a long run 2,000, each of them twice; `npm run soak` plays more. */
const first = 1
const chunk = 100

it.each(Array.from({ length: times(2, 10) }, (_, n) => first + n * chunk))(
  'seeds from %i on: nothing is lost, and everything comes to rest the same',
  async (from) => {
    const { failed, fewestFaults, seedsWith } = await playSeeds(from, chunk)
    expect(failed).toEqual([])
    expect(fewestFaults).toBeGreaterThanOrEqual(20)
    // Each kind is laid in every seed; now and then what it waits for does not come.
    for (const kind of Object.keys(daily))
      expect([kind, (seedsWith.get(kind) ?? 0) / chunk >= 0.85]).toEqual([kind, true])
  },
)
