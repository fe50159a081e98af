import { parseArgs } from 'node:util'
import { play } from '../tests/simulation/run.ts'
import { writeScript } from '../tests/simulation/script.ts'
import { playSeeds } from '../tests/simulation/seeds.ts'

/* More seeds of the simulator than the tests play, or one of them step by step. */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '10001' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})
if (values.seed !== undefined) {
  const { trouble, lines } = await play(writeScript(Number(values.seed)), {}, values.trace)
  for (const line of lines ?? []) console.log(line)
  console.log(trouble.length > 0 ? trouble.join('\n') : 'Nothing went wrong.')
  process.exit(trouble.length > 0 ? 1 : 0)
}
const [first, count] = [Number(values.from), Number(values.seeds)]
let bad = 0
for (let from = first; from < first + count; from += 100) {
  const { failed } = await playSeeds(from, Math.min(100, first + count - from))
  for (const { seed, trouble, replay, shortest } of failed) {
    bad += 1
    console.log(`seed ${seed}: ${trouble[0]}\n  ${replay}\n  ${JSON.stringify(shortest)}`)
  }
  console.log(`${Math.min(from - first + 100, count)} of ${count} seeds, ${bad} went wrong`)
}
process.exit(bad > 0 ? 1 : 0)
