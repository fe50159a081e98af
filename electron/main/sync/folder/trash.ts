import { randomUUID } from 'node:crypto'
import { lstat, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import type { TrashEntry } from '../../../../src/contract/folders.ts'
import {
  diskPathOf,
  displayNameOf,
  ownFolder,
  type Platform,
} from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { parseFilePath, refusalOf } from '../../../../src/domain/file-path.ts'
import { isNever } from '../../../../src/sync/folder/ignore/defaults.ts'
import { folderFailure } from '../../../disk/durable-fs.ts'
import { readPlain } from '../../../disk/plain-files.ts'
import { giveName } from './atomic-rename.ts'
import {
  type FolderHandle,
  type Holding,
  holdingIn,
  ifThere,
  ownMode,
  usualMode,
} from './folder-handle.ts'

const dayMs = 86_400_000

/*
 * What sync removed, in the folder itself: the same disk, so that removing is a rename. `<id>.json` says what it
 * was, `<id>/<name>` is the file; the words come first, so that a crash leaves words without a file at most.
 */

const words = z.object({
  // Nothing of ours was ever taken from where nothing of ours goes.
  path: z.string().refine((path) => refusalOf(path) === null && !isNever(path)),
  sha256: z.string(),
  size: z.number().int().nonnegative(),
  removedAt: z.iso.datetime(),
  fileId: z.uuid().nullable().catch(null),
})
const entryId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const trashFolder = [ownFolder, 'trash'] as const

/** `source`: the way to the file. `moved`: our folder was put elsewhere meanwhile, and nothing was done. */
export const intoTrash = async (
  root: string,
  source: string,
  what: { path: string; sha256: string; size: number; fileId: string | null },
): Promise<'done' | 'moved'> => {
  const id = randomUUID()
  const holding = holdingIn(root)
  return holding(trashFolder, ownMode, async (trash) => {
    const words = await open(trash.at(`${id}.json`), 'wx', 0o600)
    await words
      .writeFile(JSON.stringify({ ...what, removedAt: new Date().toISOString() }))
      .then(() => words.sync())
      .finally(() => words.close())
    return holding([...trashFolder, id], ownMode, async (entry) => {
      const file = entry.at(basename(source))
      await rename(source, file)
      if (!(await entry.isInPlace())) {
        await rename(file, source)
        return 'moved'
      }
      await entry.sync()
      await trash.sync()
      return 'done'
    })
  })
}

const failing = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw folderFailure(error)
  }
}

/** Every entry, the torn and hand-made ones too: their words or their file, below, are null. */
const idsIn = async (root: string): Promise<string[]> => {
  const names = await ifThere(holdingIn(root), trashFolder, (trash) => readdir(trash.at('.')))
  // A folder that has no trash yet is not a folder that is gone.
  const ids = (names ?? []).map((name) =>
    name.endsWith('.json') ? name.slice(0, -'.json'.length) : name,
  )
  return [...new Set(ids)].filter((id) => entryId.test(id))
}
const wordsOf = async (holding: Holding, id: string) => {
  const text = await ifThere(holding, trashFolder, (trash) => readPlain(trash.at(`${id}.json`)))
  try {
    return words.safeParse(JSON.parse(text ?? '')).data ?? null
  } catch {
    return null
  }
}
const fileIn = async (entry: FolderHandle) => {
  for (const name of await readdir(entry.at('.'))) {
    const found = await lstat(entry.at(name)).catch(() => null)
    if (found?.isFile()) return { name, size: found.size }
  }
  return null
}
/** Null where a link stands in its place, too. */
const fileOf = (holding: Holding, id: string) =>
  ifThere(holding, [...trashFolder, id], fileIn).catch(() => null)
/** Of what has no words of its own the disk says when it came here. */
const removedAtOf = (holding: Holding, id: string): Promise<string> =>
  holding(trashFolder, null, async (trash) => {
    const entry =
      (await lstat(trash.at(id)).catch(() => null)) ?? (await lstat(trash.at(`${id}.json`)))
    return entry.mtime.toISOString()
  })
/** Without its words the name on the disk is left, and not the folder it was in. */
const pathIn = (what: z.infer<typeof words> | null, file: { name: string }): string =>
  what?.path ?? displayNameOf(file.name)

/** Entries that are looked at at once: each takes handles of the process. */
const entriesAtOnce = 16

/** Newest first. */
export const listTrash = (root: string): Promise<TrashEntry[]> =>
  failing(async () => {
    const holding = holdingIn(root)
    const entryOf = async (id: string): Promise<TrashEntry | null> => {
      const [what, file] = await Promise.all([wordsOf(holding, id), fileOf(holding, id)])
      if (!file) return null
      const removedAt = what?.removedAt ?? (await removedAtOf(holding, id).catch(() => null))
      if (removedAt === null) return null
      const { size } = file
      const fileId = what?.fileId ?? null
      return { id, path: pathIn(what, file), isPlaceKnown: what !== null, size, removedAt, fileId }
    }
    const ids = await idsIn(root)
    const entries: (TrashEntry | null)[] = []
    for (let from = 0; from < ids.length; from += entriesAtOnce)
      entries.push(...(await Promise.all(ids.slice(from, from + entriesAtOnce).map(entryOf))))
    return entries
      .filter((entry) => entry !== null)
      .sort((a, b) => (a.removedAt < b.removedAt ? 1 : -1))
  })

/** An entry goes, with its words; what is no file in it was put there by somebody else, and stays. */
const removeEntry = async (holding: Holding, id: string): Promise<void> => {
  await ifThere(holding, [...trashFolder, id], async (entry) => {
    for (const name of await readdir(entry.at('.'))) await unlink(entry.at(name)).catch(() => {})
  }).catch(() => {})
  await ifThere(holding, trashFolder, async (trash) => {
    await unlink(trash.at(`${id}.json`)).catch(() => {})
    await rmdir(trash.at(id)).catch(() => {})
  })
}

/** Back to where it was, or beside what is there by now. Answers the path it has. */
export const restoreFromTrash = (root: string, id: string): Promise<string> =>
  failing(async () => {
    const holding = holdingIn(root)
    const gone = () => new Failure('server.not-found', 'This is not in the trash any more.')
    if (!entryId.test(id)) throw gone()
    const file = await fileOf(holding, id)
    if (!file) throw gone()
    const path = parseFilePath(pathIn(await wordsOf(holding, id), file))
    if (isNever(path)) throw new Failure('file.left-out', 'This is never synced.')
    const slash = path.lastIndexOf('/') + 1
    const dot = path.lastIndexOf('.') > slash ? path.lastIndexOf('.') : path.length
    for (let count = 1; ; count += 1) {
      const wanted =
        count === 1
          ? path
          : `${path.slice(0, dot)} (restored${count > 2 ? ` ${count - 1}` : ''})${path.slice(dot)}`
      const segments = diskPathOf(wanted, process.platform as Platform).split('/')
      const name = segments.pop() ?? ''
      const given = await holding([...trashFolder, id], null, (entry) =>
        holding(segments, usualMode, async (folder) => {
          const given = await giveName({ folder: entry, name: file.name }, { folder, name })
          if (given === 'given') await folder.sync()
          return given
        }),
      )
      if (given === 'taken') continue
      if (given === 'moved')
        throw new Failure('file.busy', 'Its folder was moved in this very moment.')
      await removeEntry(holding, id)
      return wanted
    }
  })

/** What is older goes for good, and holds up nothing else when it cannot. */
export const emptyTrash = async (root: string, olderThanDays: number): Promise<void> => {
  const holding = holdingIn(root)
  const before = new Date(Date.now() - olderThanDays * dayMs).toISOString()
  const old = async (id: string): Promise<boolean> =>
    ((await wordsOf(holding, id))?.removedAt ?? (await removedAtOf(holding, id))) < before
  for (const id of await idsIn(root)) {
    if (!(await old(id).catch(() => false))) continue
    await removeEntry(holding, id).catch(() => {})
  }
}
