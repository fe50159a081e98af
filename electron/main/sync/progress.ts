import type { ParkedItem, SyncState, Transfer } from '../../../src/contract/sync.ts'
import { idleSync } from '../../../src/contract/sync.ts'

export type Progress = ReturnType<typeof openProgress>

/** The one visible state of sync, told at most four times a second; the last word is always told. */
export const openProgress = (tell: (state: SyncState) => void) => {
  let state: SyncState = idleSync
  const transfers = new Map<string, Transfer>()
  let timer: NodeJS.Timeout | null = null
  const snapshot = (): SyncState => ({
    ...state,
    // An upload that had to be repeated counts once.
    bytesDone: Math.min(state.bytesDone, state.bytesTotal),
    transfers: [...transfers.values()].slice(0, 12),
  })
  const flush = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    tell(snapshot())
  }
  let closed = false
  const soon = (): void => {
    if (!closed) timer ??= setTimeout(flush, 200)
  }
  return {
    snapshot,
    set: (change: Partial<SyncState>): void => {
      const before = state.phase
      state = { ...state, ...change }
      if (change.phase && change.phase !== before) flush()
      else soon()
    },
    /** Bytes of one transfer; answers nothing, adds up by itself. */
    transfer: (current: Transfer): void => {
      const known = transfers.get(current.fileId)
      transfers.set(current.fileId, current)
      state = {
        ...state,
        bytesDone: Math.max(0, state.bytesDone + current.bytesDone - (known?.bytesDone ?? 0)),
      }
      soon()
    },
    finished: (fileId: string): void => {
      transfers.delete(fileId)
      state = { ...state, filesDone: state.filesDone + 1 }
      soon()
    },
    dropped: (fileId: string): void => void transfers.delete(fileId),
    waiting: (outbox: number, parked: ParkedItem[]): void => {
      state = { ...state, outbox, parked }
      soon()
    },
    close: (): void => {
      closed = true
      if (timer) clearTimeout(timer)
    },
  }
}
