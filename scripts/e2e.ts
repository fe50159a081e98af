import { ensureBuilt } from './build.ts'
import { run } from './run.ts'

await ensureBuilt()
process.exitCode = await run('node', [
  'scripts/with-keyring.ts',
  'playwright',
  'test',
  ...process.argv.slice(2),
])
