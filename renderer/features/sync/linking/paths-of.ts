import { compareNames } from '../../../ui/format.ts'

export type NamedPath = { path: string; isFolder: boolean }

/** Files and the folders they are in, folders first, whose path has this text in it. */
export const pathsOf = (files: readonly string[], text: string): NamedPath[] => {
  const wanted = text.trim().toLowerCase()
  const folders = new Set<string>()
  for (const path of files)
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end))
  const found = (path: string): boolean => path.toLowerCase().includes(wanted)
  const named = (paths: Iterable<string>, isFolder: boolean): NamedPath[] =>
    [...paths]
      .filter(found)
      .sort(compareNames)
      .map((path) => ({ path, isFolder }))
  return [...named(folders, true), ...named(files, false)]
}
