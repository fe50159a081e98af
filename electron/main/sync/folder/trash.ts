import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../src/contract/failure.ts'
import type { TrashEntry } from '../../../../src/contract/folders.ts'
import {
  diskPathOf,
  displayNameOf,
  ownFolder,
  type Platform,
} from '../../../../src/domain/disk-name.ts'
import { parseFilePath, refusalOf } from '../../../../src/domain/file-path.ts'
import { codeOf, folderFailure, moveBeside, syncFolder } from './durable.ts'

/*
 * What sync removed, in the folder itself: the same disk, so that removing is a rename. `<id>.json` says what it
 * was, `<id>/<name>` is the file; the words come first, so that a crash leaves words without a file at most.
 */

const words = z.object({
  path: z.string().refine((path) => refusalOf(path) === null),
  sha256: z.string(),
  size: z.number().int().nonnegative(),
  removedAt: z.iso.datetime(),
})
const entryId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const placeOf = (root: string): string => join(root, ownFolder, 'trash')

export const intoTrash = async (
  root: string,
  file: string,
  what: { path: string; sha256: string; size: number },
): Promise<void> => {
  const id = randomUUID()
  const place = placeOf(root)
  await mkdir(join(place, id), { recursive: true })
  await writeFile(
    join(place, `${id}.json`),
    JSON.stringify({ ...what, removedAt: new Date().toISOString() }),
    { flush: true },
  )
  await rename(file, join(place, id, basename(file)))
  await syncFolder(join(place, id))
  await syncFolder(place)
}

/** Every entry, the torn and hand-made ones too: their words or their file, below, are null. */
const idsIn = async (root: string): Promise<string[]> => {
  const names = await readdir(placeOf(root)).catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw folderFailure(error)
    // A folder that has no trash yet is not a folder that is gone.
    if (await lstat(root).catch(() => null)) return []
    throw new Failure('folder.missing', 'The linked folder is not there.')
  })
  const ids = names.map((name) => (name.endsWith('.json') ? name.slice(0, -'.json'.length) : name))
  return [...new Set(ids)].filter((id) => entryId.test(id))
}
const wordsOf = async (root: string, id: string) => {
  try {
    const text = await readFile(join(placeOf(root), `${id}.json`), 'utf8')
    return words.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
const fileOf = async (root: string, id: string) => {
  const place = join(placeOf(root), id)
  for (const name of await readdir(place).catch(() => [])) {
    const entry = await lstat(join(place, name)).catch(() => null)
    if (entry?.isFile()) return { name, size: entry.size }
  }
  return null
}
/** Of what has no words of its own the disk says when it came here. */
const removedAtOf = async (root: string, id: string): Promise<string> => {
  const place = join(placeOf(root), id)
  const entry = (await lstat(place).catch(() => null)) ?? (await lstat(`${place}.json`))
  return entry.mtime.toISOString()
}
/** Without its words the name on the disk is left, and not the folder it was in. */
const pathIn = (what: z.infer<typeof words> | null, file: { name: string }): string =>
  what?.path ?? displayNameOf(file.name)

/** Newest first. */
export const listTrash = async (root: string): Promise<TrashEntry[]> => {
  const entries = await Promise.all(
    (await idsIn(root)).map(async (id): Promise<TrashEntry | null> => {
      const [what, file] = await Promise.all([wordsOf(root, id), fileOf(root, id)])
      if (!file) return null
      const removedAt = what?.removedAt ?? (await removedAtOf(root, id).catch(() => null))
      if (removedAt === null) return null
      const { size } = file
      return { id, path: pathIn(what, file), isPlaceKnown: what !== null, size, removedAt }
    }),
  )
  return entries
    .filter((entry) => entry !== null)
    .sort((a, b) => (a.removedAt < b.removedAt ? 1 : -1))
}

const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new Failure('file.name-collision', 'A file stands where its folder was.')
  })
}

/** Back to where it was, or beside what is there by now. Answers the path it has. */
export const restoreFromTrash = async (root: string, id: string): Promise<string> => {
  const place = placeOf(root)
  const gone = () => new Failure('server.not-found', 'This is not in the trash any more.')
  if (!entryId.test(id)) throw gone()
  try {
    const file = await fileOf(root, id)
    if (!file) throw gone()
    const path = parseFilePath(pathIn(await wordsOf(root, id), file))
    const slash = path.lastIndexOf('/') + 1
    const dot = path.lastIndexOf('.') > slash ? path.lastIndexOf('.') : path.length
    for (let count = 1; ; count += 1) {
      const wanted =
        count === 1
          ? path
          : `${path.slice(0, dot)} (restored${count > 2 ? ` ${count - 1}` : ''})${path.slice(dot)}`
      const target = join(root, ...diskPathOf(wanted, process.platform as Platform).split('/'))
      await makeFolder(dirname(target))
      const source = join(place, id, file.name)
      if (!(await moveBeside(source, target))) continue
      await syncFolder(dirname(target))
      await rm(join(place, `${id}.json`), { force: true })
      await rm(join(place, id), { recursive: true, force: true })
      return wanted
    }
  } catch (error) {
    throw folderFailure(error)
  }
}

/** What is older goes for good, and holds up nothing else when it cannot. */
export const emptyTrash = async (root: string, olderThanDays: number): Promise<void> => {
  const place = placeOf(root)
  const before = new Date(Date.now() - olderThanDays * 86_400_000).toISOString()
  const old = async (id: string): Promise<boolean> =>
    ((await wordsOf(root, id))?.removedAt ?? (await removedAtOf(root, id))) < before
  for (const id of await idsIn(root)) {
    if (!(await old(id).catch(() => false))) continue
    await rm(join(place, id), { recursive: true, force: true }).catch(() => {})
    await rm(join(place, `${id}.json`), { force: true }).catch(() => {})
  }
}
