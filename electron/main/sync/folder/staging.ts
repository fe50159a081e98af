import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, statfs, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../../src/contract/failure.ts'
import type { Staging } from '../../../../src/sync/folder/ports.ts'
import { writeBehind } from '../../../disk/write-behind.ts'
import { codeOf } from './durable.ts'

/** Room in which others find place. */
const plentyBytes = 256 * 1024 * 1024

const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(codeOf(error))

/** Where a file is received, beside what it is to become. `guarded` gives failures their names. */
export const openStaging = async (
  file: string,
  { sha256, size }: { sha256: string; size: number },
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Staging> => {
  await mkdir(dirname(file), { recursive: true })
  // A crash while it got its name left it both names: this file is a person's by now.
  const before = await lstat(file).catch(() => null)
  if (before && before.nlink > 1) await unlink(file)
  const handle = await open(file, 'a+')
  let hash = createHash('sha256')
  let at = 0
  try {
    at = Number((await handle.stat()).size)
    if (at > size) {
      await handle.truncate(0)
      at = 0
    }
    if (at > 0)
      for await (const chunk of createReadStream(file, { end: at - 1 })) hash.update(chunk)
    const { bavail, blocks, bsize } = await statfs(file)
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
