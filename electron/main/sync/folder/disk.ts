import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../src/contract/failure.ts'
import { diskPathOf, ownFolder, type Platform } from '../../../../src/domain/disk-name.ts'
import { foldPath, parseFilePath } from '../../../../src/domain/file-path.ts'
import type { Disk, Staging, Stamp } from '../../../../src/sync/folder/ports.ts'
import { sameStamp } from '../../../../src/sync/folder/stamp.ts'
import { writeBehind } from '../../../disk/write-behind.ts'
import { openDatabaseWorker, type Remotely } from '../../cache/client.ts'
import { codeOf, folderFailure, statOf, syncFolder } from './durable.ts'
import { endMoves, giveName, isListed, moveName, nameRefused } from './names.ts'
import { type Looked, markName, type Scanner } from './scanner.ts'
import { intoTrash } from './trash.ts'

/** Bytes up to which a file is read in one go, by the worker: one message instead of five trips to a thread. */
const smallRead = 256 * 1024
/** Bytes of a larger one that are read at once. */
const portion = 512 * 1024
/** Files from which on a second scanner helps: asking the disk about each is most of a look, and it answers two at once. */
const manyFiles = 10_000
const mark = z.object({ linkId: z.string() })
const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  // Of another drive there is no way but the absolute one.
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
/** The link whose mark a folder bears; null is none that can be read. */
const markedFor = (root: string): Promise<string | null> =>
  readFile(join(root, ownFolder, markName), 'utf8').then(
    (text) => mark.safeParse(JSON.parse(text)).data?.linkId ?? null,
    () => null,
  )
/** Whether this is the folder of a link, wherever it is. */
export const isFolderOf = async (linkId: string, root: string): Promise<boolean> => {
  const isFolder = await lstat(root).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  return isFolder && (await markedFor(root)) === linkId
}
/** `linked`: the folders of other links. @throws folder.not-ours when it is one of them, or in or around one */
export const refuseLinked = (root: string, linked: readonly string[]): void => {
  const place = resolve(root)
  if (linked.some((other) => isInside(place, resolve(other)) || isInside(resolve(other), place)))
    throw new Failure('folder.not-ours', 'The folder is linked already, or lies in one that is.')
}

/**
 * Makes a folder this link's. `linked`: the folders of other links.
 * @throws folder.not-ours when it is another link's, or in or around one; folder.missing when it is no folder
 */
export const markFolder = async (
  root: string,
  linkId: string,
  linked: readonly string[],
): Promise<void> => {
  refuseLinked(root, linked)
  const place = resolve(root)
  try {
    if (!(await lstat(place)).isDirectory())
      throw new Failure('folder.missing', 'This is not a folder.')
    const file = join(place, ownFolder, markName)
    const before = await markedFor(place)
    if (before && before !== linkId)
      throw new Failure('folder.not-ours', 'Another link has left its mark in this folder.')
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify({ linkId }), { flush: true })
    await syncFolder(dirname(file))
  } catch (error) {
    throw folderFailure(error)
  }
}

/** Takes the mark away; the files stay, and so does a trash that holds something. */
export const unmarkFolder = async (root: string): Promise<void> => {
  await rm(join(root, ownFolder, markName), { force: true })
  for (const name of ['incoming', 'aside', 'moving'])
    await rm(join(root, ownFolder, name), { recursive: true, force: true })
  for (const place of [join(root, ownFolder, 'trash'), join(root, ownFolder)])
    await rmdir(place).catch(() => {})
}

/** One linked folder on the real disk. `worker` is the built scanner. */
export const openDisk = async (options: {
  root: string
  linkId: string
  worker: URL
  platform?: Platform
}): Promise<Disk & { close(): Promise<void> }> => {
  const { root, linkId } = options
  const platform = options.platform ?? (process.platform as Platform)
  const scanner = await openDatabaseWorker<Scanner>(root, options.worker)
  let helper: Remotely<Scanner> | null = null
  /** Files that were found last. */
  let count = 0
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
      const scanners = [scanner]
      if (helper || (count >= manyFiles && availableParallelism() > 1)) {
        helper ??= await openDatabaseWorker<Scanner>(root, options.worker)
        scanners.push(helper)
      }
      count = 0
      const ends = await Promise.allSettled(
        scanners.map(async (each, part) => {
          await each.scan(linkId, { part, of: scanners.length })
          for (let next = each.more(); ; ) {
            const { files, end } = await next
            // It goes on looking while these are compared.
            if (!end) next = each.more()
            count += files.length
            found(files)
            if (end) return end
          }
        }),
      )
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed) throw failed.reason
      const looked = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
      spelled.clear()
      learn(looked.flatMap(({ spelled: names }) => names))
      return {
        refused: looked.flatMap(({ refused }) => refused),
        unread: [...new Set(looked.flatMap(({ unread }) => unread))],
      }
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
    stage: ({ sha256, size }) =>
      guarded(async (): Promise<Staging> => {
        const file = own('incoming', sha256)
        if (!(await lstat(own(markName)).catch(() => null)))
          throw new Failure('folder.missing', 'The linked folder is not there.')
        await mkdir(dirname(file), { recursive: true })
        // A crash while it got its name left it both names: this file is a person's by now.
        const before = await lstat(file).catch(() => null)
        if (before && before.nlink > 1) await unlink(file)
        const handle = await open(file, 'a+')
        let hash = createHash('sha256')
        let at = 0
        try {
          at = Number((await handle.stat()).size)
          if (at > size) {
            await handle.truncate(0)
            at = 0
          }
          if (at > 0)
            for await (const chunk of createReadStream(file, { end: at - 1 })) hash.update(chunk)
          const { bavail, blocks, bsize } = await statfs(file)
          // Who fills a disk to its last byte takes the person's room too. (Some disks do not tell.)
          if (blocks > 0 && size - at > bavail * bsize)
            throw new Failure('disk.full', 'The disk has no room for this file.')
        } catch (error) {
          await handle.close()
          throw error
        }
        const kept = at
        const written = writeBehind(handle)
        const reset = async (): Promise<void> => {
          await written.drop()
          await handle.truncate(0)
          hash = createHash('sha256')
          at = 0
        }
        return {
          kept,
          write: (bytes) =>
            guarded(async () => {
              hash.update(bytes)
              at += bytes.byteLength
              await written.add(bytes).catch(async (error: unknown) => {
                // The room goes back to the person.
                if (isFull(error)) await reset().catch(() => {})
                throw error
              })
            }),
          reset: () => guarded(reset),
          seal: () =>
            guarded(async () => {
              if (at !== size || hash.copy().digest('hex') !== sha256) {
                await reset()
                throw new Failure('file.hash-mismatch', 'The bytes are not what was promised.')
              }
              await written.end().catch(async (error: unknown) => {
                if (isFull(error)) await reset().catch(() => {})
                throw error
              })
              await handle.sync()
            }),
          // What came before a cut is kept for the next try.
          close: () =>
            written
              .end()
              .catch(() => {})
              .then(() => handle.close()),
        }
      }),
    clearStaging: async () => {
      for (const name of await readdir(own('incoming')).catch(() => []))
        await unlink(own('incoming', name)).catch(() => {})
    },
    place: ({ sha256 }, path, expects) =>
      guarded(async () => {
        const staged = own('incoming', sha256)
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
    close: async () => {
      await Promise.all([scanner.close(), helper?.close()])
    },
  }
}
