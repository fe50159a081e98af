import { expect, it } from 'vitest'
import { mistakes } from './mistakes.ts'
import { play } from './run.ts'
import { writeScript } from './script.ts'

/** Seeds within which a mistake must be noticed, of those that have what it is made in. */
const patience = 300

it('there are at least thirty', () => {
  expect(Object.keys(mistakes).length).toBeGreaterThanOrEqual(30)
})

it.each(Object.entries(mistakes))('is noticed: %s', async (_name, bug) => {
  for (let seed = 1, played = 0; played < patience; seed += 1) {
    const script = writeScript(seed)
    if (bug.app && script.apps === 0) continue
    played += 1
    const { trouble } = await play(script, bug)
    if (trouble.some((what) => !what.startsWith('R12 '))) return
  }
  expect.fail(`nothing was noticed in ${patience} seeds`)
})
