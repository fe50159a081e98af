import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { projectFile } from '../project-files.ts'
import type { Source } from './plan.ts'

/** One file of a tree; `path` is relative, with forward slashes. */
export type SourceFile = { readonly path: string; readonly absolute: string }

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
  '.ts': 'text/plain',
  '.mts': 'text/plain',
  '.scss': 'text/plain',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
}

export const mediaTypeOf = (path: string): string => {
  const extension = extname(path).toLowerCase()
  return mediaTypes[extension] ?? (extension === '' ? 'text/plain' : 'application/octet-stream')
}

const found = (path: string): string | undefined => {
  try {
    return projectFile(path)
  } catch {
    return undefined
  }
}

const filesUnder = async (folder: string): Promise<SourceFile[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((absolute) => ({
      absolute,
      path: absolute.slice(folder.length + 1).replaceAll('\\', '/'),
    }))
    .filter(
      ({ path }) => !path.split('/').some((part) => part === 'node_modules' || /^\./.test(part)),
    )
    .sort((one, other) => (one.path < other.path ? -1 : 1))
}

const minLargeFileBytes = 10_000_000

/** Native packages differ from system to system: the first binary of 10 MB or more that is here. */
const largeFile = async (candidates: readonly RegExp[], name: string): Promise<SourceFile[]> => {
  const manifest = found('node_modules/vite/package.json')
  if (manifest === undefined) return []
  const root = dirname(dirname(manifest))
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  )
  const packages: string[] = []
  for (const { name: folder } of folders) {
    if (!folder.startsWith('@')) packages.push(folder)
    else packages.push(...(await readdir(join(root, folder))).map((inner) => `${folder}/${inner}`))
  }
  for (const candidate of candidates) {
    for (const folder of packages.filter((each) => candidate.test(each)).sort()) {
      for (const file of await filesUnder(join(root, folder))) {
        const { size } = await stat(file.absolute)
        if (file.path.endsWith('.node') && size >= minLargeFileBytes)
          return [{ ...file, path: name }]
      }
    }
  }
  return []
}

/** The files of a source; empty when this installation lacks them (a packaged app has no trees). */
export const sourceFiles = async (source: Source): Promise<SourceFile[]> => {
  if (source.kind === 'large-file') return largeFile(source.candidates, source.name)
  const base = source.kind === 'site' ? 'electron/backend/seed/sites' : 'node_modules'
  const folder = found(`${base}/${source.folder}`)
  return folder === undefined ? [] : filesUnder(folder)
}

export const readHashed = async (
  file: SourceFile,
): Promise<{ bytes: Buffer<ArrayBuffer>; sha256: string }> => {
  const bytes = await readFile(file.absolute)
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}
