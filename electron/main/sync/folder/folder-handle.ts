import { constants, existsSync } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { ownFolder } from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { foldPath } from '../../../../src/domain/file-path.ts'
import { codeOf, nameRefused, syncFolder } from '../../../disk/durable-fs.ts'
import { markName } from './scanner.ts'

/*
 * Folders that are held while something is done in them. Whoever may write in a linked folder can put a link in the
 * place of one of its folders at any moment; what is written by a path would follow it.
 *
 * `handles`: each folder on the way is opened in the one before, and no link is followed; what is done in it is done in
 * that very folder, wherever it is by now. Linux has a way to name entries of an open folder. `paths`: where there is
 * none, all that can be done is to look before and afterwards.
 */

export type FolderHandle = {
  /** The way to an entry. */
  at(name: string): string
  /** Whether it still lies where it was found: what was done in it is undone otherwise. */
  isInPlace(): Promise<boolean>
  /** What was done in it is durable then. */
  sync(): Promise<void>
  close(): Promise<void>
}
export type Way = 'handles' | 'paths'

/** Mode of folders that are made; the person's umask narrows it. */
export const usualMode = 0o777
/** For what is nobody else's: the same as where it is kept apart is to be seen by its person alone. */
export const ownMode = 0o700

/** Asked once: whoever asks sets it for a moment, for all threads. */
export const umask = process.umask()
/** Whether fewer people may enter a folder of this mode than one that is made today. */
export const isPrivate = (mode: number): boolean => (usualMode & ~umask & ~mode & 0o077) !== 0

const bestWay: Way =
  process.platform === 'linux' && existsSync('/proc/self/fd') ? 'handles' : 'paths'

type Entered = {
  at(name: string): string
  /** Where it is now. */
  place(): Promise<string>
  /** Which folder there is at its place now. */
  identity(): Promise<string>
  sync(): Promise<void>
  close(): Promise<void>
}

const byHandle = async (path: string): Promise<Entered> => {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
  const handle: FileHandle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  const self = `/proc/self/fd/${handle.fd}`
  return {
    at: (name) => `${self}/${name}`,
    place: () => readlink(self),
    // A handle is of one folder for ever.
    identity: async () => self,
    // Some disks have no way to do this for folders.
    sync: () =>
      handle.sync().catch((error: unknown) => {
        if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
      }),
    close: () => handle.close(),
  }
}
const notAFolder = (): Error => Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
const byPath = async (path: string): Promise<Entered> => {
  const identity = async (): Promise<string> => {
    const entry = await lstat(path, { bigint: true })
    if (!entry.isDirectory()) throw notAFolder()
    return `${entry.dev}:${entry.ino}`
  }
  await identity()
  return {
    at: (name) => join(path, name),
    place: () => realpath(path),
    identity,
    sync: () => syncFolder(path),
    close: async () => {},
  }
}

const heldBy = async (entered: Entered, expected: string): Promise<FolderHandle> => {
  const identity = await entered.identity()
  return {
    at: entered.at,
    isInPlace: async () => {
      try {
        // Disks that know no case tell of a folder in more than one spelling.
        const isThere = foldPath(await entered.place()) === foldPath(expected)
        return isThere && (await entered.identity()) === identity
      } catch {
        return false
      }
    },
    sync: entered.sync,
    close: entered.close,
  }
}

/** What stands where a folder was expected. */
const inTheWay = async (path: string, isOwn: boolean, error: unknown): Promise<unknown> => {
  const entry = await lstat(path).catch(() => null)
  if (!entry || entry.isDirectory()) return error
  if (isOwn) return new Failure('folder.not-ours', 'The folder .atelier is not as Atelier made it.')
  return entry.isSymbolicLink()
    ? new Failure('file.not-regular', 'A link stands where a folder should be.')
    : new Failure('file.name-collision', 'A file stands where a folder should be.')
}

const missing = (error?: unknown) =>
  new Failure('folder.missing', 'The linked folder is not there.', { cause: error })

const makeIn = async (folder: FolderHandle, name: string, mode: number): Promise<void> => {
  await mkdir(folder.at(name), { mode }).catch(async (error: unknown) => {
    // Two files may make their folder at once.
    if (codeOf(error) === 'EEXIST') return
    throw (await folder.isInPlace()) ? nameRefused(error) : error
  })
  await folder.sync()
}

/** The mode of folders that are not there and are made; null: they have to be there. */
export type Make = number | (() => Promise<number>) | null
/** What does something in folders of one root. */
export type Holding = <T>(
  segments: readonly string[],
  make: Make,
  work: (folder: FolderHandle) => Promise<T>,
) => Promise<T>

/**
 * Each call holds a folder, and those on the way to it, by names as the disk has them. @throws folder.missing without
 * the root; folder.not-ours when what is ours is no real folder; file.not-regular, file.name-collision of others;
 * what the system says (ENOENT) when the folder is not there and not to be made
 */
export const holdingIn = (root: string, way: Way = bestWay): Holding => {
  const enter = way === 'handles' ? byHandle : byPath
  const hold = async (segments: readonly string[], make: Make): Promise<FolderHandle> => {
    const isOwn = segments[0] === ownFolder
    const entered = await enter(root).catch((error: unknown) => {
      throw ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error)) ? missing(error) : error
    })
    const base = await entered.place()
    let at = await heldBy(entered, base)
    // Ours is made with its mark, and what lies in it only where that is.
    let isMarked = isOwn && segments.length === 1
    try {
      for (const [depth, name] of segments.entries()) {
        if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
          throw new Failure('file.name-refused', 'The name leaves its folder.')
        const next = await enter(at.at(name)).catch(async (error: unknown) => {
          if (codeOf(error) !== 'ENOENT' || make === null)
            throw await inTheWay(at.at(name), isOwn, error)
          // Into a root that has gone nothing is written: the disk below a mount is another one.
          isMarked ||= (await lstat(join(root, ownFolder, markName)).catch(() => null)) !== null
          if (!isMarked) throw missing()
          await makeIn(at, name, typeof make === 'number' ? make : await make())
          return enter(at.at(name)).catch(async (error: unknown) => {
            throw await inTheWay(at.at(name), isOwn, error)
          })
        })
        const before = at
        at = await heldBy(next, join(base, ...segments.slice(0, depth + 1)))
        await before.close()
      }
      return at
    } catch (error) {
      await at.close().catch(() => {})
      throw error
    }
  }
  return async (segments, make, work) => {
    const folder = await hold(segments, make)
    try {
      return await work(folder)
    } finally {
      await folder.close().catch(() => {})
    }
  }
}

/** Whether an open file is the one at a path of the root, and no link on the way led elsewhere. */
export const isWhere = async (fd: number, root: string, disk: string): Promise<boolean> => {
  try {
    const place =
      bestWay === 'handles'
        ? await readlink(`/proc/self/fd/${fd}`)
        : await realpath(join(root, disk))
    return foldPath(place) === foldPath(join(await realpath(root), disk))
  } catch {
    return false
  }
}

/** The same where the folder may not be there: null then. */
export const ifThere = async <T>(
  holding: Holding,
  segments: readonly string[],
  work: (folder: FolderHandle) => Promise<T>,
): Promise<T | null> => {
  let isEntered = false
  try {
    return await holding(segments, null, (folder) => {
      isEntered = true
      return work(folder)
    })
  } catch (error) {
    if (!isEntered && codeOf(error) === 'ENOENT') return null
    throw error
  }
}
