import type { BlockedItem, PendingFile, SyncState } from '../../../../src/contract/sync.ts'
import { idleSync } from '../../../../src/contract/sync.ts'
import { mergePending, PendingTransfers } from '../../../../src/transfer/pending-transfers.ts'
import { ProgressCounter } from '../../../../src/transfer/progress-counter.ts'
import { type Moving, TransferRate } from '../../../../src/transfer/transfer-rate.ts'

/** Transfers that are told of: more push what waits out of sight. */
const maxShown = 6
/** Milliseconds between two words about progress. */
const progressEveryMs = 250
/** Milliseconds after which standing still is told. */
const standstillEveryMs = 1_000
/** A file that waits, by its id. */
export type Queued = readonly [fileId: string, file: PendingFile]

export type Progress = ReturnType<typeof openProgress>

/** The one visible state of sync, told at most four times a second; the last word is always told. */
export const openProgress = (tell: (state: SyncState) => void) => {
  let state: SyncState = idleSync
  const transfers = new Map<string, Moving>()
  const edits = new PendingTransfers()
  const downloads = new PendingTransfers()
  const speed = new TransferRate(() => performance.now())
  let timer: NodeJS.Timeout | null = null
  const counter = new ProgressCounter()
  const snapshot = (): SyncState => {
    const now = counter.counts
    const elsewhere = new Set([...transfers.keys(), ...state.blocked.map(({ fileId }) => fileId)])
    return {
      ...state,
      ...now,
      ...(state.phase === 'transferring' ? speed.all(now.bytesTotal - now.bytesDone) : {}),
      pending: mergePending(edits.pending(elsewhere), downloads.pending(elsewhere)),
      transfers: [...transfers.values()]
        .slice(0, maxShown)
        .map((each) => ({ ...each, ...speed.of(each.fileId, each.bytesTotal - each.bytesDone) })),
    }
  }
  const flush = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    tell(snapshot())
  }
  let closed = false
  const soon = (): void => {
    if (!closed) timer ??= setTimeout(flush, progressEveryMs)
  }
  // Standing still is worth a word too: nothing else would tell of it.
  const heartbeat = setInterval(
    () => state.phase === 'transferring' && soon(),
    standstillEveryMs,
  ).unref()
  const set = (change: Partial<SyncState>): void => {
    const before = state.phase
    state = { ...state, ...change }
    // What a pass that ended early had yet to bring still waits.
    if (change.phase === 'idle' && !change.failure) downloads.replace([])
    if (change.phase && change.phase !== before) flush()
    else soon()
  }
  return {
    snapshot,
    set,
    /** Passes over a project begin. */
    begin: (projectId: string): void => {
      speed.restart()
      counter.begin()
      downloads.replace([])
      set({ phase: 'checking', projectId, failure: null })
    },
    /** What is still to be done, by file id, what is on its way among it. */
    announce: (files: readonly (readonly [fileId: string, bytes: number])[]): void => {
      counter.plan(files)
      set({ phase: files.length > 0 ? 'transferring' : 'checking' })
    },
    /** Bytes of one transfer; answers nothing, adds up by itself. */
    transfer: (current: Moving): void => {
      transfers.set(current.fileId, current)
      speed.note(current.fileId, current.bytesDone, current.bytesTotal)
      counter.moved(current.fileId, current.bytesDone)
      soon()
    },
    finished: (fileId: string, direction: Moving['direction']): void => {
      counter.finished(fileId)
      transfers.delete(fileId)
      if (direction === 'up') edits.done(fileId)
      else downloads.done(fileId)
      speed.drop(fileId)
      soon()
    },
    dropped: (fileId: string): void => {
      counter.dropped(fileId)
      transfers.delete(fileId)
      speed.drop(fileId)
      soon()
    },
    /** Of the edits that are worth a try the first, and how many more there are; what is blocked of them is not among them. */
    waiting: (
      outbox: { count: number; first: readonly Queued[]; more: number },
      blocked: BlockedItem[],
    ): void => {
      edits.replace(outbox.first, outbox.more)
      state = { ...state, outbox: outbox.count, blocked }
      soon()
    },
    /** What a pass is going to bring here. */
    planned: (files: readonly Queued[]): void => downloads.replace(files),
    close: (): void => {
      closed = true
      clearInterval(heartbeat)
      if (timer) clearTimeout(timer)
    },
  }
}
