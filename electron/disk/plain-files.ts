import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'

/* Our own files in a linked folder, which others may have put something else in the place of. */

/** Absent on Windows, where the look before has to do. A pipe would be waited for. */
export const withoutFollowing = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
/** Bytes; none of what we write for ourselves is longer. */
const maxTextBytes = 64 * 1024

/** A plain file, by no link; null for everything else. */
const openFile = async (path: string, flags: number): Promise<FileHandle | null> => {
  const before = await lstat(path, { bigint: true }).catch(() => null)
  if (!before?.isFile()) return null
  const handle = await open(path, flags | withoutFollowing)
  try {
    const entry = await handle.stat({ bigint: true })
    if (entry.isFile() && entry.ino === before.ino) return handle
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return null
}

/** The same of one that has no other name, by which it may be somebody's: it may be written. */
export const openSole = async (path: string, flags: number): Promise<FileHandle | null> => {
  const handle = await openFile(path, flags)
  if (!handle || (await handle.stat()).nlink === 1) return handle
  await handle.close()
  return null
}

/** What a short file of ours says; null where there is none. A backup may have given it another name. */
export const readPlain = async (path: string): Promise<string | null> => {
  const handle = await openFile(path, constants.O_RDONLY).catch(() => null)
  if (!handle) return null
  try {
    const { size } = await handle.stat()
    return size > maxTextBytes ? null : await handle.readFile('utf8')
  } catch {
    return null
  } finally {
    await handle.close()
  }
}
