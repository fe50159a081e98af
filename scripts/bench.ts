import { readArguments } from './arguments.ts'

/** `npm run bench -- <what> [--quick]`: ratios within one run, because absolute times are the machine's. */
const benchmarks = {
  db: async (quick: boolean) =>
    (await import('../tests/benchmarks/database/index.ts')).benchmarkDatabase(quick),
  cache: async (quick: boolean) =>
    (await import('../tests/benchmarks/cache/index.ts')).benchmarkCache(quick),
  steps: async (quick: boolean) =>
    (await import('../tests/benchmarks/cache/steps.ts')).benchmarkSteps(quick),
  sync: async (quick: boolean) =>
    (await import('../tests/benchmarks/sync/index.ts')).benchmarkSync(quick),
}

const usage = `npm run bench -- ${Object.keys(benchmarks).join('|')} [--quick]`
const { values, positionals } = readArguments(usage, {
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const [name] = positionals
if (name && Object.hasOwn(benchmarks, name)) {
  const result = await benchmarks[name as keyof typeof benchmarks](values.quick)
  // The last line, for whoever compares runs.
  console.log(JSON.stringify(result))
  process.exit(0)
}
console.error(usage)
process.exit(2)
