import { join, relative, sep } from 'node:path'
import {
  displayNameOf,
  isOwnName,
  ownFolder,
  type Platform,
} from '../../../../src/domain/disk-name.ts'
import type { Watch } from '../../../../src/sync/folder/folder-loop.ts'
import { isNever } from '../../../../src/sync/folder/ignore/defaults.ts'
import { areWatched } from './watched-folders.ts'

/** Milliseconds until a folder that could not be watched is tried again: first, and at most. */
const retryMs = 5_000
const maxRetryMs = 60_000
/** Milliseconds until one that is watched in part is tried as a whole again. */
const retryPartMs = 10 * 60_000
/** Milliseconds after which the folders that came are counted on to be watched. */
const settleMs = 1_000
/** More than so many changes at once are quicker found by looking everywhere. */
const maxChanges = 2_000

const isOurs = (name: string): boolean => isOwnName(name, process.platform as Platform)

/** Folders of version control, which are never synced: each command there would wake the folder, each costs watches. */
const unwatchedNames = ['.git', '.hg', '.svn', '.bzr', '.jj', '_darcs', '.pijul']
const unwatched = unwatchedNames.map((name) => `**/${name}/**`)

/**
 * Tells which paths (as people see them) may have changed, or that everything may have, and how much of the folder it
 * sees at all. Never throws.
 */
export const watchFolder = (
  root: string,
  changed: Parameters<Watch>[0],
  sees: Parameters<Watch>[1],
): ReturnType<Watch> => {
  let closed = false
  let end: (() => Promise<void>) | null = null
  let timer: NodeJS.Timeout | null = null
  let checking: NodeJS.Timeout | null = null
  let failures = 0
  /** Folders among them are to be watched by now. */
  let fresh = new Set<string>()
  const isLeftAlone = (path: string): boolean =>
    path === join(root, ownFolder) ||
    relative(root, path)
      .split(sep)
      .some((name) => unwatchedNames.includes(name))
  const later = (milliseconds: number, work: () => void): void => {
    if (!closed) timer ??= setTimeout(work, milliseconds).unref()
  }
  const again = (): void => {
    sees('none')
    later(Math.min(retryMs * 2 ** failures, maxRetryMs), begin)
    failures += 1
  }
  const renew = (): void => {
    const before = end
    end = null
    if (timer) clearTimeout(timer)
    timer = null
    if (before) void before().then(begin, begin)
  }
  const check = async (folders: readonly string[]): Promise<boolean> => {
    const areAll = await areWatched(folders, isLeftAlone)
    if (closed || areAll) return areAll
    sees('partial')
    changed('everything')
    later(retryPartMs, renew)
    return false
  }
  const checkSoon = (paths: readonly string[]): void => {
    for (const path of paths) fresh.add(path)
    if (fresh.size > 0)
      checking ??= setTimeout(() => {
        checking = null
        const folders = fresh.size > maxChanges ? [root] : [...fresh]
        fresh = new Set()
        void check(folders)
      }, settleMs).unref()
  }
  const begin = (): void => {
    timer = null
    // When it is wanted, and not before: where its binary is missing, folders are looked through instead.
    const subscribing = import('@parcel/watcher').then(({ subscribe }) =>
      subscribe(
        root,
        (error, events) => {
          if (closed) return
          if (error) {
            changed('everything')
            void end?.().catch(() => {})
            end = null
            return again()
          }
          const paths = events
            .map(({ path }) => relative(root, path).split(sep))
            .filter((names) => !names.some(isOurs))
            .map((names) => names.map(displayNameOf).join('/'))
            .filter((path) => !isNever(path))
          checkSoon(events.flatMap(({ type, path }) => (type === 'create' ? [path] : [])))
          // The root itself: it was removed, or another disk is in its place.
          if (paths.length > maxChanges || paths.includes('')) changed('everything')
          else if (paths.length > 0) changed(paths)
        },
        { ignore: [ownFolder, ...unwatched] },
      ),
    )
    void subscribing.then(
      async (subscription) => {
        if (closed) return subscription.unsubscribe()
        end = () => subscription.unsubscribe()
        failures = 0
        // What happened before anybody watched.
        changed('everything')
        if (await check([root])) sees('full')
      },
      () => again(),
    )
  }
  begin()
  return {
    renew,
    close: (): void => {
      closed = true
      if (timer) clearTimeout(timer)
      if (checking) clearTimeout(checking)
      void end?.().catch(() => {})
    },
  }
}
