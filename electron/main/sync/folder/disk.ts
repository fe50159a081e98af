import { constants, createReadStream } from 'node:fs'
import { access, lstat, open, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { LinkRules } from '../../../../src/contract/left-out.ts'
import { diskPathOf, ownFolder, type Platform } from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { foldPath, parseFilePath } from '../../../../src/domain/file-path.ts'
import { checkedSha256 } from '../../../../src/domain/sha256.ts'
import type { Disk, Placing, Stamp } from '../../../../src/sync/folder/ports.ts'
import { sameStamp } from '../../../../src/sync/folder/stamp.ts'
import { codeOf, statOf as diskStatOf, folderFailure, stampOf } from '../../../disk/durable-fs.ts'
import { withoutFollowing } from '../../../disk/plain-files.ts'
import {
  endMoves,
  giveName,
  isListed,
  moveName,
  type Place,
  replaceName,
  wayTo,
} from './atomic-rename.ts'
import { freeOfFolder } from './empty-folders.ts'
import {
  type FolderHandle,
  holdingIn,
  ifThere,
  isPrivate,
  isWhere,
  type Make,
  ownMode,
  usualMode,
  type Way,
} from './folder-handle.ts'
import { ownNamesIn } from './link-marker.ts'
import { modeWith } from './modes.ts'
import { type Looked, markName } from './scanner.ts'
import { openScannerThread } from './scanner-thread.ts'
import { openStaging, readyStaged } from './staging.ts'
import { intoTrash } from './trash.ts'

/** Bytes up to which a file is read in one go, by the worker: one message instead of five trips to a thread. */
const smallReadBytes = 256 * 1024
/** Bytes of a larger one that are read at once. */
const portionBytes = 512 * 1024
const asItWas: Placing = { isExecutable: undefined, isOwnerOnly: false, modifiedAt: undefined }
/** One linked folder on the real disk. `worker` is the built scanner. */
export const openDisk = async (options: {
  root: string
  linkId: string
  worker: URL
  platform?: Platform
  way?: Way
}): Promise<Disk & { setRules(rules: LinkRules): Promise<void>; close(): Promise<void> }> => {
  const { root, linkId } = options
  const platform = options.platform ?? (process.platform as Platform)
  const { scanner, scan } = await openScannerThread(root, options.worker)
  const own = (...parts: string[]): string => join(root, ownFolder, ...parts)
  const holding = holdingIn(root, options.way)
  const inOwn = <T>(name: string, work: (folder: FolderHandle) => Promise<T>): Promise<T> =>
    holding([ownFolder, name], ownMode, work)
  /** How this disk spells a display path, where it is not as we would. */
  const spelled = new Map<string, string>()
  const diskOf = (path: string): string =>
    spelled.get(path) ?? diskPathOf(parseFilePath(path), platform)
  const absolute = (path: string): string => join(root, ...diskOf(path).split('/'))
  /** The device whose modes are to be believed. */
  let device: bigint | null = null
  const statOf = (file: string): Promise<Stamp | null> => diskStatOf(file, device)
  const learn = (found: Pick<Looked, 'spelled' | 'modesOn'>): void => {
    for (const [display, disk] of found.spelled) spelled.set(display, disk)
    device = found.modesOn
  }

  /** A place in the folder, by its path; `make` as of who holds folders. */
  const at = <T>(path: string, make: Make, work: (place: Place) => Promise<T>): Promise<T> => {
    const segments = diskOf(path).split('/')
    const name = segments.pop() ?? ''
    return holding(segments, make, (folder) => work({ folder, name }))
  }
  /** A file when it is what is expected there; null otherwise. */
  const found = <T>(
    path: string,
    expects: Stamp,
    work: (place: Place) => Promise<T>,
  ): Promise<T | 'changed'> => {
    let isHeld = false
    return at(path, null, async (place) => {
      isHeld = true
      const now = await statOf(wayTo(place))
      return now && sameStamp(now, expects) ? work(place) : ('changed' as const)
    }).catch((error: unknown) => {
      // Its folder is none any more.
      const { code } = folderFailure(error)
      const isGone = codeOf(error) === 'ENOENT' || /^file\.(not-regular|name-collision)$/.test(code)
      if (!isHeld && isGone) return 'changed' as const
      throw error
    })
  }
  /**
   * Folders that are empty because of us; whoever fills one meanwhile keeps it. One that few may enter stays: what comes
   * back would lie in one that is made for everybody.
   */
  const tidy = async (disk: string): Promise<void> => {
    const segments = disk.split('/').slice(0, -1)
    try {
      for (let name = segments.pop(); name !== undefined; name = segments.pop()) {
        const empty = name
        const isKept = await holding(segments, null, async (folder) => {
          const isApart = isPrivate((await lstat(folder.at(empty))).mode)
          if (!isApart) await rmdir(folder.at(empty))
          return isApart
        })
        if (isKept) return
      }
    } catch {
      // One that is not empty keeps those it lies in.
    }
  }
  /** Of a folder for what lay at a path: no more people are to see it there than did here. */
  const modeFor = (disk: string) => async (): Promise<number> => {
    let mode = usualMode
    const segments = disk.split('/').slice(0, -1)
    for (const depth of segments.keys()) {
      const folder = join(root, ...segments.slice(0, depth + 1))
      mode &= (await lstat(folder).catch(() => null))?.mode ?? usualMode
    }
    return mode | ownMode
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
  /** Folders whose names differ in case alone are one folder on many disks: it is renamed, not filled anew. */
  const recase = async (from: string, to: string): Promise<void> => {
    const [old, wanted] = [diskOf(from).split('/'), diskOf(to).split('/')]
    for (let depth = 1; depth < Math.min(old.length, wanted.length); depth += 1) {
      const [was = '', will = ''] = [old[depth - 1], wanted[depth - 1]]
      if (was === will) continue
      const isDone = await ifThere(holding, wanted.slice(0, depth - 1), async (folder) => {
        // Only a disk that knows no case finds the folder by the name it is to have.
        const isOne =
          (await statOf(folder.at(will))) !== null && !(await isListed({ folder, name: will }))
        if (foldPath(was) !== foldPath(will) || !isOne) return false
        await rename(folder.at(was), folder.at(will))
        return true
      })
      if (!isDone) return
    }
  }
  /** The same name in other letters, or its folders' names. */
  const respell = async (from: string, to: string): Promise<Stamp | 'changed'> => {
    await recase(from, to)
    const wanted = diskOf(to).split('/')
    const name = wanted.pop() ?? ''
    const before = diskOf(from).split('/')
    const source = before.pop() ?? ''
    const isThere = await ifThere(holding, before, (folder) => statOf(folder.at(source)))
    // Its folders have their new names by now, on a disk that knows no case.
    const current = isThere ? before : wanted
    return holding(wanted, modeFor(diskOf(from)), async (folder) => {
      const isSame = current.join('/') === wanted.join('/') && source === name
      // One file under two spellings is renamed; two files are two.
      if (!isSame && (await isListed({ folder, name }))) return 'changed'
      await ifThere(holding, current, async (there) => {
        if (await statOf(there.at(source))) await rename(there.at(source), folder.at(name))
      })
      await folder.sync()
      // Where case tells, the old folder is another one, and maybe an empty one now.
      await tidy(diskOf(from))
      spelled.delete(from)
      return stampAt(folder.at(name))
    })
  }

  return {
    scan: async (found) => {
      const { spelled: names, modesOn, ...rest } = await scan(linkId, found)
      spelled.clear()
      learn({ spelled: names, modesOn })
      return rest
    },
    look: async (paths) => {
      const spelling = paths.flatMap((path): [string, string][] => {
        const disk = spelled.get(path)
        return disk === undefined ? [] : [[path, disk]]
      })
      const { spelled: names, modesOn, ...scan } = await scanner.look(linkId, paths, spelling)
      learn({ spelled: names, modesOn })
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
      if (to - from <= smallReadBytes) {
        const bytes = await scanner.read(diskOf(path), expects, from, to)
        if (bytes === 'changed') throw changed()
        if (to > from) yield bytes
        return
      }
      const flags = constants.O_RDONLY | withoutFollowing
      const handle = await open(absolute(path), flags).catch(() => null)
      if (!handle) throw changed()
      try {
        const isSame = async (): Promise<boolean> => {
          const now = await statOf(absolute(path))
          if (!(await isWhere(handle.fd, root, diskOf(path)))) return false
          // Another file may have had the name while it was opened.
          const opened = stampOf(await handle.stat({ bigint: true }))
          return now !== null && sameStamp(now, expects) && sameStamp(opened, expects)
        }
        if (!(await isSame())) throw changed()
        if (to > from) {
          let read = 0
          const stream = createReadStream('', {
            fd: handle,
            start: from,
            end: to - 1,
            autoClose: false,
            highWaterMark: portionBytes,
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
        const sha256 = checkedSha256(blob.sha256)
        return inOwn('incoming', (folder) => openStaging(folder, { ...blob, sha256 }, guarded))
      }),
    clearStaging: async () => {
      await ifThere(holding, [ownFolder, 'incoming'], async (incoming) => {
        for (const name of await ownNamesIn(incoming, 'incoming'))
          await unlink(incoming.at(name)).catch(() => {})
      }).catch(() => {})
    },
    place: ({ sha256 }, path, expects, as = asItWas) =>
      guarded(async () => {
        const staged = checkedSha256(sha256)
        return inOwn('incoming', (incoming) =>
          at(path, usualMode, async (place) => {
            const source = { folder: incoming, name: staged }
            const target = wayTo(place)
            if (expects === null) {
              await freeOfFolder(target)
              const modeFor = device === null ? null : (made: number) => modeWith(made, as)
              if (!(await readyStaged(source, place, modeFor, as.modifiedAt))) return 'changed'
              if ((await giveName(source, place)) !== 'given') return 'changed'
            } else {
              const before = await lstat(target).catch(() => null)
              const now = await statOf(target)
              if (!before || !now || !sameStamp(now, expects)) return 'changed'
              const mode = before.mode & 0o777
              const modeFor = () => (device === null ? mode : modeWith(mode, as))
              if (!(await readyStaged(source, place, modeFor, as.modifiedAt))) return 'changed'
              if ((await replaceName(holding, source, place)) === 'moved') return 'changed'
            }
            await place.folder.sync()
            return stampAt(target)
          }),
        )
      }),
    setExecutable: (path, expects, isExecutable) =>
      guarded(() =>
        found(path, expects, async (place) => {
          const handle = await open(wayTo(place), constants.O_RDONLY | withoutFollowing)
          try {
            const entry = await handle.stat({ bigint: true })
            if (!sameStamp(stampOf(entry), expects)) return 'changed'
            const mode = Number(entry.mode & 0o7777n)
            await handle.chmod(modeWith(mode, { isExecutable, isOwnerOnly: false }))
            const stamp = stampOf(await handle.stat({ bigint: true }), device)
            // Whoever wrote meanwhile wrote other bytes.
            if (stamp.size !== expects.size || stamp.modified !== expects.modified) return 'changed'
            if (stamp.permissions?.isExecutable !== isExecutable)
              throw new Failure('disk.denied', 'The disk does not keep the mode of this file.')
            return stamp
          } finally {
            await handle.close()
          }
        }),
      ),
    move: (from, to, expects) =>
      guarded(() =>
        found(from, expects, async (source) => {
          if (foldPath(from) === foldPath(to)) return respell(from, to)
          const moved = await at(to, modeFor(diskOf(from)), async (target) => {
            const words = { from: diskOf(from), to: diskOf(to) }
            await freeOfFolder(wayTo(target))
            if ((await moveName(holding, words, source, target)) !== 'given') return 'changed'
            await target.folder.sync()
            await source.folder.sync()
            return stampAt(wayTo(target))
          })
          if (moved === 'changed') return moved
          await tidy(diskOf(from))
          spelled.delete(from)
          return moved
        }),
      ),
    setAside: (path, key, expects) =>
      guarded(async () => {
        const moved = await found(path, expects, (source) =>
          inOwn('aside', async (folder) => {
            const target = { folder, name: key }
            await rename(wayTo(source), wayTo(target))
            if (!(await folder.isInPlace())) {
              await rename(wayTo(target), wayTo(source))
              return 'changed'
            }
            await folder.sync()
            await source.folder.sync()
            return stampAt(wayTo(target))
          }),
        )
        const before = diskOf(path)
        if (moved === 'changed') return moved
        // Its folder may be what is in its way.
        await tidy(before)
        spelled.delete(path)
        return moved
      }),
    aside: () =>
      guarded(async () => {
        // Asked for by who mends what a crash left.
        await endMoves(holding)
        const entries = await ifThere(holding, [ownFolder, 'aside'], async (aside) =>
          Promise.all(
            (await ownNamesIn(aside, 'aside')).map(async (key) => ({
              key,
              stamp: await statOf(aside.at(key)),
            })),
          ),
        )
        return (entries ?? []).flatMap(({ key, stamp }) => (stamp ? [{ key, stamp }] : []))
      }),
    bringBack: (key, path) =>
      guarded(() =>
        inOwn('aside', (aside) =>
          at(path, usualMode, async (place) => {
            await freeOfFolder(wayTo(place))
            if ((await giveName({ folder: aside, name: key }, place)) !== 'given') return 'changed'
            await place.folder.sync()
            return stampAt(wayTo(place))
          }),
        ),
      ),
    discard: (path, expects, { sha256, fileId = null }) =>
      guarded(async () => {
        const gone = await found(path, expects, async (source) => {
          const what = { path, sha256, size: expects.size, fileId }
          if ((await intoTrash(root, wayTo(source), what)) === 'moved') return 'changed'
          await source.folder.sync()
          return 'done'
        })
        if (gone === 'changed') return gone
        await tidy(diskOf(path))
        spelled.delete(path)
        return gone
      }),
    close: () => scanner.close(),
  }
}
