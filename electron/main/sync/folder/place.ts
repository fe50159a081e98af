import { access, constants, lstat, opendir, readFile, realpath, statfs } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Place, PlaceFinding } from '../../../../src/contract/folders.ts'
import type { Platform } from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import {
  fileSystemFinding,
  findingsOfPath,
  isByProgram,
  type Surroundings,
  syncMarkOf,
} from '../../../../src/sync/folder/place.ts'
import { folderFailure } from '../../../disk/durable-fs.ts'
import { isInside, markOf } from './link-marker.ts'

/* What a folder is that a person chose to link, before anything is written into it. */

/** Milliseconds; a disk that answers later is none to work on. */
const examineTimeoutMs = 15_000
/** Entries of one folder that are looked through for the marks of other programs. */
const maxEntries = 5_000

const realOf = (path: string): Promise<string> => realpath(path).catch(() => resolve(path))

/** Where a desktop on Linux says that downloads go. */
const downloadsOnLinux = async (home: string): Promise<string | null> => {
  const text = await readFile(join(home, '.config', 'user-dirs.dirs'), 'utf8').catch(() => '')
  const said = /^XDG_DOWNLOAD_DIR="(.+)"$/m.exec(text)?.[1]?.replace('$HOME', home)
  return said === undefined || said === home || said === `${home}/` ? null : said
}

export const surroundings = async (): Promise<Surroundings> => {
  const platform = process.platform as Platform
  const home = await realOf(homedir())
  const more = platform === 'linux' ? await downloadsOnLinux(home) : null
  const temporary = platform === 'win32' ? [tmpdir()] : [tmpdir(), '/tmp', '/var/tmp']
  return {
    platform,
    home,
    environment: process.env,
    downloads: await Promise.all([join(home, 'Downloads'), ...(more ? [more] : [])].map(realOf)),
    temporary: await Promise.all(temporary.map(realOf)),
  }
}

/** The name of the file system that a folder lies on, from the list of mounts; null where there is none. */
const mountedAs = async (path: string): Promise<string | null> => {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  let longest = -1
  let name: string | null = null
  for (const line of text.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const point = (before.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_all, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    )
    // Of two that are mounted at one point the later one is seen.
    if (point === '' || !isInside(path, point) || point.length < longest) continue
    longest = point.length
    name = after.split(' ')[0] ?? null
  }
  return name
}

const fileSystemOf = async (root: string): Promise<PlaceFinding | null> => {
  // Elsewhere the numbers mean nothing that lasts.
  if (process.platform !== 'linux') return null
  const type = await statfs(root).then(
    (found) => found.type >>> 0,
    () => null,
  )
  if (type === null) return null
  return fileSystemFinding(type, isByProgram(type) ? await mountedAs(root) : null)
}

/** The chosen folder and those around it, the innermost first. */
const upwards = (root: string): string[] => {
  const all: string[] = []
  for (let at = root; ; at = dirname(at)) {
    all.push(at)
    if (dirname(at) === at) return all
  }
}

const otherSyncOf = async (folders: readonly string[]): Promise<PlaceFinding | null> => {
  for (const folder of folders) {
    const entries = await opendir(folder).catch(() => null)
    if (!entries) continue
    let count = 0
    for await (const entry of entries) {
      const client = syncMarkOf(entry.name, entry.isDirectory())
      if (client !== null) return { kind: 'other-sync', severity: 'warn', detail: client }
      count += 1
      if (count > maxEntries) break
    }
  }
  return null
}

const gitOf = async (folders: readonly string[]): Promise<PlaceFinding | null> => {
  for (const folder of folders)
    if (await lstat(join(folder, '.git')).catch(() => null))
      return { kind: 'git', severity: 'info', detail: folder }
  return null
}

export type LinkedPlace = { id: string; root: string }
const linkedOf = async (
  root: string,
  links: readonly LinkedPlace[],
  forProject: boolean,
): Promise<PlaceFinding | null> => {
  for (const link of links) {
    const other = await realOf(link.root)
    const found = (kind: PlaceFinding['kind']): PlaceFinding => ({
      kind,
      severity: 'refuse',
      detail: link.root,
    })
    if (other === root) return found('linked')
    if (isInside(root, other)) return found('inside-linked')
    // Of a project's folder itself nothing is synced: each artifact has one in it.
    if (!forProject && isInside(other, root)) return found('around-linked')
  }
  return null
}
const markedOf = async (
  [root = '', ...above]: readonly string[],
  own: string | undefined,
): Promise<PlaceFinding | null> => {
  const mark = await markOf(root)
  if (mark !== null && mark !== own)
    return { kind: 'linked-elsewhere', severity: 'refuse', detail: null }
  for (const folder of above)
    if ((await markOf(folder)) !== null)
      return { kind: 'inside-linked', severity: 'warn', detail: folder }
  return null
}

export type PlaceOptions = {
  /** Where Atelier keeps its own data. */
  data?: string
  /** It is to hold the folders of a project's artifacts. */
  forProject?: boolean
  /** The link whose folder it may be already. */
  own?: string
  around?: Surroundings
}

const examine = async (
  chosen: string,
  links: readonly LinkedPlace[],
  { data, forProject = false, own, around }: PlaceOptions,
): Promise<Place> => {
  const root = await realpath(chosen).catch(() => null)
  if (root === null || !(await lstat(root)).isDirectory())
    throw new Failure('folder.missing', 'This is not a folder.')
  const folders = upwards(root)
  const linked = await linkedOf(root, links, forProject)
  const byPath = findingsOfPath(root, around ?? (await surroundings()))
  const isData =
    data !== undefined && (isInside(root, await realOf(data)) || isInside(await realOf(data), root))
  const isWritable = await access(root, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  const findings: (PlaceFinding | null)[] = [
    linked,
    linked ? null : await markedOf(folders, own),
    ...byPath,
    isData ? { kind: 'own-data', severity: 'refuse', detail: null } : null,
    await fileSystemOf(root),
    isWritable ? null : { kind: 'not-writable', severity: 'refuse', detail: null },
    byPath.some(({ kind }) => kind === 'other-sync') ? null : await otherSyncOf(folders),
    await gitOf(folders),
  ]
  const order = ['refuse', 'warn', 'info']
  return {
    root,
    findings: findings
      .filter((finding) => finding !== null)
      .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)),
  }
}

/**
 * What a chosen folder is. `links`: those there are already. Nothing is written.
 * @throws folder.missing when it is no folder; disk.unreadable when the disk does not answer
 */
export const examinePlace = async (
  chosen: string,
  links: readonly LinkedPlace[],
  options: PlaceOptions = {},
): Promise<Place> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Failure('disk.unreadable', 'The disk does not answer.')),
      examineTimeoutMs,
    )
  })
  try {
    return await Promise.race([examine(chosen, links, options), late])
  } catch (error) {
    throw folderFailure(error)
  } finally {
    clearTimeout(timer)
  }
}

/** @throws folder.not-ours, folder.not-here, disk.denied */
export const refusePlace = ({ findings }: Place): void => {
  const refusal = findings.find(({ severity }) => severity === 'refuse')
  if (!refusal) return
  if (/linked/.test(refusal.kind))
    throw new Failure(
      'folder.not-ours',
      'The folder is linked already, or lies in or around one that is.',
    )
  if (refusal.kind === 'not-writable')
    throw new Failure('disk.denied', 'The folder cannot be written.')
  throw new Failure('folder.not-here', `This place cannot be linked (${refusal.kind}).`)
}
