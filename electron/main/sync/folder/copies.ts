import type { FolderLoop } from '../../../../src/sync/folder/folder-loop.ts'
import type { Disk } from '../../../../src/sync/folder/ports.ts'
import { packStamp, sameStamp } from '../../../../src/sync/folder/stamp.ts'
import type { LinkedCopies } from '../../../../src/sync/linked-copies.ts'
import type { Remotely } from '../../store/database-worker.ts'
import type { FolderDatabase } from './store.ts'

type Followed = Pick<FolderLoop, 'link' | 'state'> & { disk: Disk }

/** So many files that were hashed for a reader are remembered as they were then. */
const maxVerified = 10_000
/** Rows of one answer. */
const changesAtOnce = 1_000

/** `loops`: by their link. One whose folder is away counts for nothing. */
export const openCopies = (
  database: Pick<Remotely<FolderDatabase>, 'holding' | 'copyChanges' | 'copiesHeard'>,
  loops: ReadonlyMap<string, Followed>,
): LinkedCopies => {
  const verified = new Set<string>()
  const isAway = (loop: Followed): boolean => {
    const { status, failure } = loop.state()
    return status === 'failed' && /^(folder|disk)\./.test(failure ?? '')
  }

  return {
    holding: async (artifactId, sha256) => {
      for (const { link, path, stamp } of await database.holding(artifactId, sha256)) {
        const disk = loops.get(link)?.disk
        const now = await disk?.stat(path).catch(() => null)
        if (!disk || !now || !sameStamp(now, stamp)) continue
        // Where a clock is coarse a stamp alone may be that of other bytes.
        const words = JSON.stringify([link, path, packStamp(stamp), sha256])
        if (!verified.has(words)) {
          const hashed = await disk.hash(path, stamp).catch(() => 'changed' as const)
          if (typeof hashed === 'string' || hashed.sha256 !== sha256) continue
          if (verified.size >= maxVerified) verified.clear()
          verified.add(words)
        }
        return (from, to) => disk.read(path, stamp, from, to)
      }
      return null
    },
    tell: async (hear) => {
      const here = [...loops.values()].filter((loop) => !isAway(loop)).map(({ link }) => link.id)
      for (;;) {
        const { upTo, changes } = await database.copyChanges(changesAtOnce)
        await hear({ here, changes })
        if (changes.length === 0) return
        await database.copiesHeard(upTo)
      }
    },
  }
}
