import { Failure } from '../../src/domain/failure.ts'
import { foldPath, nameFailureOf, refusalOf } from '../../src/domain/file-path.ts'
import {
  type EntryKind,
  Level,
  personOf,
  type RuleTexts,
} from '../../src/sync/folder/ignore/level.ts'
import { type LeftOutThing, noThings, noteThing } from '../../src/sync/folder/ignore/things.ts'
import { foldersAbove } from '../../src/sync/folder/path-collisions.ts'
import type { Disk, Scan, Staging, Stamp } from '../../src/sync/folder/ports.ts'
import { packStamp, sameStamp } from '../../src/sync/folder/stamp.ts'
import { defaultLinkRules } from '../../src/sync/policy.ts'
import { type FileNode, type FileSystem, type Found, sha256Of } from './file-system.ts'
import type { Life, World } from './world.ts'

/** Told of what the engine does to a person's folder, when it does it. */
export type DiskWatch = {
  placed(path: string, bytes: Uint8Array, over: Uint8Array | null): void
  discarded(path: string, bytes: Uint8Array, sha256: string): void
  moved(from: string, to: string, node: FileNode): void
  /** A folder got another spelling, with all that is in it. */
  respelled(from: string, to: string): void
  trouble(what: string): void
}
/** Deliberate mistakes of a disk adapter: what the simulator must notice. */
export type DiskMutation = {
  sealFlushes?: false
  sealHashes?: false
  compares?: false
  unreadIsEmpty?: true
  setAsideForgets?: true
  /** All that is known of a file is its size. */
  stampsAreSizes?: true
  linksAreFiles?: true
  namesAreNotRefused?: true
  rulesAreNotRead?: true
  astrayIsGone?: true
  /** A disk without modes says that nothing is executable. */
  modesAreAlwaysTold?: true
}

/** The hidden folder of a link, and what a person or the hardware does to the disk. All of it outlives a crash. */
export class SimulatedDisk {
  readonly files: FileSystem
  readonly watch: DiskWatch
  readonly mutation: DiskMutation
  readonly trash: { path: string; bytes: Uint8Array }[] = []
  readonly staged = new Map<string, { bytes: Uint8Array; flushed: number; sealed: boolean }>()
  readonly aside = new Map<string, FileNode>()
  readonly busy = new Set<FileNode>()
  /** What is left out, as its person left it, by path. */
  readonly leftOut = new Map<string, Uint8Array>()
  /** What its person moved to another disk, by the link that they left in its place. */
  readonly away = new Map<string, readonly Found[]>()
  isMounted = true
  isFull = false
  unread: string[] = []

  constructor(files: FileSystem, watch: DiskWatch, mutation: DiskMutation) {
    this.files = files
    this.watch = watch
    this.mutation = mutation
  }

  stampOf({ bytes, inode, born, modified, changed, isExecutable }: FileNode): Stamp {
    const { hasBirth, hasChange, hasModes } = this.files.flavor
    const isTold = hasModes || this.mutation.modesAreAlwaysTold === true
    if (this.mutation.stampsAreSizes)
      return { size: bytes.length, modified: '1', changed: '1', identity: `1:${inode}` }
    return {
      size: bytes.length,
      modified: String(modified),
      changed: hasChange ? String(changed) : '0',
      identity: hasBirth ? `1:${inode}:${born}` : `1:${inode}`,
      ...(isTold ? { permissions: { isExecutable, isOwnerOnly: false } } : {}),
    }
  }

  /** Files with a display path of their own, and those that have none. Of twins the first counts. */
  view(found: readonly Found[] = this.files.walk()): Omit<Scan, 'files' | 'unread' | 'astray'> & {
    files: Found[]
    astray: Found[]
  } {
    const leftOut = noThings()
    const things = new Map<string, LeftOutThing>()
    const thingOf = this.mutation.rulesAreNotRead ? () => null : this.rules()
    const folds = new Set<string>()
    const files: Found[] = []
    const refused: Scan['refused'] = []
    const astray: Found[] = []
    for (const each of found) {
      const [path, { node }] = [each.path.normalize('NFC'), each]
      const thing = thingOf(path, node.kind)
      const code = nameFailureOf(path)
      if (thing) things.set(thing.path, thing)
      else if (code !== null && !this.mutation.namesAreNotRefused) {
        const top = [path, ...foldersAbove(path)].findLast((each) => nameFailureOf(each) !== null)
        if (!refused.some((each) => each.path === top)) refused.push({ path: top ?? path, code })
        if (node.kind === 'file') astray.push({ path, node })
      } else if (node.kind === 'link' && !this.mutation.linksAreFiles)
        refused.push({ path, code: 'file.not-regular' })
      else if (folds.has(foldPath(path))) refused.push({ path, code: 'file.name-collision' })
      else {
        folds.add(foldPath(path))
        files.push({ path, node })
      }
    }
    for (const thing of things.values()) noteThing(leftOut, thing)
    return { files, refused, leftOut, astray: this.mutation.astrayIsGone ? [] : astray }
  }

  /** The topmost of a path that rules in this folder leave out; null is none. */
  rules(): (path: string, kind: EntryKind) => LeftOutThing | null {
    const levels = new Map<string, Level>()
    const textOf = (path: string): string | null => {
      const node = this.files.file(path)
      return node?.kind === 'file' ? Buffer.from(node.bytes).toString() : null
    }
    const textsIn = (folder: string): RuleTexts => ({
      gitignore: textOf(`${folder}.gitignore`),
      atelierignore: textOf(`${folder}.atelierignore`),
    })
    const levelOf = (names: readonly string[]): Level => {
      const folder = names.map((name) => `${name}/`).join('')
      const level =
        levels.get(folder) ??
        (names.length === 0
          ? Level.root(personOf(defaultLinkRules), textsIn(''), false)
          : levelOf(names.slice(0, -1)).enter(names.at(-1) ?? '', textsIn(folder)))
      levels.set(folder, level)
      return level
    }
    return (path, kind) => {
      const names = path.split('/')
      for (const [depth, name] of names.entries()) {
        const own = depth === names.length - 1 ? kind : 'folder'
        const left = levelOf(names.slice(0, depth)).of(name, own)
        if (left) return { ...left, path: names.slice(0, depth + 1).join('/'), kind: own }
      }
      return null
    }
  }

  /** Whether a person still has these bytes here: under a name that no server takes, or behind a link in their place. */
  hasOddly(path: string, sha256: string): boolean {
    const isIt = ({ node }: Found): boolean => sha256Of(node.bytes) === sha256
    return (
      this.files
        .walk()
        .some((file) => nameFailureOf(file.path.normalize('NFC')) !== null && isIt(file)) ||
      [...this.away.values()]
        .flat()
        .some((file) => file.path.normalize('NFC') === path && isIt(file))
    )
  }

  /** What is at some paths alone, under the names they have there. */
  glance(paths: readonly string[]): Found[] {
    const actual = paths.map((path) => this.files.spelling(path))
    return this.files.walk().filter(({ path }) => actual.some((each) => isWithin(path, each)))
  }

  /** What a crash of the process leaves of bytes that were never flushed: some of them, or all. */
  crash(isPowerCut: boolean, keep: (bytes: number) => number): void {
    for (const [sha256, staging] of this.staged)
      if (!staging.sealed || (isPowerCut && staging.flushed < staging.bytes.length))
        this.staged.set(sha256, {
          ...staging,
          sealed: false,
          bytes: staging.bytes.slice(0, keep(staging.bytes.length)),
        })
    if (isPowerCut) this.files.cutPower()
  }
}

const missing = (): Failure => new Failure('folder.missing', 'The folder is not there.')
const full = (): Failure => new Failure('disk.full', 'The disk is full.')
const isWithin = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`)
/** Bytes that go from one end to the other in one go. */
const chunk = 48

/** The port, as one running engine has it: every call waits for its turn. */
export const openDisk = (world: World, life: Life, disk: SimulatedDisk): Disk => {
  const { files, mutation, watch } = disk
  const call = <T>(label: string, work: () => T): Promise<T> =>
    world.call(life, `disk.${label}`, () => {
      if (!disk.isMounted) throw missing()
      return work()
    })
  /** What is at a path, if it is what is expected there. */
  const expected = (path: string, expects: Stamp): FileNode | null => {
    const node = files.file(path)
    if (!node || (node.kind === 'link' && !mutation.linksAreFiles)) return null
    if (mutation.compares === false) return node
    return sameStamp(disk.stampOf(node), expects) ? node : null
  }
  /** @throws file.name-collision where a folder is */
  const isFree = (path: string, but?: FileNode): boolean => {
    const node = files.find(path)
    if (node?.kind === 'folder')
      throw new Failure('file.name-collision', 'A folder stands where the file should be.')
    return node === null || node === but
  }
  const refuseBusy = (node: FileNode): void => {
    if (disk.busy.has(node)) throw new Failure('disk.denied', 'Another program holds the file.')
  }
  const checkPath = (path: string): void => {
    if (refusalOf(path) !== null || path !== path.normalize('NFC'))
      watch.trouble(`a path outside of what is allowed: ${JSON.stringify(path)}`)
  }
  /** A file has the name of one of the folders above. */
  const place = (path: string, node: FileNode): void => {
    checkPath(path)
    try {
      files.link(path, node)
    } catch (error) {
      throw new Failure('file.name-collision', `A file has the name of a folder: ${error}`)
    }
  }

  const look = (paths: readonly string[] | null): Scan => {
    const unread = disk.unread.filter((folder) => files.find(folder)?.kind === 'folder')
    const isRead = ({ path }: Found): boolean => !unread.some((folder) => isWithin(path, folder))
    const view = disk.view((paths ? disk.glance(paths) : files.walk()).filter(isRead))
    return {
      files: view.files.map(({ path, node }) => ({ path, stamp: disk.stampOf(node) })),
      refused: mutation.unreadIsEmpty
        ? view.refused
        : [...view.refused, ...unread.map((path) => ({ path, code: 'disk.denied' as const }))],
      astray: view.astray.map(({ path, node }) => ({ path, stamp: disk.stampOf(node) })),
      leftOut: view.leftOut,
      unread: mutation.unreadIsEmpty ? [] : unread,
    }
  }
  const scan = (label: string, paths: readonly string[] | null): Promise<Scan> =>
    call(label, () => look(paths))

  return {
    scan: async (found) => {
      const { files: all, ...rest } = await scan('scan', null)
      for (const { path, stamp } of all) found(path, packStamp(stamp))
      return rest
    },
    look: (paths) => scan('look', paths),
    leftOut: (paths) =>
      call('leftOut', () => {
        const thingOf = disk.rules()
        return paths.flatMap((path) => {
          const node = files.find(path)
          const thing = thingOf(path, node?.kind ?? 'file')
          const stamp = node?.kind === 'file' ? disk.stampOf(node) : null
          return thing ? [{ path, thing, stamp }] : []
        })
      }),
    stat: (path) =>
      call(`stat ${path}`, () => {
        const node = files.file(path)
        return node && node.kind === 'file' ? disk.stampOf(node) : null
      }),
    hash: async (path, expects) => {
      // Read in two halves, between which anything may happen to the file.
      const first = await call(`hash ${path}`, () => {
        const node = expected(path, expects)
        if (!node) return 'changed'
        if (disk.busy.has(node)) return 'busy'
        return node.bytes.subarray(0, node.bytes.length / 2)
      })
      if (typeof first === 'string') return first
      return call(`hash-end ${path}`, () => {
        const node = expected(path, expects)
        if (!node) return 'changed'
        if (first.buffer === node.bytes.buffer) return { sha256: sha256Of(node.bytes) }
        return {
          sha256: sha256Of(Buffer.concat([first, node.bytes.subarray(node.bytes.length / 2)])),
        }
      })
    },
    async *read(path, expects, from, to) {
      const changed = (): Failure =>
        new Failure('file.changed-while-reading', 'The file changed while it was read.')
      let at = from
      do {
        const next = Math.min(at + chunk, to)
        const bytes = await call(`read ${path} ${at}`, () => {
          const node = expected(path, expects)
          if (!node) throw changed()
          return node.bytes.slice(at, next)
        })
        yield bytes
        at = next
      } while (at < to)
    },
    stage: async ({ sha256, size }) => {
      const staging = await call(`stage ${sha256.slice(0, 8)}`, () => {
        if (disk.isFull) throw full()
        const kept = disk.staged.get(sha256)
        const fresh =
          kept && !kept.sealed ? kept : { bytes: new Uint8Array(), flushed: 0, sealed: false }
        if (fresh.bytes.length > size) fresh.bytes = new Uint8Array()
        disk.staged.set(sha256, fresh)
        return fresh
      })
      const write = (bytes: Uint8Array): void => {
        if (disk.isFull) throw full()
        staging.bytes = Buffer.concat([staging.bytes, bytes])
      }
      const port: Staging = {
        kept: staging.bytes.length,
        write: (bytes) =>
          world.call(
            life,
            `disk.write ${sha256.slice(0, 8)} ${bytes.length}`,
            () => {
              if (!disk.isMounted) throw missing()
              write(bytes)
            },
            () => write(bytes.subarray(0, world.random.below(bytes.length + 1))),
          ),
        reset: () =>
          call(`reset ${sha256.slice(0, 8)}`, () => {
            staging.bytes = new Uint8Array()
          }),
        seal: () =>
          call(`seal ${sha256.slice(0, 8)}`, () => {
            if (disk.isFull && world.random.chance(0.5)) throw full()
            const bytes = Uint8Array.from(staging.bytes)
            if (mutation.sealHashes !== false && sha256Of(bytes) !== sha256) {
              staging.bytes = new Uint8Array()
              throw new Failure(
                'file.hash-mismatch',
                'These are not the bytes that were asked for.',
              )
            }
            staging.bytes = bytes
            staging.flushed = mutation.sealFlushes === false ? 0 : bytes.length
            staging.sealed = true
          }),
        close: () => call(`close ${sha256.slice(0, 8)}`, () => undefined),
      }
      return port
    },
    clearStaging: () => call('clear staging', () => disk.staged.clear()),
    place: (blob, path, expects, as) =>
      call(`place ${path} ${blob.sha256.slice(0, 8)}`, () => {
        const staging = disk.staged.get(blob.sha256)
        if (!staging?.sealed) throw new Failure('disk.unreadable', 'Nothing was sealed.')
        const there = files.find(path)
        if (there?.kind === 'folder')
          throw new Failure('file.name-collision', 'A folder stands where the file should be.')
        if (mutation.compares !== false && (expects === null ? there : !expected(path, expects)))
          return 'changed'
        if (there) refuseBusy(there)
        const node = files.make(staging.bytes)
        if (staging.flushed < staging.bytes.length)
          node.unflushed = staging.bytes.slice(0, staging.bytes.length / 2)
        const before = there?.isExecutable ?? false
        const bit = as?.isExecutable ?? before
        node.isOwnBit = false
        // What its person changed stays theirs under other bytes.
        files.mark(node, bit, there?.isOwnBit === true && before === bit)
        if (as?.modifiedAt !== undefined) files.setTime(node, as.modifiedAt)
        place(path, node)
        disk.staged.delete(blob.sha256)
        watch.placed(path, staging.bytes, there?.bytes ?? null)
        return disk.stampOf(node)
      }),
    setExecutable: (path, expects, isExecutable) =>
      call(`setExecutable ${path} ${isExecutable}`, () => {
        const node = expected(path, expects)
        if (!node) return 'changed'
        refuseBusy(node)
        if (!files.flavor.hasModes) watch.trouble(`a mode for a disk without any: ${path}`)
        files.mark(node, isExecutable, false)
        return disk.stampOf(node)
      }),
    move: (from, to, expects) =>
      call(`move ${from} -> ${to}`, () => {
        const node = expected(from, expects)
        if (!node || !isFree(to, node)) return 'changed'
        refuseBusy(node)
        files.unlink(from)
        try {
          place(to, node)
        } catch (error) {
          files.link(from, node)
          throw error
        }
        // Or the old spelling of a folder would look like a new name somebody gave, for ever.
        for (const [was, is] of files.respell(to))
          watch.respelled(was.normalize('NFC'), is.normalize('NFC'))
        watch.moved(from, to, node)
        return disk.stampOf(node)
      }),
    setAside: (path, key, expects) =>
      call(`setAside ${path} ${key.slice(0, 8)}`, () => {
        const node = expected(path, expects)
        if (!node) return 'changed'
        refuseBusy(node)
        files.unlink(path)
        if (!mutation.setAsideForgets) disk.aside.set(key, node)
        return disk.stampOf(node)
      }),
    aside: () =>
      call('aside', () =>
        [...disk.aside].map(([key, node]) => ({ key, stamp: disk.stampOf(node) })),
      ),
    bringBack: (key, path) =>
      call(`bringBack ${key.slice(0, 8)} ${path}`, () => {
        const node = disk.aside.get(key)
        if (!node) throw new Failure('disk.unreadable', 'Nothing of this name was set aside.')
        if (!isFree(path)) return 'changed'
        place(path, node)
        disk.aside.delete(key)
        watch.moved(`(${key.slice(0, 8)})`, path, node)
        return disk.stampOf(node)
      }),
    discard: (path, expects, entry) =>
      call(`discard ${path}`, () => {
        const node = expected(path, expects)
        if (!node) return 'changed'
        refuseBusy(node)
        files.remove(path)
        disk.trash.push({ path, bytes: node.bytes })
        watch.discarded(path, node.bytes, entry.sha256)
        return 'done'
      }),
  }
}
