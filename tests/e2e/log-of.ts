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

export const logMode = async (userData: string): Promise<number> =>
  (await stat(join(userData, 'logs/atelier.log'))).mode & 0o777
