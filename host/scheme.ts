import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Of a desktop file that says so; what the double claims is the double's alone, and no setting of this computer's. */
export const claimedSchemes = new Set<string>()

/** `desktopName` of package.json, or made of the product's name. */
const desktopName = (): string => {
  const { desktopName: named, productName } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { desktopName?: string; productName: string }
  return named ?? `${productName.toLowerCase()}.desktop`
}

const dataFolders = (): string[] => [
  process.env.XDG_DATA_HOME || join(homedir(), '.local/share'),
  ...(process.env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
]

/** As GIO does on Linux: only for an application whose desktop file is installed, whatever path and arguments are given. */
export const claimScheme = (scheme: string, _path?: string, _args?: string[]): boolean => {
  const isInstalled = dataFolders().some((folder) =>
    existsSync(join(folder, 'applications', desktopName())),
  )
  if (isInstalled) claimedSchemes.add(scheme)
  return isInstalled
}
