import { demoPassword, people } from '../electron/backend/seed/plan.ts'
import { readArguments } from './arguments.ts'
import { ensureBuilt } from './build.ts'
import { fetchElectron } from './electron-binary.ts'
import { root, run } from './run.ts'

const { values, positionals } = readArguments(
  `npm start -- [--demo]
  --demo  fills the backend of this computer with a believable team
ATELIER_USER_DATA says where the data lie.`,
  { allowPositionals: true, options: { demo: { type: 'boolean', default: false } } },
)
// A link, as the system would hand it over.
const flags = [...(values.demo ? ['--demo'] : []), ...positionals]

const isBuilt = await ensureBuilt().then(
  () => true,
  (error: unknown) => console.error(error instanceof Error ? error.message : error),
)
if (!isBuilt) process.exit(1)
if (values.demo) console.log(`Sign in as ${people[0].email} with ${demoPassword}`)
const binary = fetchElectron()
if (binary) process.exitCode = await run(binary, [root, ...flags])
else {
  console.log(
    "Electron's binary is not here and could not be fetched: opening in the test host instead.",
  )
  process.exitCode = await run('node', ['tests/host/open.ts', ...flags])
}
