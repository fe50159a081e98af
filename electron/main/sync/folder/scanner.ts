import { createHash } from 'node:crypto'
import {
  type BigIntStats,
  closeSync,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../src/contract/failure.ts'
import {
  diskPathOf,
  displayNameOf,
  isOwnName,
  ownFolder,
  type Platform,
} from '../../../../src/domain/disk-name.ts'
import { foldPath, refusalOf } from '../../../../src/domain/file-path.ts'
import type { DiskFile, Scan, Stamp } from '../../../../src/sync/folder/ports.ts'
import { sameStamp } from '../../../../src/sync/folder/stamp.ts'
import { marks, Tree } from '../../../../src/sync/folder/tree.ts'
import { codeOf, stampOf } from './durable.ts'
import { packFiles } from './packed.ts'

/*
 * Looks at a folder, in a worker and with synchronous calls, which is four times as fast as with promises.
 * Nothing is ever followed out of the folder.
 */

export const markName = 'link.json'
/** What lies in it. */
export const mark = z.object({ linkId: z.string() })
/** Bytes. */
const piece = 1024 * 1024

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
const isHeld = (error: unknown): boolean => ['EBUSY', 'ETXTBSY'].includes(codeOf(error))

/** A scan, and how the disk spells what it does not spell as we would. */
export type Looked = Scan & { spelled: [display: string, disk: string][] }
/** As many as are worth naming; of more nothing is known, but that much is under way. */
const fewVanished = 100
/** What went between its listing and the asking may have gone to where was looked before: nobody knows of it yet. */
const unreadOf = (vanished: readonly string[]): readonly string[] =>
  vanished.length > fewVanished ? [''] : vanished
type End = Omit<Looked, 'files'>
/** What a folder lists, from the root on. */
type Name = [display: string, disk: string]
/** Files of one answer. */
const atOnce = 500

export const openScanner = (root: string, platform = process.platform as Platform) => {
  let looked: Looked = { files: [], refused: [], unread: [], spelled: [] }
  let folds = new Tree(marks)
  let walking: { linkId: string; names: Generator<Name[]> } | null = null

  const missing = (error: unknown) =>
    new Failure('folder.missing', 'The linked folder is not there.', { cause: error })
  const check = (linkId: string): void => {
    try {
      const found = mark.parse(JSON.parse(readFileSync(join(root, ownFolder, markName), 'utf8')))
      if (found.linkId !== linkId) throw new Error('another link')
    } catch (error) {
      throw missing(error)
    }
  }

  /** Ours, or in what is: of another link, too, at any depth. */
  const isOwn = (disk: string): boolean => disk.split('/').some((name) => isOwnName(name, platform))

  /** Listed, and not asked about yet. */
  let listed: Name[] = []
  let vanished: string[] = []
  const note = (path: string, disk: string): void => {
    const fold = foldPath(path)
    if (folds.has(fold)) {
      looked.refused.push({ path, code: 'file.name-collision' })
      return
    }
    folds.set(fold, true)
    listed.push([path, disk])
    if (disk !== path) looked.spelled.push([path, disk])
  }

  /** `disk` and `display` name the same, from the root on. */
  const visit = function* (
    disk: string,
    display: string,
    kind: Dirent | BigIntStats,
  ): Generator<Name[]> {
    if (refusalOf(display) !== null || display.includes('\uFFFD')) {
      looked.refused.push({ path: display.slice(0, 1024), code: 'file.name-refused' })
    } else if (kind.isDirectory()) yield* walk(disk, display)
    else if (!kind.isFile()) looked.refused.push({ path: display, code: 'file.not-regular' })
    else note(display, disk)
  }

  /** Hands over what is listed whenever it is enough for an answer. */
  const walk = function* (disk: string, display: string): Generator<Name[]> {
    let entries: Dirent[]
    try {
      entries = readdirSync(join(root, disk), { withFileTypes: true })
    } catch (error) {
      if (disk === '') throw missing(error)
      if (isGone(error)) vanished.push(display)
      else looked.unread.push(display)
      return
    }
    // One order on every disk, so that of twins it is always the same one that counts.
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      const name = displayNameOf(entry.name)
      if (isOwnName(entry.name, platform)) continue
      yield* visit(
        disk === '' ? entry.name : `${disk}/${entry.name}`,
        display === '' ? name : `${display}/${name}`,
        entry,
      )
      if (listed.length >= atOnce) yield listed.splice(0)
    }
  }
  /** The files of these names, and what else there is to say of them, which is kept. */
  const asked = (names: readonly Name[]): DiskFile[] => {
    const files: DiskFile[] = []
    for (const [path, disk] of names)
      try {
        files.push({ path, stamp: stampOf(lstatSync(join(root, disk), { bigint: true })) })
      } catch (error) {
        if (isGone(error)) vanished.push(path)
        else looked.refused.push({ path, code: 'disk.unreadable' })
      }
    return files
  }
  const begin = (): void => {
    looked = { files: [], refused: [], unread: [], spelled: [] }
    listed = []
    vanished = []
    folds = new Tree(marks)
  }

  return {
    /** Begins to look at everything; `more` goes on. */
    scan: (linkId: string): void => {
      check(linkId)
      begin()
      walking = { linkId, names: walk('', '') }
    },
    /** The next files, packed, and with the last of them what else there is to say. */
    more: (): { files: string; end: End | null } => {
      if (!walking) throw new Error('nothing was begun')
      const { linkId, names: pieces } = walking
      const piece = pieces.next()
      if (piece.done !== true) return { files: packFiles(asked(piece.value)), end: null }
      const last = asked(listed)
      // Unmounted meanwhile, what was found may be the half of it.
      check(linkId)
      const { refused, unread, spelled } = looked
      const end = { refused, unread: [...unread, ...unreadOf(vanished)], spelled }
      walking = null
      begin()
      return { files: packFiles(last), end }
    },
    look: (linkId: string, paths: string[], spelled: [string, string][]): Looked => {
      check(linkId)
      begin()
      const spelling = new Map(spelled)
      const lists = new Map<string, Set<string>>()
      const namesIn = (folder: string): Set<string> => {
        const names = lists.get(folder) ?? new Set(readdirSync(join(root, folder)))
        lists.set(folder, names)
        return names
      }
      const own = new Map<string, string | null>([['', '']])
      /** A disk that knows no case finds a file by other names too: its own is meant, and those of its folders. */
      const ownPathOf = (disk: string): string | null => {
        const before = own.get(disk)
        if (before !== undefined) return before
        const cut = disk.lastIndexOf('/')
        const folder = ownPathOf(disk.slice(0, Math.max(cut, 0)))
        if (folder === null) return null
        const asked = disk.slice(cut + 1)
        const names = namesIn(folder)
        const isIt = (name: string): boolean => foldPath(name) === foldPath(asked)
        const name = names.has(asked) ? asked : [...names].find(isIt)
        const path = name === undefined ? null : folder === '' ? name : `${folder}/${name}`
        own.set(disk, path)
        return path
      }
      const there = new Set<string>()
      for (const path of paths) {
        const disk = spelling.get(path) ?? diskPathOf(path, platform)
        if (isOwn(disk)) continue
        try {
          lstatSync(join(root, disk))
          const found = ownPathOf(disk)
          if (found !== null) there.add(found)
        } catch (error) {
          if (!isGone(error)) looked.unread.push(path)
        }
      }
      const files: DiskFile[] = []
      for (const disk of there) {
        const segments = disk.split('/')
        // What lies in another of them is found there.
        if (segments.some((_, depth) => there.has(segments.slice(0, depth).join('/')))) continue
        const path = segments.map(displayNameOf).join('/')
        try {
          const entry = lstatSync(join(root, disk), { bigint: true })
          for (const names of visit(disk, path, entry)) files.push(...asked(names))
        } catch (error) {
          if (!isGone(error)) looked.unread.push(path)
        }
      }
      files.push(...asked(listed))
      check(linkId)
      return { ...looked, files, unread: [...looked.unread, ...unreadOf(vanished)] }
    },
    hash: (disk: string, expects: Stamp): { sha256: string } | 'changed' | 'busy' => {
      let handle: number
      try {
        handle = openSync(join(root, disk), 'r')
      } catch (error) {
        if (isGone(error)) return 'changed'
        if (isHeld(error)) return 'busy'
        throw new Failure('disk.denied', 'The file could not be opened.', { cause: error })
      }
      try {
        if (!sameStamp(stampOf(fstatSync(handle, { bigint: true })), expects)) return 'changed'
        const hash = createHash('sha256')
        const buffer = Buffer.allocUnsafe(Math.min(piece, Math.max(expects.size, 1)))
        // No further than it should be: whether it ends there, the stamp tells afterwards.
        for (let left = expects.size; left > 0; ) {
          const read = readSync(handle, buffer, 0, Math.min(buffer.byteLength, left), null)
          if (read === 0) return 'changed'
          hash.update(buffer.subarray(0, read))
          left -= read
        }
        const after = stampOf(fstatSync(handle, { bigint: true }))
        return sameStamp(after, expects) ? { sha256: hash.digest('hex') } : 'changed'
      } catch (error) {
        if (isHeld(error)) return 'busy'
        throw new Failure('disk.unreadable', 'The file could not be read.', { cause: error })
      } finally {
        closeSync(handle)
      }
    },
    /** A small file's bytes, or a part of them. */
    read: (disk: string, expects: Stamp, from: number, to: number): Uint8Array | 'changed' => {
      let handle: number
      try {
        handle = openSync(join(root, disk), 'r')
      } catch {
        return 'changed'
      }
      try {
        const isSame = (): boolean =>
          sameStamp(stampOf(fstatSync(handle, { bigint: true })), expects)
        if (!isSame()) return 'changed'
        const bytes = new Uint8Array(to - from)
        const read = to > from ? readSync(handle, bytes, 0, to - from, from) : 0
        return read === to - from && isSame() ? bytes : 'changed'
      } catch {
        return 'changed'
      } finally {
        closeSync(handle)
      }
    },
    close: (): void => {},
  }
}
export type Scanner = ReturnType<typeof openScanner>
