import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app, shell } from 'electron'

/** Shows the file with the licences of everything in this package among its like; null where there is none. */
export const licencesHere = (): (() => void) | null => {
  // A test host that only says that it is packaged has no such folder.
  if (!app.isPackaged || !process.resourcesPath) return null
  const file = join(process.resourcesPath, 'THIRD-PARTY-NOTICES.txt')
  return existsSync(file) ? () => shell.showItemInFolder(file) : null
}
