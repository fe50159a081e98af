import type { BigIntStats } from 'node:fs'
import { link, lstat, open, rename, unlink } from 'node:fs/promises'
import { Failure, type FailureCode } from '../../src/domain/failure.ts'
import type { Stamp } from '../../src/sync/folder/ports.ts'
import { permissionsOf } from './kept-modes.ts'

/** `device`: the one whose modes are to be believed. */
export const stampOf = (entry: BigIntStats, device: bigint | null = null): Stamp => ({
  size: Number(entry.size),
  modified: String(entry.mtimeNs),
  changed: String(entry.ctimeNs),
  identity: `${entry.dev}:${entry.ino}:${entry.birthtimeNs}`,
  ...permissionsOf(entry, device),
})

/** The system's name of an error, '' when it is none of its. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const codes: Record<string, [FailureCode, string]> = {
  ENOSPC: ['disk.full', 'The disk is full.'],
  EDQUOT: ['disk.full', 'The disk is full.'],
  EACCES: ['disk.denied', 'The folder cannot be written.'],
  EPERM: ['disk.denied', 'The folder cannot be written.'],
  EROFS: ['disk.denied', 'The folder cannot be written.'],
  EBUSY: ['file.busy', 'Another program holds the file.'],
  ETXTBSY: ['file.busy', 'Another program holds the file.'],
  ENAMETOOLONG: ['file.name-refused', 'The name is too long for this disk.'],
  EILSEQ: ['file.name-refused', 'This disk does not take the name.'],
  ENOTDIR: ['file.name-collision', 'A file stands where a folder should be.'],
  EISDIR: ['file.name-collision', 'A folder stands where the file should be.'],
}

/** What the system says of a folder, in our words. */
export const folderFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error
  const system = codeOf(error)
  const [code, message] = codes[system] ?? [
    'disk.unreadable',
    `The disk failed (${system || 'unknown'}).`,
  ]
  return new Failure(code, message, { cause: error })
}

/** Where both the file and the folder are there, it is the name that is not found, or not valid. */
export const nameRefused = (error: unknown): unknown =>
  ['ENOENT', 'EINVAL'].includes(codeOf(error))
    ? new Failure('file.name-refused', 'This disk does not take the name.', { cause: error })
    : error

/** POSIX: a rename is durable once its folder is. Windows cannot open folders. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  // Some disks have no way to do this for folders.
  await handle
    .sync()
    .catch((error: unknown) => {
      if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
    })
    .finally(() => handle.close())
}

/** A file onto a name that is free. False: it is taken, by somebody in this very moment too. */
export const moveBeside = async (source: string, target: string): Promise<boolean> => {
  if (await lstat(target).catch(() => null)) return false
  try {
    await link(source, target)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // A disk without links; the look above has to do.
    await rename(source, target)
    return true
  }
  await unlink(source)
  return true
}

/** Of a regular file; null for everything else, and for nothing. */
export const statOf = async (file: string, device: bigint | null = null): Promise<Stamp | null> => {
  const entry = await lstat(file, { bigint: true }).catch(() => null)
  return entry && (entry.isFile() || entry.isDirectory()) ? stampOf(entry, device) : null
}
