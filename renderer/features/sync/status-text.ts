import type { FolderLink } from '../../../src/contract/folders.ts'
import type { Pending, SyncState, Transfer } from '../../../src/contract/sync.ts'
import { isStopped, needsAnswer, needsAttention } from '../../../src/sync/attention.ts'
import type { Speed } from '../../../src/transfer/transfer-rate.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'

export type StatusText = {
  word: string
  detail: string | null
  tone: 'neutral' | 'info' | 'success' | 'warning' | 'danger'
}

type Folder = Pick<FolderLink, 'status' | 'transfers' | 'pending' | 'parked' | 'held'>

/** Sync in a word and a detail; the same words everywhere. `folders`: those that are linked. */
export const statusText = (
  state: SyncState,
  folders: readonly Folder[] = [],
  conflicts = 0,
): StatusText => {
  const toSend = folders.reduce((sum, { pending }) => sum + pending.up, state.outbox)
  const waiting = toSend > 0 ? `${formatCount(toSend)} to send` : null
  if (state.paused) return { word: 'Paused', detail: waiting, tone: 'neutral' }
  if (state.phase === 'checking') return { word: 'Checking', detail: null, tone: 'info' }
  if (state.phase === 'transferring')
    return {
      word: `Syncing ${formatCount(state.filesDone)} of ${formatCount(state.filesTotal)}`,
      detail: `${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`,
      tone: 'info',
    }
  if (state.phase === 'offline') return { word: 'Offline', detail: waiting, tone: 'warning' }
  if (state.phase === 'failed' || state.parked.some(needsAnswer) || folders.some(needsAttention))
    return { word: 'Needs your attention', detail: waiting, tone: 'danger' }
  if (conflicts > 0)
    return {
      word: conflicts === 1 ? 'One conflict' : `${formatCount(conflicts)} conflicts`,
      detail: waiting,
      tone: 'danger',
    }
  if (state.phase === 'paused') return { word: 'Paused', detail: waiting, tone: 'neutral' }
  if (state.stopped) return { word: 'Stopped', detail: waiting, tone: 'neutral' }
  if (folders.some(isMoving)) return { word: 'Syncing folders', detail: waiting, tone: 'info' }
  const stopped = [state, ...folders].flatMap(({ parked }) => parked.filter(isStopped)).length
  if (stopped > 0)
    return {
      word: stopped === 1 ? 'One file stopped' : `${formatCount(stopped)} files stopped`,
      detail: waiting,
      tone: 'neutral',
    }
  if (waiting) return { word: 'Waiting', detail: waiting, tone: 'neutral' }
  return { word: 'Up to date', detail: null, tone: 'success' }
}

/** Looking every few seconds whether there is something to do is not worth a word. */
const isMoving = ({ status, transfers, pending: { up, down } }: Folder): boolean =>
  status === 'syncing' && transfers.length + up + down > 0

/** Files under way beside those that are shown, of which there is a total only. */
export const unshown = ({
  filesDone,
  filesTotal,
  pending: { up, down },
  transfers,
}: Pick<SyncState, 'filesDone' | 'filesTotal' | 'pending' | 'transfers'>): number =>
  transfers.length === 0 ? 0 : Math.max(0, filesTotal - filesDone - up - down - transfers.length)

/** "3 files to send, 12 to fetch"; null when nothing waits. */
export const pendingText = ({ up, down }: Pending): string | null => {
  const files = (count: number): string =>
    count === 1 ? 'One file' : `${formatCount(count)} files`
  if (up > 0 && down > 0) return `${files(up)} to send, ${formatCount(down)} to fetch`
  if (up > 0) return `${files(up)} to send`
  return down > 0 ? `${files(down)} to fetch` : null
}

const counted = (count: number, unit: string): string =>
  count === 1 ? `about a${unit === 'hour' ? 'n' : ''} ${unit} left` : `about ${count} ${unit}s left`

/** "2.4 MB/s · about 3 minutes left"; null while neither is known. */
export const speedText = ({ bytesPerSecond, secondsLeft }: Speed): string | null => {
  if (bytesPerSecond === null) return null
  if (bytesPerSecond === 0) return 'Nothing moves just now'
  const speed = `${formatBytes(bytesPerSecond)}/s`
  if (secondsLeft === null) return speed
  const minutes = Math.round(secondsLeft / 60)
  const left =
    secondsLeft < 10
      ? 'a few seconds left'
      : secondsLeft < 45
        ? 'less than a minute left'
        : minutes < 60
          ? counted(Math.max(1, minutes), 'minute')
          : minutes < 24 * 60
            ? counted(Math.round(minutes / 60), 'hour')
            : 'more than a day left'
  return `${speed} · ${left}`
}

/** The same of one file; its last bytes may be on their way into a commit for a while. */
export const transferText = (transfer: Transfer): string | null =>
  transfer.bytesTotal > 0 && transfer.bytesDone >= transfer.bytesTotal
    ? 'Finishing'
    : speedText(transfer)
