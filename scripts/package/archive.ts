import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { getRawHeader } from '@electron/asar'
import { z } from 'zod'
import { packagesFor } from './packages.ts'
import type { Target } from './target.ts'

export type ArchiveEntry = { path: string; bytes: number; unpacked: boolean }

type Node = {
  files?: Record<string, Node> | undefined
  size?: number | undefined
  unpacked?: boolean | undefined
}
const node: z.ZodType<Node> = z.looseObject({
  files: z.lazy(() => z.record(z.string(), node)).optional(),
  size: z.coerce.number().optional(),
  unpacked: z.boolean().optional(),
})

/** Everything that an archive names, by its header; links count nothing. */
export const entriesOf = (archive: string): ArchiveEntry[] => {
  const walk = ({ files, size, unpacked }: Node, path: string): ArchiveEntry[] =>
    files
      ? Object.entries(files).flatMap(([name, child]) =>
          walk(child, path ? `${path}/${name}` : name),
        )
      : [{ path, bytes: size ?? 0, unpacked: unpacked ?? false }]
  return walk(node.parse(getRawHeader(archive).header), '')
}

/** In megabytes of a million bytes, as disks and downloads are counted. */
export const ceilings = { archiveBytes: 25_000_000, besideBytes: 60_000_000 }

/** What the code reads by its path at run time (`projectFile`), and what no start can do without. */
const needed = [
  'package.json',
  'LICENSE',
  'out/main/index.js',
  'out/main/backend.js',
  'out/preload/index.cjs',
  'out/preload/preview.cjs',
  'out/renderer/index.html',
  'electron/backend/postgres/bootstrap.sql',
  'electron/backend/realtime/realtime.sql',
  'electron/backend/postgres/previews.sql',
  'electron/backend/postgres/preview-migrations.json.gz',
  'electron/backend/storage/functions.sql',
]
const neededFolders = ['supabase/migrations/', 'electron/backend/seed/sites/']

const unwanted =
  /\.(map|tsx?|mts|cts|c|cc|cpp|h|hpp|gyp|flow|tsbuildinfo)$|(^|\/)(\.temp|\.git|test|tests|__tests__)\/|(^|\/)\.(env|npmrc)/

const packageOf = (path: string): string | null => {
  const found = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)
  const name = found?.[1]
  if (!name) return null
  return (
    path.slice(
      'node_modules/'.length,
      path.indexOf(`${name}/`, path.lastIndexOf('node_modules/')),
    ) + name
  )
}

/** What the archive itself holds; of what lies beside it the disk tells (`bytesIn`), which knows what was added later. */
export const archiveBytesOf = (entries: ArchiveEntry[]): number =>
  entries.filter(({ unpacked }) => !unpacked).reduce((total, { bytes }) => total + bytes, 0)

/** All files below a folder; links count nothing. */
export const bytesIn = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))))
  return sizes.reduce((total, { size }) => total + size, 0)
}

export const wrongSizes = (sizes: typeof ceilings): string[] => {
  const tooLarge = (name: string, bytes: number, ceiling: number): string[] =>
    bytes > ceiling ? [`${name} has ${bytes} bytes, more than the ${ceiling} it may have.`] : []
  return [
    ...tooLarge('The archive', sizes.archiveBytes, ceilings.archiveBytes),
    ...tooLarge('What lies beside the archive', sizes.besideBytes, ceilings.besideBytes),
  ]
}

/** What is wrong with an archive, a sentence each. */
export const wrongContents = (entries: ArchiveEntry[], target: Target): string[] => {
  const paths = entries.map(({ path }) => path)
  const packed = new Set(paths.map(packageOf).filter((name) => name !== null))
  const allowed = packagesFor(target)
  return [
    ...[...packed]
      .filter((name) => !allowed.includes(name))
      .map((name) => `${name} is packed, and not in scripts/package/packages.ts.`),
    ...allowed
      .filter((name) => !packed.has(name))
      .map((name) => `${name} is in scripts/package/packages.ts, and not packed.`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing.`),
    ...neededFolders
      .filter((folder) => !paths.some((path) => path.startsWith(folder)))
      .map((folder) => `Nothing of ${folder} is packed.`),
    ...paths
      .filter((path) => unwanted.test(path) && !path.startsWith('electron/backend/seed/sites/'))
      .map((path) => `${path} is packed, and nobody reads it.`),
  ]
}
