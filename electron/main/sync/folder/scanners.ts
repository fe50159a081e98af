import { availableParallelism } from 'node:os'
import type { DiskFile } from '../../../../src/sync/folder/ports.ts'
import { openDatabaseWorker, type Remotely } from '../../cache/client.ts'
import type { Looked, Scanner } from './scanner.ts'

/** Files from which on a second scanner helps: asking the disk about each is most of a look, and it answers two at once. */
const manyFiles = 10_000

/** Who looks at one folder, in threads of their own. */
export const openScanners = async (root: string, worker: URL) => {
  const scanner = await openDatabaseWorker<Scanner>(root, worker)
  let helper: Remotely<Scanner> | null = null
  /** Files that were found last. */
  let count = 0
  return {
    scanner,
    scan: async (
      linkId: string,
      found: (files: DiskFile[]) => void,
    ): Promise<Omit<Looked, 'files'>> => {
      const scanners = [scanner]
      if (helper || (count >= manyFiles && availableParallelism() > 1)) {
        helper ??= await openDatabaseWorker<Scanner>(root, worker)
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
      return {
        spelled: looked.flatMap(({ spelled }) => spelled),
        refused: looked.flatMap(({ refused }) => refused),
        unread: [...new Set(looked.flatMap(({ unread }) => unread))],
      }
    },
    close: async (): Promise<void> => {
      await Promise.all([scanner.close(), helper?.close()])
    },
  }
}
