import { randomUUID } from 'node:crypto'
import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../src/contract/failure.ts'
import { codeOf } from './durable.ts'

/* Names on a disk, which may know no case, no hard links, and refuse some. */

/** Where both the file and the folder are there, it is the name that is not found, or not valid. */
export const nameRefused = (error: unknown): unknown =>
  ['ENOENT', 'EINVAL'].includes(codeOf(error))
    ? new Failure('file.name-refused', 'This disk does not take the name.', { cause: error })
    : error

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Whether a folder lists this very spelling. Inodes do not tell on every disk: some number names. */
export const isListed = async (path: string): Promise<boolean> =>
  (await readdir(dirname(path)).catch((): string[] => [])).includes(basename(path))

const linkOrRename = async (from: string, to: string): Promise<'given' | 'taken'> => {
  try {
    await link(from, to)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') {
      // Of a crash between the two steps below both names are left.
      const [source, target] = [await lstat(from), await lstat(to)]
      if (source.ino !== target.ino || source.dev !== target.dev || source.nlink < 2) return 'taken'
    } else if (['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(code)) {
      // A disk without hard links.
      if (await isThere(to)) return 'taken'
      await rename(from, to)
      return 'given'
    } else throw error
  }
  await unlink(from)
  return 'given'
}

/** Gives a file its name where nobody has it. A hard link fails where a rename would overwrite. */
export const giveName = async (from: string, to: string): Promise<'given' | 'taken'> => {
  try {
    return await linkOrRename(from, to)
  } catch (error) {
    throw (await isThere(from)) && (await isThere(dirname(to))) ? nameRefused(error) : error
  }
}

const moving = z.object({ from: z.string(), to: z.string() })

/** The same for a person's file, with a note in `notes` while it has both names. */
export const moveName = async (
  notes: string,
  from: string,
  to: string,
): Promise<'given' | 'taken'> => {
  const note = join(notes, randomUUID())
  // Without room for a note it goes on: a crash in that moment makes a twin then, and loses nothing.
  await mkdir(notes, { recursive: true })
    .then(() => writeFile(note, JSON.stringify({ from, to })))
    .catch(() => {})
  return giveName(from, to).finally(() => rm(note, { force: true }).catch(() => {}))
}

/** After a crash: a file that was being moved and has both names still keeps the new one. */
export const endMoves = async (notes: string): Promise<void> => {
  for (const name of await readdir(notes).catch((): string[] => [])) {
    const note = join(notes, name)
    try {
      const { from, to } = moving.parse(JSON.parse(await readFile(note, 'utf8')))
      if ((await isThere(from)) && (await isThere(to))) await giveName(from, to)
    } catch {
      // Half a note was written before anything was moved.
    }
    await unlink(note).catch(() => {})
  }
}
