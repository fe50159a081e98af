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

/** What of a folder's files moves, what waits, and how fast it goes: of all passes in a row. */
export const openMoving = (artifactId: string, time: Time, changed: () => void) => {
  const transfers = new Map<string, Moving>()
  /** What was planned and is not done; after a pass that ended early it still waits. */
  const waiting = new WaitingList()
  const speed = new Speedometer(() => time.elapsed())
  /** Bytes, by path. */
  let planned = new Map<string, number>()
  let done = { files: 0, bytes: 0 }
  /** Bytes of what is planned. */
  let left = 0
  const drop = (path: string): void => {
    left -= planned.get(path) ?? 0
    planned.delete(path)
    transfers.delete(path)
    waiting.done(path)
    speed.drop(path)
  }
  const counts = (): Counts => {
    let bytesDone = done.bytes
    for (const { path, bytesDone: bytes } of transfers.values())
      bytesDone += Math.min(bytes, planned.get(path) ?? 0)
    return {
      ...{ filesDone: done.files, filesTotal: done.files + planned.size },
      ...{ bytesDone, bytesTotal: done.bytes + left },
    }
  }
  const progress: FolderProgress = {
    planned: (files) => {
      waiting.replace(
        files.map(({ path, direction }) => [path, { artifactId, title: null, path, direction }]),
      )
      planned = new Map(files.map(({ path, bytes }) => [path, bytes]))
      left = files.reduce((sum, { bytes }) => sum + bytes, 0)
      for (const path of transfers.keys()) if (!planned.has(path)) transfers.delete(path)
      changed()
    },
    transfer: ({ path, direction, bytesDone, bytesTotal }) => {
      speed.note(path, bytesDone, bytesTotal)
      transfers.set(path, {
        ...{ fileId: artifactId, artifactId, path, direction, bytesDone, bytesTotal },
      })
      changed()
    },
    stopped: (path) => {
      drop(path)
      changed()
    },
    finished: (path) => {
      done = { files: done.files + 1, bytes: done.bytes + (planned.get(path) ?? 0) }
      drop(path)
      changed()
    },
  }
  return {
    progress,
    began: (): void => {
      done = { files: 0, bytes: 0 }
      planned = new Map()
      left = 0
      speed.restart()
    },
    /** A pass ended: nothing moves. */
    ended: (): void => transfers.clear(),
    /** It came to its end: nothing waits either. */
    settled: (): void => waiting.replace([]),
    /** `isUnderWay`: whether how fast it goes means anything. */
    figures: (isUnderWay: boolean): Figures => {
      const now = counts()
      return {
        ...now,
        ...(isUnderWay ? speed.all(now.bytesTotal - now.bytesDone) : unknownSpeed),
        transfers: [...transfers.values()].slice(0, shown).map((each) => ({
          ...each,
          ...speed.of(each.path, each.bytesTotal - each.bytesDone),
        })),
        pending: waiting.pending(new Set(transfers.keys())),
      }
    },
  }
}
