import { writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import {
  coveringSeeds,
  type KnownSeeds,
  knownSeedsFile,
  readKnownSeeds,
  seedOf,
} from '../tests/simulation/known-seeds.ts'
import { mutants } from '../tests/simulation/mutants.ts'
import { settle, triple } from '../tests/simulation/planner.ts'
import { play } from '../tests/simulation/run.ts'
import { playSeeds, scriptOf } from '../tests/simulation/seeds.ts'
import { readArguments } from './arguments.ts'

/* More seeds of the simulator than the tests play, or one case of any of its tests step by step. */

const usage =
  'npm run soak -- [--seeds <count>] [--from <seed>] | --seed <seed> [--trace] [--crowded] [--actions <places>] [--faults <places>] [--mutant <name>] | --planner <seed> [--path <path>] | --record'
const { values } = readArguments(usage, {
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '10001' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    /** With the faults of the coverage test. */
    crowded: { type: 'boolean', default: false },
    /** Places of what is kept of the script, comma-separated. */
    actions: { type: 'string' },
    faults: { type: 'string' },
    /** By its name: with a mutant. */
    mutant: { type: 'string' },
    /** Seed of the planner's test; `path` leads to the very case. */
    planner: { type: 'string' },
    path: { type: 'string' },
    /** Looks anew for the seeds that the gate begins with. */
    record: { type: 'boolean', default: false },
  },
})
const placesOf = (list: string | undefined): number[] | null =>
  list === undefined ? null : list.split(',').filter(Boolean).map(Number)

if (values.planner !== undefined) {
  const seed = Number(values.planner)
  const where = values.path === undefined ? {} : { path: values.path, endOnFailure: true }
  fc.assert(
    fc.property(triple, (input) => void settle(input)),
    { seed, numRuns: 100_000, ...where },
  )
  console.log('Nothing went wrong.')
  process.exit(0)
}
if (values.record) {
  const before = readKnownSeeds().mutants
  const known: KnownSeeds = { mutants: {}, coverage: await coveringSeeds() }
  for (const [name, mutant] of Object.entries(mutants)) {
    const seed = await seedOf(mutant, before[name])
    console.log(`${name}: ${seed ?? 'not noticed'}`)
    if (seed !== null) known.mutants[name] = seed
  }
  await writeFile(knownSeedsFile, `${JSON.stringify(known, null, 2)}\n`)
  process.exit(0)
}
const mutant = values.mutant === undefined ? undefined : mutants[values.mutant]
if (values.mutant !== undefined && !mutant) {
  console.error(`There is no such mutant. There are:\n${Object.keys(mutants).join('\n')}`)
  process.exit(2)
}
const kept = { actions: placesOf(values.actions), faults: placesOf(values.faults) }
if (values.seed !== undefined) {
  const script = scriptOf(Number(values.seed), kept, values.crowded)
  const { trouble, lines } = await play(script, mutant?.bug, values.trace)
  for (const line of lines ?? []) console.log(line)
  console.log(trouble.length > 0 ? trouble.join('\n') : 'Nothing went wrong.')
  process.exit(trouble.length > 0 ? 1 : 0)
}
const [first, count] = [Number(values.from), Number(values.seeds)]
if (mutant) {
  for (let seed = first; seed < first + count; seed += 1) {
    const { trouble } = await play(scriptOf(seed, kept, values.crowded), mutant.bug)
    for (const what of trouble) console.log(`seed ${seed}: ${what}`)
    if (trouble.some((what) => mutant.noticed.test(what))) process.exit(0)
  }
  console.log(`Not noticed in ${count} seeds.`)
  process.exit(1)
}
let bad = 0
for (let from = first; from < first + count; from += 100) {
  const { failed } = await playSeeds(from, Math.min(100, first + count - from), values.crowded)
  for (const { seed, trouble, replay, shortest } of failed) {
    bad += 1
    console.log(`seed ${seed}: ${trouble[0]}\n  ${replay}\n  at its shortest: ${shortest}`)
  }
  console.log(`${Math.min(from - first + 100, count)} of ${count} seeds, ${bad} went wrong`)
}
process.exit(bad > 0 ? 1 : 0)
