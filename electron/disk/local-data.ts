import { cp, lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { alive } from './alive.ts'

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
const mark = '.moved-from'
type Disk = { rename: typeof rename; rm: typeof rm }

/** What cannot be opened for writing was not written by us either; the original stays until the next start anyway. */
const sync = async (file: string): Promise<void> => {
  const handle = await open(file, 'r+').catch(() => null)
  if (!handle) return
  await handle.sync().finally(() => handle.close())
}
const syncAll = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await sync(join(entry.parentPath, entry.name))
}

/** A database that somebody still writes to would be copied in the middle of it. */
const isInUse = async (folder: string): Promise<boolean> => {
  const inner = await readdir(folder, { withFileTypes: true })
  const folders = [
    folder,
    ...inner.filter((each) => each.isDirectory()).map(({ name }) => join(folder, name)),
  ]
  for (const each of folders) {
    const text = await readFile(join(each, 'postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number.parseInt(text, 10)
    if (pid > 0 && alive(pid)) return true
  }
  return false
}

/**
 * Moves a folder for good, and answers where it is now. Whatever cuts it off, all of it is in one of the two places,
 * and the next start goes on: on one drive it is one step; to another it is copied beside its place, put there when it
 * is whole and on the disk, and the next start removes the old one. What cannot be moved now is used where it is.
 */
export const moveOnce = async (
  from: string,
  to: string,
  disk: Disk = { rename, rm },
): Promise<string> => {
  const isMoved = await isThere(to)
  if (isMoved) {
    // Only what is known to be the copy's original is removed: two folders that both have something stay.
    const origin = await readFile(join(to, mark), 'utf8').catch(() => null)
    if (origin === from) {
      // What cannot be removed now is tried again at the next start; the mark stays until then.
      await disk
        .rm(from, { recursive: true, force: true })
        .then(() => disk.rm(join(to, mark), { force: true }))
        .catch(() => {})
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
    if (await isInUse(from)) return from
    await rm(draft, { recursive: true, force: true })
    await cp(from, draft, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    await writeFile(join(draft, mark), from)
    await syncAll(draft)
    await rename(draft, to)
  } catch {
    // No room there, or unreadable here: it stays.
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    return from
  }
  return to
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
