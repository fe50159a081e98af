import { chromiumHere } from '../tests/host/browser.ts'
import { fetchElectron } from './electron-binary.ts'
import { run } from './run.ts'
import { goesWithoutSandbox } from './sandbox.ts'

const develop = async (): Promise<number> => {
  const binary = fetchElectron()
  if (binary) {
    const isWithout = goesWithoutSandbox(binary)
    if (isWithout) console.log('As root Chromium has no sandbox.')
    const without = isWithout ? ['--noSandbox'] : []
    return run('electron-vite', ['dev', ...without, ...process.argv.slice(2)])
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
