import { relative, sep } from 'node:path'
import { subscribe } from '@parcel/watcher'
import {
  displayNameOf,
  isOwnName,
  ownFolder,
  type Platform,
} from '../../../../src/domain/disk-name.ts'
import type { Watch } from '../../../../src/sync/folder/follower.ts'
import { isNever } from '../../../../src/sync/folder/ignore/defaults.ts'

/** Milliseconds until a folder that could not be watched is tried again. */
const patience = 5_000
/** More than so many changes at once are quicker found by looking everywhere. */
const burst = 2_000

const isOurs = (name: string): boolean => isOwnName(name, process.platform as Platform)

/** Folders of version control, which are never synced: each command there would wake the folder, each costs watches. */
const unwatched = ['.git', '.hg', '.svn', '.bzr', '.jj', '_darcs', '.pijul'].map(
  (name) => `**/${name}/**`,
)

/** Tells which paths (as people see them) may have changed, or that everything may have. Never throws. */
export const watchFolder = (root: string, changed: Parameters<Watch>[0]): ReturnType<Watch> => {
  let closed = false
  let end: (() => Promise<void>) | null = null
  let timer: NodeJS.Timeout | null = null
  const again = (): void => {
    if (!closed) timer ??= setTimeout(begin, patience).unref()
  }
  const begin = (): void => {
    timer = null
    void subscribe(
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
        // The root itself: it was removed, or another disk is in its place.
        if (paths.length > burst || paths.includes('')) changed('everything')
        else if (paths.length > 0) changed(paths)
      },
      { ignore: [ownFolder, ...unwatched] },
    ).then(
      async (subscription) => {
        if (closed) return subscription.unsubscribe()
        end = () => subscription.unsubscribe()
        // What happened before anybody watched.
        changed('everything')
      },
      () => again(),
    )
  }
  begin()
  return {
    renew: (): void => {
      const before = end
      end = null
      if (before) void before().then(begin, begin)
    },
    close: (): void => {
      closed = true
      if (timer) clearTimeout(timer)
      void end?.().catch(() => {})
    },
  }
}
