import { availableParallelism } from 'node:os'
import { setImmediate as turnEnds } from 'node:timers/promises'
import type { DiskFile } from '../../../../src/sync/folder/ports.ts'
import { openDatabaseWorker, type Remotely } from '../../cache/client.ts'
import { type Looked, type Name, type Scanner, unreadOf } from './scanner.ts'

/** Files from which on a helper asks the disk about some: that is most of a look, and a disk answers two at once. */
const manyFiles = 10_000

/** Whose failure is met where it is awaited, later than it may come. */
const awaitedLater = <T>(work: Promise<T>): Promise<T> => {
  work.catch(() => {})
  return work
}

/** Who looks at one folder, in threads of their own: one lists it, a helper asks about most of what is listed. */
export const openScanners = async (root: string, worker: URL, many = manyFiles) => {
  const scanner = await openDatabaseWorker<Scanner>(root, worker)
  let helper: Remotely<Scanner> | null = null
  /** Files that were found last. */
  let count = 0
  /** Whoever cannot help is not asked again: the scanner can do all of it. */
  const helped = async (names: Name[]): Promise<ReturnType<Scanner['stamps']>> => {
    const found = await helper?.stamps(names).catch(() => null)
    if (found) return found
    helper = null
    return scanner.stamps(names)
  }
  return {
    scanner,
    scan: async (
      linkId: string,
      found: (files: DiskFile[]) => void,
    ): Promise<Omit<Looked, 'files'>> => {
      if (count >= many && availableParallelism() > 1)
        helper ??= await openDatabaseWorker<Scanner>(root, worker).catch(() => null)
      const left: Promise<Omit<ReturnType<Scanner['stamps']>, 'files'>>[] = []
      const take = (files: DiskFile[]): void => {
        count += files.length
        found(files)
      }
      await scanner.scan(linkId, helper !== null)
      count = 0
      try {
        for (let next = scanner.more(); ; ) {
          const { files, names, end } = await next
          if (!end) next = awaitedLater(scanner.more())
          // Calls go at the end of a turn: it is to go on looking while these are compared.
          await turnEnds()
          if (names.length > 0)
            left.push(
              awaitedLater(
                helped(names).then(({ files, ...rest }) => {
                  take(files)
                  return rest
                }),
              ),
            )
          take(files)
          if (!end) continue
          const all = [end, ...(await Promise.all(left))]
          return {
            spelled: end.spelled,
            refused: all.flatMap(({ refused }) => refused),
            unread: [...end.unread, ...unreadOf(all.flatMap(({ vanished }) => vanished))],
          }
        }
      } finally {
        // Nobody is told of more once this has ended.
        await Promise.allSettled(left)
      }
    },
    close: async (): Promise<void> => {
      await Promise.all([scanner.close(), helper?.close()])
    },
  }
}
