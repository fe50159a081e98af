import PQueue from 'p-queue'
import { logged } from '../../../log/log.ts'
import type { BlobStore } from '../../store/blobs.ts'
import type { Cache } from '../../store/client.ts'

export type QuotaParts = {
  cache: Cache
  blobs: Pick<BlobStore, 'has' | 'remove' | 'unfinished' | 'removeUnfinished'>
  /** Milliseconds since the epoch. */
  now: () => number
  /** Bytes; null is no limit. */
  limit: number | null
  changed: (projectId: string, artifactIds: string[]) => void
}

/** So many files go in one turn: whoever wants to see one does not wait for all of them. */
const evictedAtOnce = 25
/** Milliseconds that the beginning of a transfer is left for somebody to go on with. */
const unfinishedRestMs = 10 * 60_000

/** Keeps the copies on this computer within what the person allows; what is unsent or pinned always stays. */
export const openQuota = ({ cache, blobs, now, limit, changed }: QuotaParts) => {
  /** Bytes that an edit is about to claim must not go between being found here and being claimed. */
  const turns = new PQueue({ concurrency: 1 })
  let isDue = false

  /** Bytes of beginnings that are kept after the old ones went, which nobody goes on with. */
  const trimUnfinished = async (most: number): Promise<number> => {
    let left = await cache.keptBytes()
    let sum = 0
    const parts = await blobs.unfinished()
    for (const { size } of parts) sum += size
    left += sum
    for (const { sha256, size, modifiedAt } of parts) {
      if (left <= most || Math.abs(now() - modifiedAt) < unfinishedRestMs) continue
      const went = await blobs.removeUnfinished(sha256).then(
        () => true,
        () => false,
      )
      if (!went) continue
      left -= size
      sum -= size
    }
    return sum
  }
  /** One batch. Answers whether there may be more; `stuck` are those that the disk does not give up. */
  const evictSome = async (unfinished: number, stuck: Set<string>): Promise<boolean> => {
    if (limit === null) return false
    const most = Math.max(0, limit - unfinished)
    const { gone, artifacts } = await cache.evict(most, evictedAtOnce, [...stuck])
    for (const { sha256, size, usedAt } of gone)
      try {
        await blobs.remove(sha256)
      } catch {
        stuck.add(sha256)
        await cache.addBlob(sha256, size, Date.parse(usedAt))
      }
    for (const { id, projectId } of artifacts) changed(projectId, [id])
    return gone.length === evictedAtOnce
  }
  const evict = async (): Promise<void> => {
    isDue = false
    const most = limit
    if (most === null) return
    const stuck = new Set<string>()
    const unfinished = await turns.add(() => trimUnfinished(most))
    while (await turns.add(() => evictSome(unfinished, stuck)));
  }
  let evicting: Promise<void> = Promise.resolve()
  /** One is enough for whatever came before it. A disk that refuses is asked again after the next pass. */
  const enforce = (): void => {
    if (limit === null || isDue) return
    isDue = true
    evicting = evicting.then(evict).catch(logged('cache', 'Copies above the limit stay'))
  }

  return {
    enforce,
    /** Notes what was received as here; false when it was given up for room in the same moment. */
    claim: (sha256: string, size: number): Promise<boolean> =>
      turns.add(async () => {
        if (!(await blobs.has(sha256, size))) return false
        await cache.addBlob(sha256, size)
        return true
      }),
    /** Work after which some bytes are bound: nothing is given up while it runs. */
    holding: <Value>(work: () => Promise<Value>): Promise<Value> => turns.add(work),
    /** Whether it is here; if so it counts as used now. */
    has: (sha256: string, size: number): Promise<boolean> =>
      turns.add(async () => {
        await cache.touchBlob(sha256)
        return blobs.has(sha256, size)
      }),
    /** Bytes, the beginnings of what is on its way among them. */
    usage: async () => {
      const [{ kept, bound }, parts] = await Promise.all([cache.usage(), blobs.unfinished()])
      return { kept: parts.reduce((sum, { size }) => sum + size, kept), bound }
    },
    setLimit: (now: number | null): void => {
      limit = now
      enforce()
    },
    close: async (): Promise<void> => {
      limit = null
      await evicting
      await turns.onIdle()
    },
  }
}
