import { plural, t } from '@lingui/core/macro'
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

type Folder = Pick<FolderLink, 'status' | 'transfers' | 'pending' | 'blocked' | 'held'>

/** Sync in a word and a detail; the same words everywhere. `folders`: those that are linked. */
export const statusText = (
  state: SyncState,
  folders: readonly Folder[] = [],
  conflicts = 0,
): StatusText => {
  const toSend = folders.reduce(
    (sum, { pending }) => sum + pending.up,
    state.outbox + state.mutations.waiting,
  )
  const waiting = toSend > 0 ? t`${formatCount(toSend)} to send` : null
  if (state.paused) return { word: t`Paused`, detail: waiting, tone: 'neutral' }
  if (state.phase === 'checking') return { word: t`Checking`, detail: null, tone: 'info' }
  if (state.phase === 'transferring')
    return {
      word: t`Syncing ${formatCount(state.filesDone)} of ${formatCount(state.filesTotal)}`,
      detail: t`${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`,
      tone: 'info',
    }
  if (state.phase === 'offline') return { word: t`Offline`, detail: waiting, tone: 'warning' }
  if (
    state.phase === 'failed' ||
    state.blocked.some(needsAnswer) ||
    state.mutations.blocked > 0 ||
    folders.some(needsAttention)
  )
    return { word: t`Needs your attention`, detail: waiting, tone: 'danger' }
  if (conflicts > 0)
    return {
      word: plural(conflicts, { one: 'One conflict', other: '# conflicts' }),
      detail: waiting,
      tone: 'danger',
    }
  if (state.phase === 'paused') return { word: t`Paused`, detail: waiting, tone: 'neutral' }
  if (state.stopped) return { word: t`Stopped`, detail: waiting, tone: 'neutral' }
  if (folders.some(isMoving)) return { word: t`Syncing folders`, detail: waiting, tone: 'info' }
  const stopped = [state, ...folders].flatMap(({ blocked }) => blocked.filter(isStopped)).length
  if (stopped > 0)
    return {
      word: plural(stopped, { one: 'One file stopped', other: '# files stopped' }),
      detail: waiting,
      tone: 'neutral',
    }
  if (waiting) return { word: t`Waiting`, detail: waiting, tone: 'neutral' }
  return { word: t`Up to date`, detail: null, tone: 'success' }
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
  const toSend = plural(up, { one: 'One file to send', other: '# files to send' })
  if (up > 0 && down > 0) return t`${toSend}, ${formatCount(down)} to fetch`
  if (up > 0) return toSend
  return down > 0 ? plural(down, { one: 'One file to fetch', other: '# files to fetch' }) : null
}

const minutesLeft = (minutes: number): string =>
  plural(minutes, { one: 'about a minute left', other: 'about # minutes left' })
const hoursLeft = (hours: number): string =>
  plural(hours, { one: 'about an hour left', other: 'about # hours left' })

/** "2.4 MB/s · about 3 minutes left"; null while neither is known. */
export const speedText = ({ bytesPerSecond, secondsLeft }: Speed): string | null => {
  if (bytesPerSecond === null) return null
  if (bytesPerSecond === 0) return t`Nothing moves just now`
  const speed = `${formatBytes(bytesPerSecond)}/s`
  if (secondsLeft === null) return speed
  const minutes = Math.round(secondsLeft / 60)
  const left =
    secondsLeft < 10
      ? t`a few seconds left`
      : secondsLeft < 45
        ? t`less than a minute left`
        : minutes < 60
          ? minutesLeft(Math.max(1, minutes))
          : minutes < 24 * 60
            ? hoursLeft(Math.round(minutes / 60))
            : t`more than a day left`
  return `${speed} · ${left}`
}

/** The same of one file; its last bytes may be on their way into a commit for a while. */
export const transferText = (transfer: Transfer): string | null =>
  transfer.bytesTotal > 0 && transfer.bytesDone >= transfer.bytesTotal
    ? t`Finishing`
    : speedText(transfer)
