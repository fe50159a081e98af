import { run } from './run.ts'

/** Every static check, all of them even when one fails: a person wants the whole list at once. */
const checks: [name: string, command: string, args: string[]][] = [
  ['types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['types of src (no DOM, no Node)', 'tsc', ['--noEmit', '-p', 'tsconfig.src.json']],
  ['types against the tests’ double of Electron', 'node', ['scripts/double-types.ts']],
  [
    'the page of what is assumed of Electron',
    'node',
    ['scripts/electron-assumptions.ts', '--check'],
  ],
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
  [
    'import directions',
    'depcruise',
    [
      '--config',
      '.dependency-cruiser.cjs',
      'src',
      'electron',
      'renderer',
      'operations',
      'host',
      'scripts',
      'tests',
    ],
  ],
  ['every message in every language', 'node', ['scripts/words.ts', '--check']],
  ['dead code', 'knip', []],
  ['workflows', 'node', ['scripts/lint-workflows.ts']],
  ['lock file complete for every platform', 'node', ['scripts/lockfile.ts', '--check']],
]

let passed = 0
const failed: string[] = []
for (const [name, command, args] of checks) {
  console.log(`\n── ${name}`)
  if ((await run(command, args)) === 0) passed += 1
  else failed.push(name)
}
if (failed.length) console.log(`\nFailed: ${failed.join(', ')}`)
console.log(`\n${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length ? 1 : 0
