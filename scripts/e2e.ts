import { spawnSync } from 'node:child_process'
import { ensureBuilt } from './build.ts'
import { hasDisplay } from './display.ts'
import { run } from './run.ts'

const asked = process.argv.slice(2)
const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0
// Electron itself opens windows; a machine without a display lends it one.
const display =
  asked.includes('--project=electron') && !hasDisplay() && has('xvfb-run') ? ['xvfb-run', '-a'] : []

// What is installed was built elsewhere.
if (!process.env.ATELIER_E2E_INSTALLED) await ensureBuilt()
process.exitCode = await run('node', [
  'scripts/with-keyring.ts',
  ...display,
  'playwright',
  'test',
  ...asked,
])
