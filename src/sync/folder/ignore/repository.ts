import { foldPath } from '../../../domain/file-path.ts'

/*
 * To git a folder is a repository by what is in it, whatever it is called: HEAD, and beside it objects and refs, or
 * where they are. Its settings name programs that any look with git then runs, so that nobody's files may make one.
 */

/** Files and folders of which git takes a folder for one. */
const parts = /^(head|objects|refs|commondir)$/

const head = 'head'
/** In every case: many disks do not tell it. */
const heads = Array.from({ length: 2 ** head.length }, (_, bits) =>
  [...head].map((letter, at) => (bits & (1 << at) ? letter.toUpperCase() : letter)).join(''),
)

const holdsOthers = (known: { keys(): Iterable<string> }, folder: string): boolean => {
  const start = folder === '' ? '' : `${folder}/`
  for (const path of known.keys()) {
    const folded = foldPath(path)
    if (!folded.startsWith(start)) continue
    const [name = '', ...more] = folded.slice(start.length).split('/')
    if (more.length > 0 ? name === 'objects' || name === 'refs' : name === 'commondir') return true
  }
  return false
}

/**
 * Of files that are to come: what would make a repository of a folder, alone or with what is there, as folded paths
 * of files and folders. `known`: what is on this disk.
 */
export const partsOfRepositories = (
  coming: readonly { path: string }[],
  { known }: { known: { has(path: string): boolean; keys(): Iterable<string> } },
): ReadonlySet<string> => {
  /** By the folder they are in: as it is spelled, and which there are. */
  const folders = new Map<string, { folder: string; found: Set<string> }>()
  for (const { path } of coming) {
    const names = path.split('/')
    for (const [depth, name] of names.entries()) {
      const part = name.toLowerCase()
      const isFile = depth === names.length - 1
      if (!parts.test(part) || isFile !== (part === head || part === 'commondir')) continue
      const folder = names.slice(0, depth).join('/')
      const key = foldPath(folder)
      const { found } = folders.get(key) ?? { found: new Set<string>() }
      folders.set(key, { folder, found: found.add(part) })
    }
  }
  const all = new Set<string>()
  for (const [key, { folder, found }] of folders) {
    const start = folder === '' ? '' : `${folder}/`
    const isWithHead = found.has(head) || heads.some((name) => known.has(start + name))
    // A head that comes alone may be the last that was missing.
    if (!isWithHead || (found.size === 1 && found.has(head) && !holdsOthers(known, key))) continue
    for (const part of found) all.add(key === '' ? part : `${key}/${part}`)
  }
  return all
}
