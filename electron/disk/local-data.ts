import { cp, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
const mark = '.moved-from'
type Disk = { rename: typeof rename }

/**
 * Moves a folder for good, and answers where it is now. Whatever cuts it off, all of it is in one of the two places,
 * and the next start goes on: on one drive it is one step; to another it is copied beside its place, put there when it
 * is whole, and only then is the old one removed. What cannot be moved now is used where it is.
 */
export const moveOnce = async (
  from: string,
  to: string,
  disk: Disk = { rename },
): Promise<string> => {
  const isMoved = await isThere(to)
  if (isMoved) {
    // Only what is known to be the copy's original is removed: two folders that both have something stay.
    const origin = await readFile(join(to, mark), 'utf8').catch(() => null)
    if (origin === from) {
      await rm(from, { recursive: true, force: true })
      await rm(join(to, mark), { force: true })
    }
    return to
  }
  if (!(await isThere(from))) return to
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  try {
    await disk.rename(from, to)
    return to
  } catch (error) {
    // Open files, on Windows: an orphan of PostgreSQL's on its way out, or somebody's scanner.
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') return from
  }
  const draft = `${to}.draft`
  try {
    await rm(draft, { recursive: true, force: true })
    await cp(from, draft, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    await writeFile(join(draft, mark), from)
    await rename(draft, to)
  } catch {
    // No room there, or unreadable here: it stays.
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    return from
  }
  return moveOnce(from, to, disk)
}

/**
 * Where a part of the data lies that belongs to this computer alone. Windows takes a profile's AppData\Roaming along to
 * every computer of a domain, a database and hundreds of megabytes of files with it; AppData\Local stays.
 */
export const localPlace = async (
  name: string,
  { userData, local }: { userData: string; local: string | null },
): Promise<string> =>
  local === null ? join(userData, name) : moveOnce(join(userData, name), join(local, name))
