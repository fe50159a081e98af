import { spawnSync } from 'node:child_process'
import { ensureBuilt } from './build.ts'
import { hasDisplay } from './display.ts'
import { electronBinary, isInstalled } from './electron-binary.ts'
import { run } from './run.ts'

const asked = process.argv.slice(2)
const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0
const onElectron = asked.includes('--project=electron')
// Every spec would be skipped, and that is no pass.
if (onElectron && (process.env.CI || isInstalled) && !electronBinary()) {
  console.error(
    isInstalled
      ? 'Atelier is not installed on this computer. Install it first: npm run release -- install'
      : "Electron's binary is not here. Fetch it first: npm run release -- prepare",
  )
  process.exit(1)
}
// Electron itself opens windows; a machine without a display lends it one.
const display = onElectron && !hasDisplay() && has('xvfb-run') ? ['xvfb-run', '-a'] : []

// What is installed was built elsewhere.
if (!isInstalled) await ensureBuilt()
process.exitCode = await run('node', [
  'scripts/with-keyring.ts',
  ...display,
  'playwright',
  'test',
  // The system gives the focus to one window, and a shelf to all of them.
  ...(onElectron ? ['--workers=1'] : []),
  ...asked,
])
