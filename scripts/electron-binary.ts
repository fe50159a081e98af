import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedBinary } from './release/installed.ts'
import { root } from './run.ts'

const folder = join(root, 'node_modules/electron')

/** The specs are meant for the application that is installed on this computer, and not for Electron over this checkout. */
export const isInstalled = Boolean(process.env.ATELIER_E2E_INSTALLED)

/** The path of Electron's binary, or null. Never downloads: `require('electron')` would, and blocks. */
export const electronBinary = (): string | null => {
  if (isInstalled) {
    const installed = installedBinary(process.platform, process.env)
    return existsSync(installed) ? installed : null
  }
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const binary = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'),
    readFileSync(pathFile, 'utf8'),
  )
  return existsSync(binary) ? binary : null
}

const tried = join(folder, 'not-fetched')
const patienceMs = 24 * 3600_000

/** Whether it could not be had a short while ago: it is asked for again tomorrow, or after the next `npm ci`. */
const triedLately = (): boolean =>
  existsSync(tried) && Date.now() - statSync(tried).mtimeMs < patienceMs

const remember = (): void => {
  try {
    writeFileSync(tried, '')
  } catch {
    // Somebody else's checkout: the next start tries again.
  }
}

/** Fetches the binary where the network allows; answers what is there afterwards. */
export const fetchElectron = (): string | null => {
  const found = electronBinary()
  if (found) return found
  if (triedLately()) return null
  console.log('Fetching Electron (once) …')
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 180_000 })
  const fetched = electronBinary()
  // Where it cannot be had, every start would wait for that anew.
  if (!fetched) remember()
  return fetched
}
