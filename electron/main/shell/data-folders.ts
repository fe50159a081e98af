import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import { localPlace } from '../../disk/local-data.ts'

/** Of this computer alone, where a system keeps that apart; null where all lies together, or a folder was named. */
export const localFolder = (): string | null => {
  const { LOCALAPPDATA, ATELIER_USER_DATA } = process.env
  if (process.platform !== 'win32' || !LOCALAPPDATA || ATELIER_USER_DATA) return null
  // No name that an installation may have: with a folder of its own name it would be removed, data and all.
  return join(LOCALAPPDATA, `${app.getName()} Data`)
}

/** Chromium's caches, too. Before the application is ready. */
export const placeSessionData = (): void => {
  const folder = localFolder()
  if (!folder) return
  app.setPath('sessionData', join(folder, 'session'))
  // Electron makes no folder for these.
  const dumps = join(folder, 'crashes')
  mkdirSync(dumps, { recursive: true })
  app.setPath('crashDumps', dumps)
}

/** Where the database and the copies lie; what roamed before is brought there once. */
export const localPlaces = async (
  userData: string,
): Promise<{ backend: string; accounts: string }> => {
  const local = localFolder()
  const [backend, accounts] = await Promise.all(
    ['backend', 'accounts'].map((name) => localPlace(name, { userData, local })),
  )
  return { backend: backend ?? userData, accounts: accounts ?? userData }
}
