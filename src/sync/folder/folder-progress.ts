import type { FolderLink } from '../../contract/folders.ts'
import type { Time } from '../../transfer/clock.ts'
import { PendingTransfers } from '../../transfer/pending-transfers.ts'
import { ProgressCounter } from '../../transfer/progress-counter.ts'
import {
  type Moving,
  type Speed,
  TransferRate,
  unknownSpeed,
} from '../../transfer/transfer-rate.ts'
import type { FolderProgress } from './execution-context.ts'

type Counts = Pick<FolderLink, 'filesDone' | 'filesTotal' | 'bytesDone' | 'bytesTotal'>
/** What is shown of it. */
export type Figures = Counts & Speed & Pick<FolderLink, 'transfers' | 'pending'>

/** More transfers at once nobody reads. */
const maxShown = 6

/** What of a folder's files moves, what waits, and how fast it goes: of all passes in a row. */
export const openFolderProgress = (artifactId: string, time: Time, changed: () => void) => {
  const transfers = new Map<string, Moving>()
  /** What was planned and is not done; after a pass that ended early it still waits. */
  const waiting = new PendingTransfers()
  const speed = new TransferRate(() => time.elapsed())
  const counter = new ProgressCounter()
  const stopsMoving = (path: string): void => {
    transfers.delete(path)
    counter.dropped(path)
  }
  const ended = (path: string): void => {
    transfers.delete(path)
    waiting.done(path)
    speed.drop(path)
    changed()
  }
  const progress: FolderProgress = {
    planned: (files) => {
      waiting.replace(
        files.map(({ path, direction }) => [path, { artifactId, title: null, path, direction }]),
      )
      const planned = new Map(files.map(({ path, bytes }) => [path, bytes]))
      counter.plan(planned)
      for (const path of transfers.keys()) if (!planned.has(path)) stopsMoving(path)
      changed()
    },
    transfer: ({ path, direction, bytesDone, bytesTotal }) => {
      speed.note(path, bytesDone, bytesTotal)
      counter.moved(path, bytesDone)
      transfers.set(path, {
        fileId: artifactId,
        artifactId,
        path,
        direction,
        bytesDone,
        bytesTotal,
      })
      changed()
    },
    stopped: (path) => {
      counter.leftOut(path)
      ended(path)
    },
    finished: (path) => {
      counter.finished(path)
      ended(path)
    },
  }
  return {
    progress,
    began: (): void => {
      counter.begin()
      speed.restart()
    },
    /** A pass ended: nothing moves. */
    ended: (): void => {
      for (const path of transfers.keys()) stopsMoving(path)
    },
    /** It came to its end: nothing waits either. */
    settled: (): void => waiting.replace([]),
    /** `isUnderWay`: whether how fast it goes means anything. */
    figures: (isUnderWay: boolean): Figures => {
      const now = counter.counts
      return {
        ...now,
        ...(isUnderWay ? speed.all(now.bytesTotal - now.bytesDone) : unknownSpeed),
        transfers: [...transfers.values()].slice(0, maxShown).map((each) => ({
          ...each,
          ...speed.of(each.path, each.bytesTotal - each.bytesDone),
        })),
        pending: waiting.pending(new Set(transfers.keys())),
      }
    },
  }
}
