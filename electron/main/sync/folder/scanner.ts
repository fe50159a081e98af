import { createHash } from 'node:crypto'
import {
  type BigIntStats,
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import type { LinkRules } from '../../../../src/contract/left-out.ts'
import {
  diskPathOf,
  displayNameOf,
  isOwnName,
  ownFolder,
  type Platform,
} from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { foldPath, nameFailureOf } from '../../../../src/domain/file-path.ts'
import { maxPathLetters } from '../../../../src/domain/limits.ts'
import { holdsSecret, lookedAtBytes } from '../../../../src/sync/folder/ignore/content.ts'
import { versionControlOf } from '../../../../src/sync/folder/ignore/defaults.ts'
import { Level, personOf, type RuleTexts } from '../../../../src/sync/folder/ignore/level.ts'
import {
  type LeftOutThing,
  noThings,
  noteThing,
} from '../../../../src/sync/folder/ignore/things.ts'
import { marks, PackedMap } from '../../../../src/sync/folder/packed-map.ts'
import type {
  DiskFile,
  Hashed,
  LeftOutPath,
  Scan,
  Stamp,
} from '../../../../src/sync/folder/ports.ts'
import { sameStamp } from '../../../../src/sync/folder/stamp.ts'
import { defaultLinkRules } from '../../../../src/sync/policy.ts'
import { codeOf, stampOf as plainStampOf } from '../../../disk/durable-fs.ts'
import { modesOn } from '../../../disk/kept-modes.ts'
import { isRepository, kindOf, readTexts } from './rule-files.ts'
import { packFiles } from './scan-encoding.ts'

/*
 * Looks at a folder, in a worker and with synchronous calls, which is four times as fast as with promises.
 * Nothing is ever followed out of the folder.
 */

export const markName = 'link.json'
/** What lies beside it. */
const ownFolders = ['incoming', 'aside', 'moving', 'trash']
/** What it says. */
export const mark = z.object({ linkId: z.string() })
/** No link that was put in the place of a file meanwhile, and no pipe that would be waited for. */
const forReading = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
/** Bytes. */
const pieceBytes = 1024 * 1024

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
const isHeld = (error: unknown): boolean => ['EBUSY', 'ETXTBSY'].includes(codeOf(error))

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/**
 * A scan, and how the disk spells what it does not spell as we would. `modesOn`: the device whose modes are to be believed,
 * if any.
 */
export type Looked = Scan & { spelled: [display: string, disk: string][]; modesOn: bigint | null }
/** As many as are worth naming; of more nothing is known, but that much is under way. */
const maxVanishedPaths = 100
/** What went between its listing and the asking may have gone to where was looked before: nobody knows of it yet. */
const unreadOf = (vanished: readonly string[]): readonly string[] =>
  vanished.length > maxVanishedPaths ? [''] : vanished
type End = Omit<Looked, 'files'>
/** What a folder lists, from the root on. */
type Name = [display: string, disk: string]
/** Files of one answer. */
const filesAtOnce = 500

const nothingLooked = (modesOn: bigint | null): Looked => ({
  modesOn,
  files: [],
  refused: [],
  astray: [],
  unread: [],
  spelled: [],
  leftOut: noThings(),
})

export const openScanner = (root: string, platform = process.platform as Platform) => {
  /** Whose modes are to be believed, of the mark's own device, which may be another one after a mount. */
  let modes: { mark: string; device: bigint | null } = { mark: '', device: null }
  const stampOf = (entry: BigIntStats): Stamp => plainStampOf(entry, modes.device)
  let looked: Looked = nothingLooked(null)
  let person = personOf(defaultLinkRules)
  /** As git does where the disk knows no case. */
  const ignoreCase = platform !== 'linux'
  let folds = new PackedMap(marks)
  let walking: { linkId: string | null; names: Generator<Name[]> } | null = null

  const missing = (error: unknown) =>
    new Failure('folder.missing', 'The linked folder is not there.', { cause: error })
  const askForModes = (): void => {
    const own = join(root, ownFolder, markName)
    const { dev, ino } = lstatSync(own, { bigint: true })
    const mark = `${dev}:${ino}`
    if (mark !== modes.mark) modes = { mark, device: modesOn(own, platform) }
  }
  /** Null: a folder that is nobody's yet, which is looked at before it is linked. */
  const check = (linkId: string | null): void => {
    const entryOf = (name: string) =>
      lstatSync(join(root, ownFolder, name), { throwIfNoEntry: false })
    try {
      if (linkId === null) return void readdirSync(root)
      const isReal = ['.', ...ownFolders].every((name) => entryOf(name)?.isDirectory() ?? true)
      if (!isReal || entryOf(markName)?.isFile() === false)
        throw new Failure('folder.not-ours', 'The folder .atelier is not as Atelier made it.')
      const found = mark.parse(JSON.parse(readFileSync(join(root, ownFolder, markName), 'utf8')))
      if (found.linkId !== linkId) throw new Error('another link')
      askForModes()
    } catch (error) {
      throw error instanceof Failure ? error : missing(error)
    }
  }

  /** Nothing is read that lies elsewhere: a folder on the way may be a link by now. */
  const isWhere = (handle: number, disk: string): boolean => {
    const path = join(root, disk)
    try {
      const place =
        process.platform === 'linux' ? readlinkSync(`/proc/self/fd/${handle}`) : realpathSync(path)
      return foldPath(place) === foldPath(join(realpathSync(root), disk))
    } catch {
      return false
    }
  }

  /** Ours, or in what is: of another link, too, at any depth. */
  const isOwn = (disk: string): boolean => disk.split('/').some((name) => isOwnName(name, platform))

  /** The level of a folder that is not left out. */
  const below = (above: Level | null, name: string, texts: RuleTexts): Level =>
    above ? above.enter(name, texts) : Level.root(person, texts, ignoreCase)
  /** The rules along the way to some folders, each read once; or what on the way is left out, or cannot be read. */
  const openWays = () => {
    const levels = new Map<string, Level | LeftOutThing>()
    const find = (segments: readonly string[]): Level | LeftOutThing => {
      const above = segments.length === 0 ? null : levelAt(segments.slice(0, -1))
      if (above && !(above instanceof Level)) return above
      const name = displayNameOf(segments.at(-1) ?? '')
      const left = above?.of(name, 'folder') ?? null
      const thing = { path: segments.map(displayNameOf).join('/'), kind: 'folder' as const }
      if (left) return { ...left, ...thing }
      try {
        return below(above, name, readTexts(join(root, ...segments)))
      } catch {
        return { ...thing, reason: 'unreadable', rule: null, source: null }
      }
    }
    const levelAt = (segments: readonly string[]): Level | LeftOutThing => {
      const disk = segments.join('/')
      const level = levels.get(disk) ?? find(segments)
      levels.set(disk, level)
      return level
    }
    return { levelAt }
  }

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

  const leaveOut = (thing: LeftOutThing): void => {
    noteThing(looked.leftOut, thing)
    if (thing.reason === 'version-control')
      looked.leftOut.versionControl ??= versionControlOf(thing.rule ?? '') ?? 'git'
  }
  const slash = Buffer.from('/')
  /** Files under a name that no server takes. By their bytes: not every name is text. */
  const stray = (file: Buffer, display: string): void => {
    try {
      const entry = lstatSync(file, { bigint: true })
      if (entry.isFile()) {
        looked.astray.push({ path: display, stamp: stampOf(entry) })
        looked.spelled.push([display, relative(root, file.toString())])
      } else if (entry.isDirectory())
        for (const name of readdirSync(file, { encoding: 'buffer' }))
          stray(Buffer.concat([file, slash, name]), `${display}/${displayNameOf(name.toString())}`)
    } catch (error) {
      // What is in it may be anything that is missed elsewhere.
      if (isGone(error)) vanished.push(display)
      else looked.unread.push('')
    }
  }
  /** All that this name, as it was listed, may mean. */
  const strayAs = (disk: string, display: string): void => {
    const file = join(root, disk)
    const folder = Buffer.from(dirname(file))
    if (!disk.includes('\uFFFD')) stray(Buffer.from(file), display)
    else
      for (const name of readdirSync(folder, { encoding: 'buffer' }))
        if (name.toString() === basename(file)) stray(Buffer.concat([folder, slash, name]), display)
  }
  /** Null where nothing is; `file` where a file is in place of one of its folders: it is gone, whatever rules say. */
  const entryAt = (disk: string): BigIntStats | 'file' | null => {
    try {
      return lstatSync(join(root, disk), { bigint: true })
    } catch (error) {
      if (!isGone(error)) throw error
      return codeOf(error) === 'ENOTDIR' ? 'file' : null
    }
  }
  /** Of what lies in a folder that cannot be read, the folder is named. */
  const folderNotRead = (path: string): string => {
    const segments = path.split('/')
    for (let depth = 1; depth < segments.length; depth += 1)
      try {
        readdirSync(join(root, ...segments.slice(0, depth)))
        lstatSync(join(root, ...segments.slice(0, depth + 1)))
      } catch (error) {
        if (!isGone(error)) return segments.slice(0, depth).join('/')
      }
    return path
  }
  const unreadable = (named: string, error: unknown): void => {
    const path = folderNotRead(named)
    if (looked.unread.includes(path)) return
    looked.unread.push(path)
    const isDenied = ['EACCES', 'EPERM'].includes(codeOf(error))
    looked.refused.push({ path, code: isDenied ? 'disk.denied' : 'disk.unreadable' })
  }

  /** `disk` and `display` name the same, from the root on; `level` is of the folder it is in, where there is one. */
  const visit = function* (
    disk: string,
    display: string,
    kind: Dirent | BigIntStats,
    level: Level | null,
  ): Generator<Name[]> {
    const left = level?.of(nameOf(display), kindOf(kind)) ?? null
    const refusal = nameFailureOf(display)
    if (left) leaveOut({ ...left, path: display, kind: kindOf(kind) })
    else if (refusal !== null) {
      looked.refused.push({ path: display.slice(0, maxPathLetters), code: refusal })
      strayAs(disk, display)
    } else if (kind.isDirectory()) yield* walk(disk, display, level)
    else if (!kind.isFile()) {
      const reason = kind.isSymbolicLink() ? 'link' : 'not-a-file'
      leaveOut({ path: display, kind: kindOf(kind), reason, rule: null, source: null })
      looked.refused.push({ path: display, code: 'file.not-regular' })
    } else note(display, disk)
  }

  /** Hands over what is listed whenever it is enough for an answer. */
  const walk = function* (disk: string, display: string, above: Level | null): Generator<Name[]> {
    let entries: Dirent[] | null = null
    let level: Level
    try {
      entries = readdirSync(join(root, disk), { withFileTypes: true })
      level = below(above, nameOf(display), readTexts(join(root, disk), entries))
    } catch (error) {
      if (disk === '')
        throw entries && !isGone(error)
          ? new Failure('folder.rules-unreadable', 'Its rules cannot be read.', { cause: error })
          : missing(error)
      if (isGone(error)) vanished.push(display)
      else unreadable(display, error)
      return
    }
    if (above && isRepository(entries)) {
      leaveOut({
        path: display,
        kind: 'folder',
        reason: 'version-control',
        rule: null,
        source: null,
      })
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
        level,
      )
      if (listed.length >= filesAtOnce) yield listed.splice(0)
    }
  }
  /** Folders that nobody but their owner can enter, or that lie in such a one; the root is its person's choice. */
  let closed = new Map<string, boolean>()
  const isClosed = (folder: string): boolean => {
    if (folder === '.') return false
    const before = closed.get(folder)
    if (before !== undefined) return before
    const { mode } = lstatSync(join(root, folder))
    const is = (mode & 0o011) === 0 || isClosed(dirname(folder))
    closed.set(folder, is)
    return is
  }
  /** Of a file in a folder that others cannot enter they can read nothing, whatever its own mode says. */
  const stampIn = (disk: string): Stamp => {
    const stamp = stampOf(lstatSync(join(root, disk), { bigint: true }))
    const { permissions } = stamp
    return permissions && !permissions.isOwnerOnly && isClosed(dirname(disk))
      ? { ...stamp, permissions: { ...permissions, isOwnerOnly: true } }
      : stamp
  }
  /** The files of these names, and what else there is to say of them, which is kept. */
  const asked = (names: readonly Name[]): DiskFile[] => {
    const files: DiskFile[] = []
    for (const [path, disk] of names)
      try {
        files.push({ path, stamp: stampIn(disk) })
      } catch (error) {
        if (isGone(error)) vanished.push(path)
        else looked.refused.push({ path, code: 'disk.unreadable' })
      }
    return files
  }
  const begin = (): void => {
    looked = nothingLooked(modes.device)
    listed = []
    vanished = []
    folds = new PackedMap(marks)
    closed = new Map()
  }

  return {
    /** Begins to look at everything; `more` goes on. */
    scan: (linkId: string | null): void => {
      check(linkId)
      begin()
      walking = { linkId, names: walk('', '', null) }
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
      const { files: _none, unread, ...rest } = looked
      const end = { ...rest, unread: [...unread, ...unreadOf(vanished)] }
      walking = null
      begin()
      return { files: packFiles(last), end }
    },
    look: (linkId: string, paths: string[], spelled: [string, string][]): Looked => {
      check(linkId)
      begin()
      const spelling = new Map(spelled)
      const ways = openWays()
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
          if (!isGone(error)) unreadable(path, error)
        }
      }
      const files: DiskFile[] = []
      for (const disk of there) {
        const segments = disk.split('/')
        // What lies in another of them is found there.
        if (segments.some((_, depth) => there.has(segments.slice(0, depth).join('/')))) continue
        const display = segments.map(displayNameOf)
        // Below a name that no server takes it is that name that is told.
        const upTo = (depth: number) => display.slice(0, depth).join('/')
        const top = display.findIndex((_, depth) => nameFailureOf(upTo(depth + 1)) !== null)
        const depth = top < 0 ? segments.length : top + 1
        const [path, place] = [upTo(depth), segments.slice(0, depth).join('/')]
        if (looked.refused.some((each) => each.path === path)) continue
        try {
          const entry = lstatSync(join(root, place), { bigint: true })
          const level = ways.levelAt(segments.slice(0, depth - 1))
          if (level instanceof Level)
            for (const names of visit(place, path, entry, level)) files.push(...asked(names))
          else if (level.reason === 'unreadable') unreadable(level.path, null)
          else leaveOut(level)
        } catch (error) {
          if (!isGone(error)) unreadable(path, error)
        }
      }
      files.push(...asked(listed))
      check(linkId)
      return { ...looked, files, unread: [...looked.unread, ...unreadOf(vanished)] }
    },
    /** Those of some paths that rules leave out, with what is there. */
    leftOut: (linkId: string, paths: [display: string, disk: string][]): LeftOutPath[] => {
      check(linkId)
      const ways = openWays()
      const found: LeftOutPath[] = []
      for (const [path, disk] of paths) {
        const entry = entryAt(disk)
        if (entry === 'file') continue
        const level = ways.levelAt(disk.split('/').slice(0, -1))
        // What is not there is asked about as the file it was, or is to be.
        const kind = entry ? kindOf(entry) : 'file'
        const stamp = entry?.isFile() ? stampOf(entry) : null
        if (!(level instanceof Level)) found.push({ path, thing: level, stamp })
        else {
          const left = level.of(nameOf(path), kind)
          if (left) found.push({ path, thing: { ...left, path, kind }, stamp })
        }
      }
      return found
    },
    setRules: (rules: LinkRules): void => {
      person = personOf(rules)
    },
    hash: (disk: string, expects: Stamp): Hashed | 'changed' | 'busy' => {
      let handle: number
      try {
        handle = openSync(join(root, disk), forReading)
      } catch (error) {
        if (isGone(error)) return 'changed'
        if (isHeld(error)) return 'busy'
        throw new Failure('disk.denied', 'The file could not be opened.', { cause: error })
      }
      try {
        if (!isWhere(handle, disk)) return 'changed'
        if (!sameStamp(stampOf(fstatSync(handle, { bigint: true })), expects)) return 'changed'
        const hash = createHash('sha256')
        const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(expects.size, 1)))
        let head: string | null = null
        // No further than it should be: whether it ends there, the stamp tells afterwards.
        for (let left = expects.size; left > 0; ) {
          const read = readSync(handle, buffer, 0, Math.min(buffer.byteLength, left), null)
          if (read === 0) return 'changed'
          hash.update(buffer.subarray(0, read))
          head ??= buffer.toString('latin1', 0, Math.min(read, lookedAtBytes))
          left -= read
        }
        const after = stampOf(fstatSync(handle, { bigint: true }))
        if (!sameStamp(after, expects)) return 'changed'
        const isSecret = holdsSecret(nameOf(disk), head ?? '')
        return { sha256: hash.digest('hex'), ...(isSecret ? { isSecret } : {}) }
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
        handle = openSync(join(root, disk), forReading)
      } catch {
        return 'changed'
      }
      try {
        const isSame = (): boolean =>
          sameStamp(stampOf(fstatSync(handle, { bigint: true })), expects)
        if (!isWhere(handle, disk) || !isSame()) return 'changed'
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
