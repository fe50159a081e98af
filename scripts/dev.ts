import { chromiumHere } from '../host/browser.ts'
import { fetchElectron } from './electron-binary.ts'
import { run } from './run.ts'
import { goesWithoutSandbox } from './sandbox.ts'

const asked = process.argv.slice(2)
/** As `npm start` and Chromium call it; electron-vite has a name of its own. */
const withoutSandbox = '--no-sandbox'

const develop = async (): Promise<number> => {
  const binary = fetchElectron()
  if (binary) {
    const isAsked = asked.includes(withoutSandbox)
    const isWithout = goesWithoutSandbox(binary, { isAsked, command: 'npm run dev' })
    if (isWithout && !isAsked) console.log('As root Chromium has no sandbox.')
    const without = isWithout ? ['--noSandbox'] : []
    const others = asked.filter((word) => word !== withoutSandbox)
    return run('electron-vite', ['dev', ...without, ...others])
  }
  const instead = chromiumHere()
    ? '`npm start` opens the built application without it, in the test host on Chromium'
    : '`npm start` works without it once Chromium is installed'
  throw new Error(
    `Electron's binary is not here and could not be fetched, and development with reload needs it; ${instead}.`,
  )
}

process.exitCode = await develop().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
