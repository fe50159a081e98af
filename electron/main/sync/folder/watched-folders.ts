import { readdirSync, readFileSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * On Linux a watch is one of each folder, of which a person may have so many; whoever has used them up is told nothing
 * of a folder that is made later. The system says which folders this program watches.
 */

const line = /^inotify wd:\w+ ino:(\w+) /gm

/** Inodes of folders that this program watches; null where the system does not say. */
const watchedInodes = (): ReadonlySet<string> | null => {
  const found = new Set<string>()
  try {
    for (const handle of readdirSync('/proc/self/fdinfo')) {
      let text = ''
      try {
        text = readFileSync(join('/proc/self/fdinfo', handle), 'utf8')
      } catch {
        // It was closed meanwhile.
      }
      for (const [, inode = ''] of text.matchAll(line)) found.add(String(BigInt(`0x${inode}`)))
    }
  } catch {
    return null
  }
  return found.size > 0 ? found : null
}

/** Of folders and all in them, those that are there and that `isLeftAlone` does not name. */
const inodesIn = async (
  folder: string,
  isLeftAlone: (path: string) => boolean,
): Promise<string[]> => {
  if (isLeftAlone(folder)) return []
  try {
    const entry = await lstat(folder, { bigint: true })
    if (!entry.isDirectory()) return []
    const found = [String(entry.ino)]
    for (const each of await readdir(folder, { withFileTypes: true }))
      if (each.isDirectory()) found.push(...(await inodesIn(join(folder, each.name), isLeftAlone)))
    return found
  } catch {
    // Gone, or not to be read: nobody can watch it either, and a look names it.
    return []
  }
}

/** Whether this program watches these folders with all in them. True where nobody says. */
export const areWatched = async (
  folders: readonly string[],
  isLeftAlone: (path: string) => boolean,
): Promise<boolean> => {
  if (process.platform !== 'linux') return true
  const inodes: string[] = []
  for (const folder of folders) inodes.push(...(await inodesIn(folder, isLeftAlone)))
  const watched = watchedInodes()
  return watched === null || inodes.every((inode) => watched.has(inode))
}
