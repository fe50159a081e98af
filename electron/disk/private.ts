import { chmodSync, closeSync, existsSync, fchmodSync, openSync } from 'node:fs'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../src/domain/failure.ts'

/** Windows gives a person's folders to the person alone by itself, and knows no modes. */
const knowsModes = process.platform !== 'win32'

/** What a person alone may enter. As root PostgreSQL is another user, and has to pass through. */
export const dataFolderMode = process.getuid?.() === 0 ? 0o711 : 0o700

const refusals: Record<string, string> = {
  EACCES: 'cannot be written to',
  EPERM: 'cannot be written to',
  EROFS: 'lies on a disk that cannot be written to',
  ENOTDIR: 'is no folder, or lies in what is none',
  EEXIST: 'is no folder',
  ENOENT: 'lies where nothing can be made',
}

/** One by one: asked to make them all, Node goes round for ever where a parent takes no children (/proc). */
const makeFolders = async (path: string, mode: number): Promise<void> => {
  const make = () =>
    mkdir(path, { mode }).catch(async (error: NodeJS.ErrnoException) => {
      const isThere = error.code === 'EEXIST' && (await stat(path)).isDirectory()
      if (!isThere) throw error
    })
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolders(dirname(path), mode)
    await make()
  })
}

/**
 * Makes the folder when it is not there, and closes it to everybody else, also where an earlier run left it open.
 * Throws disk.denied where it is somebody else's: what they put there is theirs, too.
 */
export const ownFolder = async (path: string, mode = 0o700): Promise<void> => {
  await makeFolders(path, mode).catch((error: NodeJS.ErrnoException) => {
    const reason = refusals[error.code ?? '']
    if (error.code === 'ENOSPC')
      throw new Failure('disk.full', `The disk is full: ${path} could not be made.`)
    throw reason ? new Failure('disk.denied', `The folder ${path} ${reason}.`) : error
  })
  if (!knowsModes) return
  const { uid, mode: found } = await stat(path)
  if (uid !== process.getuid?.())
    throw new Failure('disk.denied', `The folder ${path} belongs to another user of this computer.`)
  // Some disks know no modes either.
  if ((found & 0o777) !== mode) await chmod(path, mode).catch(() => {})
}

/** Makes the file when it is not there, and closes it and what SQLite keeps beside it to everybody else. */
export const ownDatabaseFile = (path: string): void => {
  if (!knowsModes) return
  const file = openSync(path, 'a', 0o600)
  try {
    fchmodSync(file, 0o600)
  } catch {
    // A disk without modes.
  } finally {
    closeSync(file)
  }
  for (const beside of [`${path}-wal`, `${path}-shm`].filter(existsSync)) closeFile(beside)
}

/** Of what an earlier run left open to others. */
export const closeFile = (path: string): void => {
  try {
    chmodSync(path, 0o600)
  } catch {
    // It is not there, or its disk knows no modes.
  }
}
