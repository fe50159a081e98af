import type { SyncState } from '../../../src/contract/sync.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'

export type StatusText = {
  word: string
  detail: string | null
  tone: 'neutral' | 'info' | 'success' | 'warning' | 'danger'
}

/** Sync in a word and a detail; the same words everywhere. */
export const statusText = (state: SyncState): StatusText => {
  const waiting = state.outbox > 0 ? `${formatCount(state.outbox)} to send` : null
  if (state.phase === 'checking') return { word: 'Checking', detail: null, tone: 'info' }
  if (state.phase === 'transferring')
    return {
      word: `Syncing ${formatCount(state.filesDone)} of ${formatCount(state.filesTotal)}`,
      detail: `${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`,
      tone: 'info',
    }
  if (state.phase === 'offline') return { word: 'Offline', detail: waiting, tone: 'warning' }
  if (state.phase === 'failed' || state.parked.length > 0)
    return { word: 'Needs your attention', detail: waiting, tone: 'danger' }
  if (state.phase === 'paused') return { word: 'Paused', detail: waiting, tone: 'neutral' }
  if (state.failure === 'sync.cancelled')
    return { word: 'Stopped', detail: waiting, tone: 'neutral' }
  if (waiting) return { word: 'Waiting', detail: waiting, tone: 'neutral' }
  return { word: 'Up to date', detail: null, tone: 'success' }
}
