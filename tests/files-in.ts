import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Paths of all files under a folder that somebody may be at work in, from its root, sorted. What goes while it is read
 * is not there; Node's own recursive reading would fail.
 */
export const filesIn = async (root: string, under = ''): Promise<string[]> => {
  const entries = await readdir(join(root, under), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException): Dirent[] => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(under, entry.name)
      return entry.isDirectory() ? filesIn(root, path) : entry.isFile() ? [path] : []
    }),
  )
  return found.flat().sort()
}
