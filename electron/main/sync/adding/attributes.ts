import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileTimeOf } from '../../../../src/sync/folder/stamp.ts'
import type { Attributes } from '../../store/rows.ts'

/** How a program begins: of an interpreter, and of Linux, macOS (either order, and of several) and Windows. */
const beginnings = [
  '2321',
  '7f454c46',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  'cafebabe',
  '4d5a',
]
const isProgram = (beginning: Buffer): boolean =>
  beginnings.some((each) => beginning.toString('hex').startsWith(each))

/** Whether a folder between the chosen one, which is its person's choice, and the file lets only its owner in. */
const isClosed = async (disk: string, root: string): Promise<boolean> => {
  if (disk === root) return false
  for (let folder = dirname(disk); folder.length > root.length; folder = dirname(folder)) {
    const entry = await lstat(folder).catch(() => null)
    if (!entry || (entry.mode & 0o011) === 0) return true
  }
  return false
}

/**
 * What goes with a file that is copied in. A disk without modes says of everything on it that it may be run: only what
 * begins as a program is believed. Who may read it is believed as it is, since that closes at most.
 */
export const attributesOf = async (
  { mode, mtimeNs }: Pick<BigIntStats, 'mode' | 'mtimeNs'>,
  beginning: Buffer,
  { disk, root }: { disk: string; root: string },
  platform: string = process.platform,
): Promise<Attributes> => {
  const modifiedAt = fileTimeOf(String(mtimeNs))
  if (platform === 'win32') return { isExecutable: null, isOwnerOnly: null, modifiedAt }
  const isOwnerOnly = (mode & 0o077n) === 0n || (await isClosed(disk, root))
  return {
    isExecutable: Number((mode & 0o100n) !== 0n && isProgram(beginning)),
    isOwnerOnly: Number(isOwnerOnly),
    modifiedAt,
  }
}
