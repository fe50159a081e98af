import type { FailureCode } from '../domain/failure.ts'
import { foldPath, parseNewFilePath } from '../domain/file-path.ts'
import { freePath } from '../domain/free-path.ts'

/** One of the artifact's files, and one that would come in. Size in bytes. */
export type Present = { id: string; path: string }
export type Incoming = { path: string; size: number }

export type Placed<File extends Incoming> = { file: File; path: string; replaces: string | null }

const foldersOf = (folded: string): string[] => {
  const found: string[] = []
  for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1))
    found.push(folded.slice(0, end))
  return found
}

/**
 * Where each file comes to lie among those that are there: under its own name, in the place of one of that name, or
 * beside it under the next free one. A folder never takes a file's name, nor a file a folder's.
 */
export const placeFiles = <File extends Incoming>(
  present: readonly Present[],
  incoming: readonly File[],
  { largest, clashes }: { largest: number; clashes: 'replace' | 'both' },
) => {
  const files = new Map(present.map((file) => [foldPath(file.path), file.id]))
  const folders = new Set([...files.keys()].flatMap(foldersOf))
  /** Those that come in under one name: the first has it. */
  const come = new Set<string>()
  const placed: Placed<File>[] = []
  const clashing: string[] = []
  const refused: { path: string; failure: FailureCode }[] = []
  const isTaken = (folded: string): boolean => files.has(folded) || come.has(folded)
  for (const file of incoming) {
    const { path, size } = file
    const folded = foldPath(path)
    const above = foldersOf(folded)
    if (size > largest) refused.push({ path, failure: 'file.too-large' })
    else if (!isNameGood(path)) refused.push({ path, failure: 'file.name-refused' })
    else if (folders.has(folded) || above.some(isTaken))
      refused.push({ path, failure: 'file.name-collision' })
    else {
      const there = files.get(folded)
      const isClash = isTaken(folded)
      if (isClash) clashing.push(path)
      const replaces = clashes === 'replace' && there && !come.has(folded) ? there : null
      const taken = { has: (other: string) => isTaken(other) || folders.has(other) }
      const at = isClash && replaces === null ? freePath(path, taken) : path
      come.add(foldPath(at))
      for (const folder of above) folders.add(folder)
      placed.push({ file, path: at, replaces })
    }
  }
  return { placed, clashing, refused }
}

const isNameGood = (path: string): boolean => {
  try {
    parseNewFilePath(path)
    return true
  } catch {
    return false
  }
}
