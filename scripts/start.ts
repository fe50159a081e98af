import { demoPassword, people } from '../electron/backend/seed/plan.ts'
import { ensureBuilt } from './build.ts'
import { fetchElectron } from './electron-binary.ts'
import { root, run } from './run.ts'

const flags = process.argv.slice(2)

await ensureBuilt()
if (flags.includes('--demo')) console.log(`Sign in as ${people[0].email} with ${demoPassword}`)
const binary = fetchElectron()
if (binary) process.exitCode = await run(binary, [root, ...flags])
else {
  console.log(
    "Electron's binary is not here and could not be fetched: opening in the test host instead.",
  )
  process.exitCode = await run('node', ['tests/host/open.ts', ...flags])
}
