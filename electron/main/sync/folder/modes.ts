import type { FileHandle } from 'node:fs/promises'
import type { Placing } from '../../../../src/sync/folder/ports.ts'
import { umask } from './folder-handle.ts'

/* What a file is given that comes from elsewhere. Neither set-user-id nor its like ever do. */

/**
 * The mode of a file with one of before that gets other permissions: it can be read and written by whom it could, or by
 * fewer. Who may read it may run it, as far as the umask lets who did not make it.
 */
export const modeWith = (
  mode: number,
  { isExecutable, isOwnerOnly }: Pick<Placing, 'isExecutable' | 'isOwnerOnly'>,
  mask = umask,
): number => {
  const before = isOwnerOnly ? mode & ~0o077 : mode
  if (isExecutable === undefined || isExecutable === ((before & 0o100) !== 0)) return before
  return isExecutable ? before | 0o100 | (((before & 0o044) >> 2) & ~mask) : before & ~0o111
}

/** One that was made anew, for what is to be no more open than anything its person makes. */
export const usualFileMode = 0o666 & ~umask

/** Milliseconds since the epoch: times of tomorrow would make every program look at the file for ever. */
export const placedTime = (modifiedAt: number, now: number): number =>
  Math.min(Math.max(modifiedAt, 0), now)

/** Seconds are cut to whole microseconds, which they would else miss by one. */
const roundingSeconds = 5e-7
/** Of a disk without times, or of somebody else's file there, it stays what it is. */
export const setTime = async (handle: FileHandle, modifiedAt: number): Promise<void> => {
  const now = Date.now()
  await handle
    .utimes(now / 1000, placedTime(modifiedAt, now) / 1000 + roundingSeconds)
    .catch(() => {})
}
