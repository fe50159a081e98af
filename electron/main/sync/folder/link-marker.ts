import type { Dirent } from 'node:fs'
import { chmod, lstat, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { asideName, ownFolder } from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { sha256Form } from '../../../../src/domain/sha256.ts'
import { folderFailure } from '../../../disk/durable-fs.ts'
import { readPlain } from '../../../disk/plain-files.ts'
import { giveName } from './atomic-rename.ts'
import { type FolderHandle, type Holding, holdingIn, ifThere, ownMode } from './folder-handle.ts'
import { mark, markName } from './scanner.ts'

/* Whose folder it is: each linked one bears a mark, by which it is known wherever it goes. */

export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  // Of another drive there is no way but the absolute one.
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
/** The link whose mark a folder bears; null is none that can be read, or one that came by way of a link. */
export const markOf = async (root: string): Promise<string | null> => {
  try {
    return await holdingIn(root)([ownFolder], null, async (own) => {
      const text = await readPlain(own.at(markName))
      return text === null ? null : (mark.safeParse(JSON.parse(text)).data?.linkId ?? null)
    })
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

/** What lies in our own folder, and the form of its names. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const forms: Record<string, RegExp> = {
  incoming: sha256Form,
  aside: uuid,
  moving: uuid,
  trash: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.json)?$/,
}
/** Names of our own form; what else lies there is somebody else's, and left alone. */
export const ownNamesIn = async (folder: FolderHandle, of: keyof typeof forms): Promise<string[]> =>
  (await readdir(folder.at('.'))).filter((name) => forms[of]?.test(name))

/** Whether it may be what an unlinked folder keeps, its trash: nothing but real folders with names of our form. */
const isLeft = async (holding: Holding): Promise<boolean> => {
  const inside = await ifThere(holding, [ownFolder], (own) =>
    readdir(own.at('.'), { withFileTypes: true }),
  )
  if (!inside?.every((entry) => entry.isDirectory() && entry.name in forms)) return false
  for (const { name } of inside) {
    const entries = await ifThere(holding, [ownFolder, name], (folder) =>
      readdir(folder.at('.'), { withFileTypes: true }),
    )
    const isOurs = (entry: Dirent): boolean =>
      (forms[name]?.test(entry.name) ?? false) && (entry.isFile() || entry.isDirectory())
    if (!entries?.every(isOurs)) return false
  }
  return true
}
/** What stands in the place of our folder and is none of ours stays, under a name that its person sees. */
const setAside = async (root: FolderHandle): Promise<void> => {
  const there = new Set((await readdir(root.at('.'))).map((name) => name.toLowerCase()))
  let name = asideName
  for (let count = 2; there.has(name); count += 1) name = `${asideName} ${count}`
  await rename(root.at(ownFolder), root.at(name))
}

/** Makes a folder this link's. @throws folder.not-ours when it bears another's mark; folder.missing when it is none */
export const markFolder = async (place: string, linkId: string): Promise<void> => {
  const holding = holdingIn(place)
  try {
    const before = await markOf(place)
    if (before && before !== linkId)
      throw new Failure('folder.not-ours', 'Another link has left its mark in this folder.')
    await holding([], null, async (root) => {
      const isThere = (await lstat(root.at(ownFolder)).catch(() => null)) !== null
      const isOurs = isThere && before === null ? await isLeft(holding).catch(() => false) : true
      if (!isOurs) await setAside(root)
    })
    await holding([ownFolder], ownMode, async (own) => {
      await chmod(own.at('.'), ownMode).catch(() => {})
      if (before === linkId) return
      const handle = await open(own.at(markName), 'wx', 0o600)
      await handle
        .writeFile(JSON.stringify({ linkId }))
        .then(() => handle.sync())
        .finally(() => handle.close())
      await own.sync()
    })
  } catch (error) {
    throw folderFailure(error)
  }
}

/** A person's file that a swap of names had in our folder goes back among theirs. */
const giveBack = async (holding: Holding, key: string): Promise<void> => {
  await ifThere(holding, [ownFolder, 'aside'], (aside) =>
    holding([], null, async (root) => {
      for (let count = 1; ; count += 1) {
        const name = `recovered ${key}${count === 1 ? '' : ` (${count})`}`
        const given = await giveName({ folder: aside, name: key }, { folder: root, name })
        if (given !== 'taken') return
      }
    }),
  )
}

/** Takes the mark away; the files stay, and so does a trash that holds something. */
export const unmarkFolder = async (place: string): Promise<void> => {
  const holding = holdingIn(place)
  const inOwn = (names: readonly string[], work: (folder: FolderHandle) => Promise<void>) =>
    ifThere(holding, [ownFolder, ...names], work)
  await inOwn([], (own) => rm(own.at(markName), { force: true }))
  for (const key of (await ifThere(holding, [ownFolder, 'aside'], (aside) =>
    ownNamesIn(aside, 'aside'),
  )) ?? [])
    await giveBack(holding, key)
  for (const kind of ['incoming', 'moving'] as const)
    await inOwn([kind], async (folder) => {
      for (const name of await ownNamesIn(folder, kind)) await unlink(folder.at(name))
    })
  await inOwn([], async (own) => {
    for (const kind of Object.keys(forms)) await rmdir(own.at(kind)).catch(() => {})
  })
  await holding([], null, (root) => rmdir(root.at(ownFolder)).catch(() => {}))
}
