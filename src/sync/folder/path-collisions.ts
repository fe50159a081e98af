import { foldPath } from '../../domain/file-path.ts'

/** The folders that a path lies in, the nearest first. */
export const foldersAbove = function* (path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    yield path.slice(0, end)
}

/** `above`: where the path has a folder, the other has a file; `below`: the other way round. */
export type Collision = { path: string; is: 'same' | 'above' | 'below' }

/**
 * Which of many paths no disk can have beside which of a few: those of the same name, and those of which one is a file
 * where the other has a folder. Whatever the case: what clashes on one computer clashes on all. By folded target.
 */
export const collisionsOf = (
  targets: Iterable<string>,
  paths: Iterable<string>,
): Map<string, Collision[]> => {
  const found = new Map<string, Collision[]>()
  const folders = new Map<string, string[]>()
  for (const target of targets) {
    const fold = foldPath(target)
    if (found.has(fold)) continue
    found.set(fold, [])
    for (const folder of foldersAbove(fold)) {
      const within = folders.get(folder)
      if (within) within.push(fold)
      else folders.set(folder, [fold])
    }
  }
  if (found.size === 0) return found
  for (const path of paths) {
    const fold = foldPath(path)
    found.get(fold)?.push({ path, is: 'same' })
    for (const target of folders.get(fold) ?? []) found.get(target)?.push({ path, is: 'above' })
    for (const folder of foldersAbove(fold)) found.get(folder)?.push({ path, is: 'below' })
  }
  return found
}

/** Whether a path meets any of these, as above. */
export const meetingAny = (paths: Iterable<string>): ((path: string) => boolean) => {
  const names = new Set<string>()
  const folders = new Set<string>()
  for (const path of paths) {
    const fold = foldPath(path)
    names.add(fold)
    for (const folder of foldersAbove(fold)) folders.add(folder)
  }
  return (path) => {
    if (names.size === 0) return false
    const fold = foldPath(path)
    if (names.has(fold) || folders.has(fold)) return true
    for (const folder of foldersAbove(fold)) if (names.has(folder)) return true
    return false
  }
}
