import { lstat, mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
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
/** The link whose mark a folder bears; null is none that can be read. */
const markedFor = (root: string): Promise<string | null> =>
  readFile(join(root, ownFolder, markName), 'utf8').then(
    (text) => mark.safeParse(JSON.parse(text)).data?.linkId ?? null,
    () => null,
  )
/** Whether this is the folder of a link, wherever it is. */
export const isFolderOf = async (linkId: string, root: string): Promise<boolean> => {
  const isFolder = await lstat(root).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  return isFolder && (await markedFor(root)) === linkId
}
/** `linked`: the folders of other links. @throws folder.not-ours when it is one of them, or in or around one */
export const refuseLinked = (root: string, linked: readonly string[]): void => {
  const place = resolve(root)
  if (linked.some((other) => isInside(place, resolve(other)) || isInside(resolve(other), place)))
    throw new Failure('folder.not-ours', 'The folder is linked already, or lies in one that is.')
}

/**
 * Makes a folder this link's. `linked`: the folders of other links.
 * @throws folder.not-ours when it is another link's, or in or around one; folder.missing when it is no folder
 */
export const markFolder = async (
  root: string,
  linkId: string,
  linked: readonly string[],
): Promise<void> => {
  refuseLinked(root, linked)
  const place = resolve(root)
  try {
    if (!(await lstat(place)).isDirectory())
      throw new Failure('folder.missing', 'This is not a folder.')
    const file = join(place, ownFolder, markName)
    const before = await markedFor(place)
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
