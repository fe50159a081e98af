import type { FolderLink } from '../contract/folders.ts'
import type { SyncState } from '../contract/sync.ts'
import type { Busyness } from '../contract/updates.ts'

export const nothingBusy: Busyness = { edits: 0, transfers: 0 }

type Moving = Pick<SyncState, 'pending' | 'transfers'>
const editsOf = ({ pending, transfers }: Moving): number =>
  pending.up + transfers.filter(({ direction }) => direction === 'up').length

/**
 * What an update waits for: also edits that cannot go just now, since the server is away or a folder failed. That may
 * last, so its person can go on without them. Blocked edits are none of it: they wait for the person, are safe on the
 * disk, and would hold up every update for as long as nobody looks at them.
 */
export const busynessOf = (
  sync: Moving,
  folders: readonly (Moving & Pick<FolderLink, 'status'>)[],
): Busyness => {
  // One that is paused or gone moves nothing, whatever is planned for it.
  const live = folders.filter(({ status }) => status !== 'paused' && status !== 'gone')
  return {
    edits: [sync, ...live].reduce((sum, each) => sum + editsOf(each), 0),
    transfers: [sync, ...live].reduce((sum, { transfers }) => sum + transfers.length, 0),
  }
}

/** Looking and fetching share the line with what moves, and change nothing here; a folder that failed for good holds up neither. */
export const isMoving = ({ transfers }: Busyness): boolean => transfers > 0
/** A restart waits for what is unsent, too. */
export const isBusy = (busy: Busyness): boolean => busy.edits > 0 || isMoving(busy)
