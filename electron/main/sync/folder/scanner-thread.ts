import { setImmediate as turnEnds } from 'node:timers/promises'
import { openDatabaseWorker } from '../../store/database-worker.ts'
import { eachFile } from './scan-encoding.ts'
import type { Looked, Scanner } from './scanner.ts'

/** Who looks at one folder, in a thread of its own. */
export const openScannerThread = async (root: string, worker: URL) => {
  const scanner = await openDatabaseWorker<Scanner>(root, worker)
  return {
    scanner,
    /** The whole folder, a few files at a time. */
    scan: async (
      linkId: string | null,
      found: (path: string, stamp: string) => void,
    ): Promise<Omit<Looked, 'files'>> => {
      await scanner.scan(linkId)
      for (let next = scanner.more(); ; ) {
        const { files, end } = await next
        if (!end) {
          next = scanner.more()
          // Its failure is met above, later than it may come.
          next.catch(() => {})
        }
        // Calls go at the end of a turn: it is to go on looking while these are compared.
        await turnEnds()
        eachFile(files, found)
        if (end) return end
      }
    },
  }
}
