import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

export type Line = { level: string; area: string; code?: string; message: string; stack?: string }

/** Every line of a run's log, oldest first, as it is written. */
export const logText = async (userData: string): Promise<string> => {
  const folder = join(userData, 'logs')
  const names = (await readdir(folder).catch(() => [])).toSorted().toReversed()
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('')
}

export const logOf = async (userData: string): Promise<Line[]> =>
  (await logText(userData))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/** What the log of main and of what runs beside it says of a failure that nobody handled. */
const unhandled = [
  'Nobody waited for what failed',
  'Nobody caught what was thrown',
  'The backend broke',
]

/**
 * What the double drives Chromium by throws when an answer comes for a page that was closed that very moment. Nothing of
 * the application stands in such a stack, and Electron has no such library.
 */
const isOfDouble = (line: string): boolean =>
  line.includes('playwright-core/lib/coreBundle.js') && !line.includes('<app>/out/')

/** The lines that say so. Not read as JSON: whoever is killed may leave half a line. */
export const faultsIn = async (userData: string): Promise<string[]> =>
  (await logText(userData))
    .split('\n')
    .filter((line) => unhandled.some((words) => line.includes(words)) && !isOfDouble(line))

export const logMode = async (userData: string): Promise<number> =>
  (await stat(join(userData, 'logs/atelier.log'))).mode & 0o777
