import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

const folder = join(root, 'node_modules/electron')

/** The path of Electron's binary, or null. Never downloads: `require('electron')` would, and blocks. */
export const electronBinary = (): string | null => {
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const binary = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'),
    readFileSync(pathFile, 'utf8'),
  )
  return existsSync(binary) ? binary : null
}

/** Fetches the binary where the network allows; answers what is there afterwards. */
export const fetchElectron = (): string | null => {
  const found = electronBinary()
  if (found) return found
  console.log('Fetching Electron (first start only) …')
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 180_000 })
  return electronBinary()
}
