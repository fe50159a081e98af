import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, lstat, open, statfs, unlink } from 'node:fs/promises'
import { Failure } from '../../../../src/domain/failure.ts'
import type { Staging } from '../../../../src/sync/folder/ports.ts'
import { codeOf } from '../../../disk/durable-fs.ts'
import { openSole, withoutFollowing } from '../../../disk/plain-files.ts'
import { writeBehind } from '../../../disk/write-behind.ts'
import { type Place, wayTo } from './atomic-rename.ts'
import type { FolderHandle } from './folder-handle.ts'
import { setTime, usualFileMode } from './modes.ts'

/** Room in which others find place. */
const plentyBytes = 256 * 1024 * 1024

const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(codeOf(error))

/**
 * What lies under the name of a hash is only ever gone on with when it is a plain file of ours: a link leads elsewhere,
 * and a second name is a person's, since a crash while it got its name left it both, or somebody else's doing.
 */
const openOwn = async (folder: FolderHandle, name: string): Promise<FileHandle> => {
  const file = folder.at(name)
  const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants
  const kept = await openSole(file, O_RDWR | O_APPEND).catch(() => null)
  if (!kept)
    await unlink(file).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
    })
  const handle = kept ?? (await open(file, O_RDWR | O_APPEND | O_CREAT | O_EXCL | withoutFollowing))
  if (await folder.isInPlace()) return handle
  // Nothing was written yet; what was made elsewhere goes.
  const [made, there] = [await handle.stat(), await lstat(file).catch(() => null)]
  if (!kept && made.ino === there?.ino && made.dev === there.dev) await unlink(file).catch(() => {})
  await handle.close()
  throw new Failure('file.busy', 'Our folder was put elsewhere in this very moment.')
}

/**
 * Before what was staged gets its name: whether it is still a plain file of one name, or of the one it is to get. It has
 * its mode and its time before anybody sees it. `modeFor`: from the one it was made with; null leaves it.
 */
export const readyStaged = async (
  from: Place,
  to: Place,
  modeFor: ((made: number) => number) | null,
  modifiedAt?: number,
): Promise<boolean> => {
  const handle = await openSole(wayTo(from), constants.O_RDONLY)
  if (!handle) {
    const [here, there] = [await lstat(wayTo(from)), await lstat(wayTo(to)).catch(() => null)]
    return here.isFile() && here.nlink === 2 && here.ino === there?.ino && here.dev === there.dev
  }
  try {
    if (modeFor) {
      const made = (await handle.stat()).mode & 0o777
      const mode = modeFor(made)
      if (mode !== made) await handle.chmod(mode)
    }
    if (modifiedAt !== undefined) await setTime(handle, modifiedAt)
    return true
  } finally {
    await handle.close()
  }
}

/** Where a file is received, beside what it is to become. `guarded` gives failures their names. */
export const openStaging = async (
  folder: FolderHandle,
  { sha256, size }: { sha256: string; size: number },
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Staging> => {
  const handle = await openOwn(folder, sha256)
  let hash = createHash('sha256')
  let at = 0
  try {
    at = Number((await handle.stat()).size)
    if (at > size) {
      await handle.truncate(0)
      at = 0
    }
    // Before its last step it may have been given the mode of one that it was to replace.
    const mode = (await handle.stat()).mode & 0o777
    if (at === size && (mode & usualFileMode) !== mode)
      await handle.chmod(mode & usualFileMode).catch(() => {})
    if (at > 0)
      for await (const chunk of createReadStream('', {
        fd: handle,
        autoClose: false,
        start: 0,
        end: at - 1,
      }))
        hash.update(chunk)
    const { bavail, blocks, bsize } = await statfs(folder.at('.'))
    const room = bavail * bsize
    // Who fills a disk to its last byte takes the person's room too. (Some disks do not tell.)
    if (blocks > 0 && size - at > room)
      // A row can promise any size: where others have room, it is this file's trouble alone.
      throw new Failure(
        room > plentyBytes ? 'disk.no-room' : 'disk.full',
        'The disk has no room for this file.',
      )
  } catch (error) {
    await handle.close()
    throw error
  }
  const kept = at
  const written = writeBehind(handle)
  const reset = async (): Promise<void> => {
    await written.drop()
    await handle.truncate(0)
    hash = createHash('sha256')
    at = 0
  }
  return {
    kept,
    write: (bytes) =>
      guarded(async () => {
        hash.update(bytes)
        at += bytes.byteLength
        await written.add(bytes).catch(async (error: unknown) => {
          // The room goes back to the person.
          if (isFull(error)) await reset().catch(() => {})
          throw error
        })
      }),
    reset: () => guarded(reset),
    seal: () =>
      guarded(async () => {
        if (at !== size || hash.copy().digest('hex') !== sha256) {
          await reset()
          throw new Failure('file.hash-mismatch', 'The bytes are not what was promised.')
        }
        await written.end().catch(async (error: unknown) => {
          if (isFull(error)) await reset().catch(() => {})
          throw error
        })
        await handle.sync()
      }),
    // What came before a cut is kept for the next try.
    close: () =>
      written
        .end()
        .catch(() => {})
        .then(() => handle.close()),
  }
}
