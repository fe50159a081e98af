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
import type { TrashEntry } from '../../../../src/contract/folders.ts'
import { diskPathOf, ownFolder, type Platform } from '../../../../src/domain/disk-name.ts'
import { parseFilePath } from '../../../../src/domain/file-path.ts'
import { folderFailure, syncFolder } from './durable.ts'

/*
 * What sync removed, in the folder itself: the same disk, so that removing is a rename. `<id>.json` says what it
 * was, `<id>/<name>` is the file; the words come first, so that a crash leaves words without a file at most.
 */

const words = z.object({
  path: z.string(),
  sha256: z.string(),
  size: z.number().int().nonnegative(),
  removedAt: z.string(),
})
const entryId = /^[0-9a-f-]{36}$/
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

/** Newest first. */
export const listTrash = async (root: string): Promise<TrashEntry[]> => {
  const place = placeOf(root)
  const names = await readdir(place).catch(() => [])
  const entries = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const id = name.slice(0, -'.json'.length)
        const text = await readFile(join(place, name), 'utf8').catch(() => 'null')
        const read = words.safeParse(JSON.parse(text))
        const files = await readdir(join(place, id)).catch(() => [])
        return read.success && files.length > 0 ? { id, ...read.data } : null
      }),
  )
  return entries
    .filter((entry) => entry !== null)
    .map(({ id, path, size, removedAt }) => ({ id, path, size, removedAt }))
    .sort((a, b) => (a.removedAt < b.removedAt ? 1 : -1))
}

/** Back to where it was, or beside what is there by now. Answers the path it has. */
export const restoreFromTrash = async (root: string, id: string): Promise<string> => {
  const place = placeOf(root)
  const gone = () => new Failure('server.not-found', 'This is not in the trash any more.')
  if (!entryId.test(id)) throw gone()
  try {
    const text = await readFile(join(place, `${id}.json`), 'utf8').catch(() => null)
    const [name] = await readdir(join(place, id)).catch(() => [])
    if (text === null || name === undefined) throw gone()
    const path = parseFilePath(words.parse(JSON.parse(text)).path)
    const slash = path.lastIndexOf('/') + 1
    const dot = path.lastIndexOf('.') > slash ? path.lastIndexOf('.') : path.length
    for (let count = 1; ; count += 1) {
      const wanted =
        count === 1
          ? path
          : `${path.slice(0, dot)} (restored${count > 2 ? ` ${count - 1}` : ''})${path.slice(dot)}`
      const target = join(root, ...diskPathOf(wanted, process.platform as Platform).split('/'))
      if (await lstat(target).catch(() => null)) continue
      await mkdir(dirname(target), { recursive: true })
      const source = join(place, id, name)
      // A link fails where a rename would overwrite; where there are none the look above has to do.
      await link(source, target).then(
        () => unlink(source),
        () => rename(source, target),
      )
      await syncFolder(dirname(target))
      await rm(join(place, `${id}.json`), { force: true })
      await rm(join(place, id), { recursive: true, force: true })
      return wanted
    }
  } catch (error) {
    throw folderFailure(error)
  }
}

/** What is older goes for good. */
export const emptyTrash = async (root: string, olderThanDays: number): Promise<void> => {
  const place = placeOf(root)
  const before = new Date(Date.now() - olderThanDays * 86_400_000).toISOString()
  for (const { id, removedAt } of await listTrash(root)) {
    if (removedAt >= before) continue
    await rm(join(place, id), { recursive: true, force: true })
    await rm(join(place, `${id}.json`), { force: true })
  }
}
