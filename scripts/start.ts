import { demoPassword, people } from '../electron/backend/seed/plan.ts'
import { chromiumHere } from '../host/browser.ts'
import { readArguments } from './arguments.ts'
import { ensureBuilt } from './build.ts'
import { electronPackages, startPackages } from './debian.ts'
import { hasDisplay } from './display.ts'
import { fetchElectron } from './electron-binary.ts'
import { root, run } from './run.ts'
import { goesWithoutSandbox } from './sandbox.ts'

const { values, positionals } = readArguments(
  `npm start -- [--demo] [--no-sandbox]
  --demo        fills the backend of this computer with a believable team
  --no-sandbox  without Chromium's sandbox: pages in previews run no scripts then
ATELIER_USER_DATA says where the data lie.`,
  {
    allowPositionals: true,
    options: {
      demo: { type: 'boolean', default: false },
      'no-sandbox': { type: 'boolean', default: false },
    },
  },
)
// A link, as the system would hand it over.
const flags = [...(values.demo ? ['--demo'] : []), ...positionals]

/** In Electron, which needs a display, or in the test host, which needs Chromium. */
const start = async (): Promise<number> => {
  const binary = hasDisplay() ? fetchElectron() : null
  const lacking = binary ? electronPackages(binary) : chromiumHere() ? null : startPackages()
  // Before the build: what is missing is told at once.
  if (lacking) throw new Error(lacking)
  const isWithout =
    binary !== null &&
    goesWithoutSandbox(binary, { isAsked: values['no-sandbox'], command: 'npm start' })
  await ensureBuilt()
  if (values.demo) console.log(`Sign in as ${people[0].email} with ${demoPassword}`)
  const isRoot = process.getuid?.() === 0
  if (isRoot)
    console.log('As root Chromium has no sandbox: for more than a look, start as an ordinary user.')
  if (binary) return run(binary, [...(isWithout ? ['--no-sandbox'] : []), root, ...flags])
  if (hasDisplay())
    console.log(
      "Electron's binary is not here and could not be fetched: the same application opens in Chromium, in a test host (host/README.md).",
    )
  return run('node', ['host/open.ts', ...flags])
}

process.exitCode = await start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
