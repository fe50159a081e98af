import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Entries that are looked at: a report is waited for. */
const maxEntries = 30_000

/** Bytes of all that is in a folder, or of a file. */
export const sizeOf = async (path: string): Promise<{ bytes: number; isWhole: boolean }> => {
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
