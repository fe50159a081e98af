import { createReadStream } from 'node:fs'
import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  unlink,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../../../src/contract/failure.ts'
import type { LinkRules } from '../../../../src/contract/left-out.ts'
import { diskPathOf, ownFolder, type Platform } from '../../../../src/domain/disk-name.ts'
import { foldPath, parseFilePath } from '../../../../src/domain/file-path.ts'
import { checkedSha256 } from '../../../../src/domain/sha256.ts'
import type { Disk, Stamp } from '../../../../src/sync/folder/ports.ts'
import { sameStamp } from '../../../../src/sync/folder/stamp.ts'
import { codeOf, folderFailure, statOf, syncFolder } from './durable.ts'
import { isInside } from './mark.ts'
import { endMoves, giveName, isListed, moveName, nameRefused } from './names.ts'
import { type Looked, markName } from './scanner.ts'
import { openScannerThread } from './scanner-thread.ts'
import { openStaging } from './staging.ts'
import { intoTrash } from './trash.ts'

/** Bytes up to which a file is read in one go, by the worker: one message instead of five trips to a thread. */
const smallRead = 256 * 1024
/** Bytes of a larger one that are read at once. */
const portion = 512 * 1024
/** One linked folder on the real disk. `worker` is the built scanner. */
export const openDisk = async (options: {
  root: string
  linkId: string
  worker: URL
  platform?: Platform
}): Promise<Disk & { setRules(rules: LinkRules): Promise<void>; close(): Promise<void> }> => {
  const { root, linkId } = options
  const platform = options.platform ?? (process.platform as Platform)
  const { scanner, scan } = await openScannerThread(root, options.worker)
  const own = (...parts: string[]): string => join(root, ownFolder, ...parts)
  /** How this disk spells a display path, where it is not as we would. */
  const spelled = new Map<string, string>()
  const diskOf = (path: string): string =>
    spelled.get(path) ?? diskPathOf(parseFilePath(path), platform)
  const absolute = (path: string): string => join(root, ...diskOf(path).split('/'))
  const learn = (found: Looked['spelled']): void => {
    for (const [display, disk] of found) spelled.set(display, disk)
  }

  /** The folder a file is to be in, made if need be; nothing is ever written through a link. */
  const preparedParent = async (path: string): Promise<string> => {
    const segments = diskOf(path).split('/').slice(0, -1)
    let at = root
    for (const segment of segments) {
      const before = at
      at = join(at, segment)
      const entry = await lstat(at).catch(() => null)
      if (entry?.isDirectory()) continue
      if (entry?.isSymbolicLink())
        throw new Failure('file.not-regular', 'A link stands where a folder should be.')
      if (entry) throw new Failure('file.name-collision', 'A file stands where a folder should be.')
      // Into a root that has gone nothing is written: the disk below a mount is another one.
      if (!(await lstat(own(markName)).catch(() => null)))
        throw new Failure('folder.missing', 'The linked folder is not there.')
      await mkdir(at).catch((error: unknown) => {
        // Two files may make their folder at once.
        if (codeOf(error) !== 'EEXIST') throw nameRefused(error)
      })
      await syncFolder(before)
    }
    return at
  }
  /** Folders that are empty because of us; whoever fills one meanwhile keeps it. */
  const tidy = async (path: string): Promise<void> => {
    for (let at = dirname(path); at !== root && isInside(at, root); at = dirname(at))
      if (
        !(await rmdir(at).then(
          () => true,
          () => false,
        ))
      )
        return
  }
  const stampAt = async (file: string): Promise<Stamp> => {
    const stamp = await statOf(file)
    if (!stamp) throw new Failure('disk.unreadable', 'The file went away at once.')
    return stamp
  }
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      const failure = folderFailure(error)
      if (failure.code !== 'disk.unreadable') throw failure
      if (!(await lstat(own(markName)).catch(() => null)))
        throw new Failure('folder.missing', 'The linked folder is not there.', { cause: error })
      // Folders that cannot be made on a disk for reading alone are reported as missing ones.
      await access(own(), constants.W_OK).catch((denied: unknown) => {
        throw folderFailure(denied)
      })
      throw failure
    }
  }
  /** What is at a path when it is what is expected there. */
  const found = async (path: string, expects: Stamp): Promise<string | null> => {
    const file = absolute(path)
    const now = await statOf(file)
    return now && sameStamp(now, expects) ? file : null
  }
  /** Folders whose names differ in case alone are one folder on many disks: it is renamed, not filled anew. */
  const recase = async (from: string, to: string): Promise<void> => {
    const [old, wanted] = [diskOf(from).split('/'), diskOf(to).split('/')]
    for (let depth = 1; depth < Math.min(old.length, wanted.length); depth += 1) {
      const was = join(root, ...wanted.slice(0, depth - 1), old[depth - 1] ?? '')
      const will = join(root, ...wanted.slice(0, depth))
      if (was === will) continue
      // Only a disk that knows no case finds the folder by the name it is to have.
      const isOne = (await statOf(will)) !== null && !(await isListed(will))
      if (foldPath(was) !== foldPath(will) || !isOne) return
      await rename(was, will)
    }
  }

  return {
    scan: async (found) => {
      const { spelled: names, ...rest } = await scan(linkId, found)
      spelled.clear()
      learn(names)
      return rest
    },
    look: async (paths) => {
      const spelling = paths.flatMap((path): [string, string][] => {
        const disk = spelled.get(path)
        return disk === undefined ? [] : [[path, disk]]
      })
      const { spelled: names, ...scan } = await scanner.look(linkId, paths, spelling)
      learn(names)
      return scan
    },
    leftOut: (paths) =>
      scanner.leftOut(
        linkId,
        paths.map((path) => [path, diskOf(path)]),
      ),
    setRules: (rules) => scanner.setRules(rules),
    stat: (path) => guarded(() => statOf(absolute(path))),
    hash: (path, expects) => scanner.hash(diskOf(path), expects),
    read: async function* (path, expects, from, to) {
      const changed = () =>
        new Failure('file.changed-while-reading', 'The file changed while it was read.')
      if (to - from <= smallRead) {
        const bytes = await scanner.read(diskOf(path), expects, from, to)
        if (bytes === 'changed') throw changed()
        if (to > from) yield bytes
        return
      }
      const handle = await open(absolute(path), 'r').catch(() => null)
      if (!handle) throw changed()
      try {
        const isSame = async (): Promise<boolean> => {
          const now = await statOf(absolute(path))
          return now !== null && sameStamp(now, expects)
        }
        if (!(await isSame())) throw changed()
        if (to > from) {
          let read = 0
          const stream = createReadStream('', {
            fd: handle,
            start: from,
            end: to - 1,
            autoClose: false,
            highWaterMark: portion,
          })
          for await (const chunk of stream) {
            read += (chunk as Buffer).byteLength
            yield chunk as Buffer
          }
          if (read !== to - from) throw changed()
        }
        if (!(await isSame())) throw changed()
      } catch (error) {
        throw folderFailure(error)
      } finally {
        await handle.close().catch(() => {})
      }
    },
    stage: (blob) =>
      guarded(async () => {
        if (!(await lstat(own(markName)).catch(() => null)))
          throw new Failure('folder.missing', 'The linked folder is not there.')
        return openStaging(own('incoming', checkedSha256(blob.sha256)), blob, guarded)
      }),
    clearStaging: async () => {
      for (const name of await readdir(own('incoming')).catch(() => []))
        await unlink(own('incoming', name)).catch(() => {})
    },
    place: ({ sha256 }, path, expects) =>
      guarded(async () => {
        const staged = own('incoming', checkedSha256(sha256))
        const parent = await preparedParent(path)
        const file = absolute(path)
        if (expects === null) {
          if ((await giveName(staged, file)) === 'taken') return 'changed'
        } else {
          const now = await statOf(file)
          if (!now || !sameStamp(now, expects)) return 'changed'
          // What may be run stays so.
          await chmod(staged, (await lstat(file)).mode & 0o777)
          await rename(staged, file)
        }
        await syncFolder(parent)
        return stampAt(file)
      }),
    move: (from, to, expects) =>
      guarded(async () => {
        const source = await found(from, expects)
        if (!source) return 'changed'
        if (foldPath(from) === foldPath(to)) {
          await recase(from, to)
          const target = absolute(to)
          const current = (await statOf(source))
            ? source
            : join(dirname(target), diskOf(from).split('/').at(-1) ?? '')
          // One file under two spellings is renamed; two files are two.
          if (current !== target && (await isListed(target))) return 'changed'
          if (await statOf(current)) {
            await preparedParent(to)
            await rename(current, target)
          }
          await syncFolder(dirname(target))
          spelled.delete(from)
          return stampAt(target)
        }
        const parent = await preparedParent(to)
        const target = absolute(to)
        if ((await moveName(own('moving'), source, target)) === 'taken') return 'changed'
        await syncFolder(parent)
        await syncFolder(dirname(source))
        await tidy(source)
        spelled.delete(from)
        return stampAt(target)
      }),
    setAside: (path, key, expects) =>
      guarded(async () => {
        const source = await found(path, expects)
        if (!source) return 'changed'
        const target = own('aside', key)
        await mkdir(dirname(target), { recursive: true })
        await rename(source, target)
        await syncFolder(dirname(target))
        await syncFolder(dirname(source))
        spelled.delete(path)
        return stampAt(target)
      }),
    aside: () =>
      guarded(async () => {
        // Asked for by who mends what a crash left.
        await endMoves(own('moving'))
        const names = await readdir(own('aside')).catch(() => [])
        const entries = await Promise.all(
          names.map(async (key) => ({ key, stamp: await statOf(own('aside', key)) })),
        )
        return entries.flatMap(({ key, stamp }) => (stamp ? [{ key, stamp }] : []))
      }),
    bringBack: (key, path) =>
      guarded(async () => {
        const parent = await preparedParent(path)
        const target = absolute(path)
        if ((await giveName(own('aside', key), target)) === 'taken') return 'changed'
        await syncFolder(parent)
        return stampAt(target)
      }),
    discard: (path, expects, { sha256 }) =>
      guarded(async () => {
        const source = await found(path, expects)
        if (!source) return 'changed'
        await intoTrash(root, source, { path, sha256, size: expects.size })
        await syncFolder(dirname(source))
        await tidy(source)
        spelled.delete(path)
        return 'done'
      }),
    close: () => scanner.close(),
  }
}
