import { foldPath } from '../../domain/file-path.ts'

type Spellings = Map<string, Map<string, number>>

/** How the folders of these paths are spelled, by their folded path, and how often each way. */
const spellingsOf = (paths: Iterable<string>): Spellings => {
  const found: Spellings = new Map()
  for (const path of paths) {
    const segments = path.split('/').slice(0, -1)
    segments.forEach((segment, depth) => {
      const folder = foldPath(segments.slice(0, depth + 1).join('/'))
      const ways = found.get(folder) ?? new Map<string, number>()
      ways.set(segment, (ways.get(segment) ?? 0) + 1)
      found.set(folder, ways)
    })
  }
  return found
}

/** All folders of these paths, each once. */
export const foldersOf = (paths: Iterable<string>): Set<string> => {
  const found = new Set<string>()
  for (const path of paths)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end)
      // With all that it lies in.
      if (found.has(folder)) break
      found.add(folder)
    }
  return found
}

/**
 * Whether one of these folders is there under another spelling too, at whatever depth: on some disks both are one, and
 * the files of one of them have other paths than is known.
 */
export const isRespelled = (entered: Set<string>, there: Set<string>): boolean => {
  const ways = new Map<string, number>()
  for (const folder of new Set([...there, ...entered])) {
    const fold = foldPath(folder)
    ways.set(fold, (ways.get(fold) ?? 0) + 1)
  }
  return [...entered].some((folder) => (ways.get(foldPath(folder)) ?? 0) > 1)
}

/**
 * A disk that knows no case spells a folder one way; a server may have it in several, by its files. Were each
 * computer to carry its own way to the server they would undo each other's for ever, so all take the commonest one
 * (the first in order of two as common). A disk on which both are folders of their own is left alone.
 */
export const commonSpelling = (
  local: Iterable<string>,
  remote: Iterable<string>,
): ((path: string) => string) => {
  const [here, there] = [spellingsOf(local), spellingsOf(remote)]
  return (path) => {
    const segments = path.split('/')
    return segments
      .map((segment, depth) => {
        if (depth === segments.length - 1) return segment
        const folder = foldPath(segments.slice(0, depth + 1).join('/'))
        const ways = [...(there.get(folder) ?? [])]
        if (ways.length < 2 || (here.get(folder)?.size ?? 0) > 1) return segment
        const [first] = ways.sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
        return first?.[0] ?? segment
      })
      .join('/')
  }
}
