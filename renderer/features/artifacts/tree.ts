import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { maxTextBytes } from '../../../src/domain/limits.ts'
import { mayBeText, mediaTypeOf, unknownType } from '../../../src/domain/media-type.ts'
import { compareNames } from '../../ui/format.ts'

export type TreeRow =
  | { kind: 'folder'; key: string; name: string; level: number; expanded: boolean }
  | { kind: 'file'; key: string; name: string; level: number; file: ArtifactFile }

type Folder = { folders: Map<string, Folder>; files: ArtifactFile[] }

const folder = (): Folder => ({ folders: new Map(), files: [] })

/** The rows of a file tree, folders first, with what lies under a closed folder left out. */
export const treeRows = (
  files: readonly ArtifactFile[],
  closed: ReadonlySet<string>,
): TreeRow[] => {
  const root = folder()
  for (const file of files) {
    const segments = file.path.split('/')
    let place = root
    for (const segment of segments.slice(0, -1)) {
      const next = place.folders.get(segment) ?? folder()
      place.folders.set(segment, next)
      place = next
    }
    place.files.push(file)
  }
  const rows: TreeRow[] = []
  const walk = (place: Folder, path: string, level: number): void => {
    for (const [name, inner] of [...place.folders].sort(([a], [b]) => compareNames(a, b))) {
      const key = `${path}${name}/`
      const expanded = !closed.has(key)
      rows.push({ kind: 'folder', key, name, level, expanded })
      if (expanded) walk(inner, key, level + 1)
    }
    const named = place.files.map((file) => ({ file, name: file.path.slice(path.length) }))
    for (const { file, name } of named.sort((a, b) => compareNames(a.name, b.name)))
      rows.push({ kind: 'file', key: file.id, name, level, file })
  }
  walk(root, '', 1)
  return rows
}

/** What to show first: the main file, a page, a readme, else the first. */
export const firstFile = (files: readonly ArtifactFile[]): ArtifactFile | null =>
  files.find((file) => file.isMain) ??
  files.find((file) => /^index\.html?$/i.test(file.path)) ??
  files.find((file) => /^readme(\.md)?$/i.test(file.path)) ??
  files[0] ??
  null

export type ViewKind = 'page' | 'image' | 'markdown' | 'text' | 'other'

export const isDrawing = (path: string): boolean => path.toLowerCase().endsWith('.svg')

/** What nobody named is looked at by its name, and then by its bytes. */
export const viewOf = (file: { mediaType: string; path?: string; size?: number }): ViewKind => {
  const isNamed = file.mediaType !== '' && file.mediaType !== unknownType
  const mediaType = isNamed ? file.mediaType : mediaTypeOf(file.path ?? '')
  if (mediaType.startsWith('image/')) return 'image'
  if ((file.size ?? 0) > maxTextBytes || !mayBeText(mediaType)) return 'other'
  if (mediaType === 'text/html') return 'page'
  return mediaType === 'text/markdown' ? 'markdown' : 'text'
}
