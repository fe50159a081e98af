import { lstat, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../../src/domain/failure.ts'
import { codeOf } from '../../../disk/durable-fs.ts'

/** A folder and all in it, the deepest first; null where anything but folders is in it. */
const emptyFolders = async (folder: string): Promise<string[] | null> => {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const within = entry.isDirectory() ? await emptyFolders(join(folder, entry.name)) : null
    if (!within) return null
    found.push(...within)
  }
  return [...found, folder]
}

/** A folder with nothing in it makes room for a file of its name. @throws file.name-collision for any other */
export const freeOfFolder = async (file: string): Promise<void> => {
  if (!(await lstat(file).catch(() => null))?.isDirectory()) return
  try {
    const folders = await emptyFolders(file)
    // Whoever fills one meanwhile keeps it.
    for (const folder of folders ?? []) await rmdir(folder)
    if (folders) return
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
  }
  throw new Failure('file.name-collision', 'A folder stands where the file should be.')
}
