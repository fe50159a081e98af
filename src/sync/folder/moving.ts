import type { FolderLink } from '../../contract/folders.ts'
import { type Moving, type Speed, Speedometer, unknownSpeed } from '../speed.ts'
import type { Time } from '../time.ts'
import { WaitingList } from '../waiting-list.ts'
import type { FolderProgress } from './run.ts'

type Counts = Pick<FolderLink, 'filesDone' | 'filesTotal' | 'bytesDone' | 'bytesTotal'>
/** What is shown of it. */
export type Figures = Counts & Speed & Pick<FolderLink, 'transfers' | 'pending'>

/** More transfers at once nobody reads. */
const shown = 6

/** What of a folder's files moves, what waits, and how fast it goes. */
export const openMoving = (artifactId: string, time: Time, changed: () => void) => {
  const transfers = new Map<string, Moving>()
  /** What was planned and is not done; after a pass that ended early it still waits. */
  const waiting = new WaitingList()
  const speed = new Speedometer(() => time.elapsed())
  let counts: Counts = { filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0 }
  const count = (change: Partial<Counts>): void => {
    counts = { ...counts, ...change }
    changed()
  }
  const progress: FolderProgress = {
    planned: (files) => {
      speed.restart()
      waiting.replace(
        files.map(({ path, direction }) => [path, { artifactId, title: null, path, direction }]),
      )
      const bytesTotal = files.reduce((sum, { bytes }) => sum + bytes, 0)
      count({ filesDone: 0, filesTotal: files.length, bytesDone: 0, bytesTotal })
    },
    transfer: ({ path, direction, bytesDone, bytesTotal }) => {
      const before = transfers.get(path)?.bytesDone ?? 0
      speed.note(path, bytesDone, bytesTotal)
      transfers.set(path, {
        ...{ fileId: artifactId, artifactId, path, direction, bytesDone, bytesTotal },
      })
      count({ bytesDone: Math.max(0, counts.bytesDone + bytesDone - before) })
    },
    stopped: (path) => {
      transfers.delete(path)
      waiting.done(path)
      speed.drop(path)
      changed()
    },
    finished: (path) => {
      transfers.delete(path)
      waiting.done(path)
      speed.drop(path)
      count({ filesDone: counts.filesDone + 1 })
    },
  }
  return {
    progress,
    /** A pass ended: nothing moves. */
    ended: (): void => transfers.clear(),
    /** It came to its end: nothing waits either. */
    settled: (): void => waiting.replace([]),
    /** `isUnderWay`: whether how fast it goes means anything. */
    figures: (isUnderWay: boolean): Figures => ({
      ...counts,
      ...(isUnderWay ? speed.all(counts.bytesTotal - counts.bytesDone) : unknownSpeed),
      transfers: [...transfers.values()].slice(0, shown).map((each) => ({
        ...each,
        ...speed.of(each.path, each.bytesTotal - each.bytesDone),
      })),
      pending: waiting.pending(new Set(transfers.keys())),
    }),
  }
}
