import { randomUUID } from 'node:crypto'
import { link, lstat, open, readdir, rename, rm, unlink } from 'node:fs/promises'
import { z } from 'zod'
import { ownFolder } from '../../../../src/domain/disk-name.ts'
import { refusalOf } from '../../../../src/domain/file-path.ts'
import { codeOf, nameRefused } from '../../../disk/durable-fs.ts'
import { readPlain } from '../../../disk/plain-files.ts'
import { type FolderHandle, type Holding, ifThere, ownMode } from './folder-handle.ts'

/* Names on a disk, which may know no case, no hard links, and refuse some. */

export type Place = { folder: FolderHandle; name: string }
export const wayTo = ({ folder, name }: Place): string => folder.at(name)

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Whether a folder lists this very spelling. Inodes do not tell on every disk: some number names. */
export const isListed = async ({ folder, name }: Place): Promise<boolean> =>
  (await readdir(folder.at('.')).catch((): string[] => [])).includes(name)

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

/**
 * Gives a file its name where nobody has it. A hard link fails where a rename would overwrite. `moved`: the folder was
 * put elsewhere meanwhile, and nothing was done.
 */
export const giveName = async (from: Place, to: Place): Promise<'given' | 'taken' | 'moved'> => {
  try {
    if (!(await to.folder.isInPlace())) return 'moved'
    const before = await lstat(wayTo(from), { bigint: true })
    if ((await linkOrRename(wayTo(from), wayTo(to))) === 'taken') return 'taken'
    if (await to.folder.isInPlace()) return 'given'
    const now = await lstat(wayTo(to), { bigint: true }).catch(() => null)
    if (now?.ino === before.ino && now.dev === before.dev)
      await linkOrRename(wayTo(to), wayTo(from))
    return 'moved'
  } catch (error) {
    const isName = (await isThere(wayTo(from))) && (await to.folder.isInPlace())
    throw isName ? nameRefused(error) : error
  }
}

/** Of disk paths, in the folder: what lies elsewhere is nobody's business here. */
const diskPath = z.string().refine((path) => refusalOf(path) === null)
const moving = z.object({ from: diskPath, to: diskPath })
const noteName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const notesFolder = [ownFolder, 'moving'] as const

/**
 * Gives a file the name of another, which was looked at in this very folder. `moved`: as above; what had the name has it
 * again then, where the disk can give a file two names.
 */
export const replaceName = (holding: Holding, from: Place, to: Place): Promise<'given' | 'moved'> =>
  holding(notesFolder, ownMode, async (notes) => {
    const kept = notes.at(randomUUID())
    const isKept = await link(wayTo(to), kept).then(
      () => true,
      () => false,
    )
    try {
      const before = await lstat(wayTo(from), { bigint: true })
      if (!(await to.folder.isInPlace())) return 'moved'
      await rename(wayTo(from), wayTo(to))
      if (await to.folder.isInPlace()) return 'given'
      const now = await lstat(wayTo(to), { bigint: true }).catch(() => null)
      if (!isKept || now?.ino !== before.ino || now.dev !== before.dev) return 'moved'
      // By a path it may have gone elsewhere, and what was to be replaced has its name still.
      const isReplaced = (await lstat(kept)).nlink === 1
      await rename(isReplaced ? kept : wayTo(to), isReplaced ? wayTo(to) : wayTo(from))
      return 'moved'
    } finally {
      // Ends in one that a crash left, too: what is no note is removed with the notes.
      if (isKept) await rm(kept, { force: true }).catch(() => {})
    }
  })

/** The same for a person's file, with a note while it has both names; `words` are the disk paths of both. */
export const moveName = async (
  holding: Holding,
  words: { from: string; to: string },
  from: Place,
  to: Place,
): Promise<'given' | 'taken' | 'moved'> => {
  const note = randomUUID()
  // Without room for a note it goes on: a crash in that moment makes a twin then, and loses nothing.
  await holding(notesFolder, ownMode, async (notes) => {
    const handle = await open(notes.at(note), 'wx', 0o600)
    await handle.writeFile(JSON.stringify(words)).finally(() => handle.close())
  }).catch(() => {})
  return giveName(from, to).finally(() =>
    ifThere(holding, notesFolder, (notes) => rm(notes.at(note), { force: true })).catch(() => {}),
  )
}

const placeIn = async <T>(
  holding: Holding,
  path: string,
  work: (place: Place) => Promise<T>,
): Promise<T | null> => {
  const segments = path.split('/')
  const name = segments.pop() ?? ''
  return ifThere(holding, segments, (folder) => work({ folder, name }))
}

/** After a crash: a file that was being moved and has both names still keeps the new one. */
export const endMoves = async (holding: Holding): Promise<void> => {
  await ifThere(holding, notesFolder, async (notes) => {
    for (const name of await readdir(notes.at('.'))) {
      if (!noteName.test(name)) continue
      const text = await readPlain(notes.at(name))
      try {
        const { from, to } = moving.parse(JSON.parse(text ?? ''))
        await placeIn(holding, from, (source) =>
          placeIn(holding, to, async (target) => {
            if ((await isThere(wayTo(source))) && (await isThere(wayTo(target))))
              await giveName(source, target)
          }),
        )
      } catch {
        // Half a note was written before anything was moved.
      }
      await unlink(notes.at(name)).catch(() => {})
    }
  })
}
