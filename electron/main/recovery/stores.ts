import { opendir, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Entries that are looked at: a report is waited for. */
const maxEntries = 30_000

type Size = { bytes: number; isWhole: boolean }

/** Bytes of all that is in a folder, or of a file. */
export const sizeOf = async (path: string): Promise<Size> => {
  let left = maxEntries
  const sum = async (place: string): Promise<number> => {
    let bytes = 0
    try {
      for await (const entry of await opendir(place)) {
        if (left === 0) break
        left -= 1
        const inner = join(place, entry.name)
        if (entry.isDirectory()) bytes += await sum(inner)
        else if (entry.isFile()) bytes += (await stat(inner).catch(() => null))?.size ?? 0
      }
    } catch {
      // Not ours to read (PostgreSQL's, where another user runs it), or gone meanwhile.
    }
    return bytes
  }
  const entry = await stat(path).catch(() => null)
  const bytes = entry?.isFile() ? entry.size : await sum(path)
  return { bytes, isWhole: left > 0 }
}

/** What is kept apart in a store, by the names of its files; all else is one. */
const parts = ['cache.sqlite', 'folders.sqlite', 'blobs', 'postgres', 'objects']
const partOf = (entry: string): string => parts.find((name) => entry.startsWith(name)) ?? 'other'

/**
 * A store and each of its parts. `accounts` has a folder for each account of each server, whose parts are told together:
 * who they are is nobody's business.
 */
export const sizesOf = async (name: string, path: string): Promise<({ name: string } & Size)[]> => {
  const within = async (folder: string): Promise<string[]> =>
    (await readdir(folder).catch(() => [])).map((entry) => join(folder, entry))
  const allWithin = async (folders: string[]): Promise<string[]> =>
    (await Promise.all(folders.map(within))).flat()
  const folders = name === 'accounts' ? await allWithin(await within(path)) : [path]
  const byPart = new Map<string, Size>()
  for (const place of await allWithin(folders)) {
    const { bytes, isWhole } = await sizeOf(place)
    const part = partOf(basename(place))
    const before = byPart.get(part) ?? { bytes: 0, isWhole: true }
    byPart.set(part, { bytes: before.bytes + bytes, isWhole: before.isWhole && isWhole })
  }
  const all = [...byPart.values()]
  return [
    {
      name,
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      isWhole: all.every(({ isWhole }) => isWhole),
    },
    ...[...byPart]
      .filter(([part]) => part !== 'other')
      .map(([part, size]) => ({ name: `${name}, ${part}`, ...size })),
  ]
}
