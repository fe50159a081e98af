import { constants } from 'node:fs'
import { lstat, mkdir, open, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { Failure } from '../../../../src/contract/failure.ts'
import { ownFolder } from '../../../../src/domain/disk-name.ts'
import { folderFailure, syncFolder } from './durable.ts'
import { mark, markName } from './scanner.ts'

/* Whose folder it is: each linked one bears a mark, by which it is known wherever it goes. */

export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  // Of another drive there is no way but the absolute one.
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
/** Bytes; what is longer is no mark. */
const longestMark = 1024
/** Absent on Windows, where a look before has to do. */
const noFollow = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The link whose mark a folder bears; null is none that can be read, or one that somebody put there by way of a link. */
export const markOf = async (root: string): Promise<string | null> => {
  const folder = join(root, ownFolder)
  const file = join(folder, markName)
  try {
    if (!(await lstat(folder)).isDirectory() || !(await lstat(file)).isFile()) return null
    const handle = await open(file, constants.O_RDONLY | noFollow)
    try {
      const entry = await handle.stat()
      if (!entry.isFile() || entry.nlink > 1 || entry.size > longestMark) return null
      return mark.safeParse(JSON.parse(await handle.readFile('utf8'))).data?.linkId ?? null
    } finally {
      await handle.close()
    }
  } catch {
    return null
  }
}
/** Whether this is the folder of a link, wherever it is. */
export const isFolderOf = async (linkId: string, root: string): Promise<boolean> => {
  const isFolder = await lstat(root).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  return isFolder && (await markOf(root)) === linkId
}

/** Makes a folder this link's. @throws folder.not-ours when it bears another's mark; folder.missing when it is none */
export const markFolder = async (place: string, linkId: string): Promise<void> => {
  try {
    if (!(await lstat(place)).isDirectory())
      throw new Failure('folder.missing', 'This is not a folder.')
    const file = join(place, ownFolder, markName)
    const before = await markOf(place)
    if (before && before !== linkId)
      throw new Failure('folder.not-ours', 'Another link has left its mark in this folder.')
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify({ linkId }), { flush: true })
    await syncFolder(dirname(file))
  } catch (error) {
    throw folderFailure(error)
  }
}

/** Takes the mark away; the files stay, and so does a trash that holds something. */
export const unmarkFolder = async (root: string): Promise<void> => {
  await rm(join(root, ownFolder, markName), { force: true })
  for (const name of ['incoming', 'aside', 'moving'])
    await rm(join(root, ownFolder, name), { recursive: true, force: true })
  for (const place of [join(root, ownFolder, 'trash'), join(root, ownFolder)])
    await rmdir(place).catch(() => {})
}
