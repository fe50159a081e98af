import { chromiumHere } from '../tests/host/browser.ts'
import { fetchElectron } from './electron-binary.ts'
import { run } from './run.ts'

if (fetchElectron())
  process.exitCode = await run('electron-vite', ['dev', ...process.argv.slice(2)])
else {
  const instead = chromiumHere()
    ? '`npm start` opens the built application without it, in the test host on Chromium'
    : '`npm start` works without it once Chromium is installed'
  console.error(
    `Electron's binary is not here and could not be fetched, and development with reload needs it; ${instead}.`,
  )
  process.exitCode = 1
}
