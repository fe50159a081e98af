import { expect, it } from 'vitest'
import { crowded } from './crowded.ts'
import { mistakes } from './mutants.ts'
import { play } from './run.ts'
import { writeScript } from './script.ts'

/** Seeds within which a mistake must be noticed, of those that have what it is made in. */
const patienceFor = (isRare: boolean): number => (isRare ? 1_000 : 300)

it('there are at least forty', () => {
  expect(Object.keys(mistakes).length).toBeGreaterThanOrEqual(40)
})

it.each(Object.entries(mistakes))('is noticed: %s', async (name, { bug, noticed, isRare }) => {
  const patience = patienceFor(isRare === true)
  for (let seed = 1, played = 0; played < patience; seed += 1) {
    const script = isRare ? crowded(seed) : writeScript(seed)
    if (bug.app && script.apps === 0) continue
    played += 1
    const { trouble } = await play(script, bug)
    if (trouble.some((what) => noticed.test(what))) return
  }
  expect.fail(
    `npm run soak -- --mistake '${name}'${isRare ? ' --crowded' : ''} --from 1 --seeds ${patience}`,
  )
})
