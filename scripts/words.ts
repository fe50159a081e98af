import { run } from './run.ts'

// Collects what is said in the sources into locales/; `--check`: says what was not collected, or has no German yet.
const steps = process.argv.includes('--check')
  ? [
      ['check', 'sync', '--clean'],
      ['check', 'missing', '--mode', 'catalog', '--locale', 'de'],
    ]
  : [['extract', '--clean']]
for (const step of steps) process.exitCode ||= await run('lingui', step)
