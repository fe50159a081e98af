import { plural, t } from '@lingui/core/macro'
import { outageAfterMs } from '../domain/outage.ts'
import { type Need, needsOf, type World } from './needs.ts'

/** How sync stands, in one word for an icon and a few for whoever reads. */
export type Standing = {
  kind: 'signed-out' | 'up-to-date' | 'syncing' | 'paused' | 'needs-you' | 'offline'
  words: string
  needs: readonly Need[]
  /** From 0 to 1 while something moves that has a length; else null. */
  progress: number | null
}

const known = new Set(['active', 'offline', 'reauthenticate', 'locked'])

/** `now`: milliseconds since the epoch. A server that is missed for a moment only is no news. */
export const standingOf = (world: World, now: number): Standing => {
  const { session, sync, folders, network } = world
  const needs = needsOf(world)
  const said = (
    kind: Standing['kind'],
    words: string,
    progress: number | null = null,
  ): Standing => ({
    kind,
    words,
    needs,
    progress,
  })
  const needsYou = (): Standing =>
    said(
      'needs-you',
      plural(needs.length, { one: 'One thing needs you', other: '# things need you' }),
    )
  // Whoever is there, or is to be: without an answer they cannot be known.
  if (network.questions.length > 0) return needsYou()
  if (!known.has(session.status)) return said('signed-out', t`Nobody is signed in`)
  const moving = [sync, ...folders].filter(({ transfers }) => transfers.length > 0)
  const isMissed = sync.missedSince !== null && now - Date.parse(sync.missedSince) >= outageAfterMs
  const files = folders.reduce((sum, { pending }) => sum + pending.up, sync.outbox)
  const changes = sync.mutations.waiting
  const waiting = files + changes
  const hasChanges = changes > 0
  if (sync.paused)
    return said(
      'paused',
      hasChanges
        ? t`Paused, ${waiting} to send`
        : waiting > 0
          ? plural(waiting, {
              one: 'Paused, one file to send',
              other: 'Paused, # files to send',
            })
          : t`Paused`,
    )
  if (needs.length > 0) return needsYou()
  if (sync.phase === 'failed') return said('needs-you', t`Sync needs you`)
  if (session.status === 'offline' || sync.phase === 'offline' || isMissed)
    return said(
      'offline',
      hasChanges
        ? t`Offline, ${waiting} to send`
        : waiting > 0
          ? plural(waiting, {
              one: 'Offline, one file to send',
              other: 'Offline, # files to send',
            })
          : t`Offline`,
    )
  if (moving.length > 0 || sync.phase === 'transferring') {
    const total = moving.reduce((sum, { bytesTotal }) => sum + bytesTotal, 0)
    const done = moving.reduce((sum, { bytesDone }) => sum + bytesDone, 0)
    return said('syncing', t`Syncing`, total > 0 ? Math.min(1, done / total) : null)
  }
  return said(
    'up-to-date',
    hasChanges
      ? t`${waiting} to send`
      : waiting > 0
        ? plural(waiting, { one: 'One file to send', other: '# files to send' })
        : t`Up to date`,
  )
}
