import PQueue from 'p-queue'
import type { BlobStore } from '../cache/blobs.ts'
import type { Cache } from '../cache/client.ts'

export type KeeperParts = {
  cache: Cache
  blobs: BlobStore
  /** Bytes; null is no limit. */
  limit: number | null
  changed: (projectId: string, artifactIds: string[]) => void
}

/** Keeps the copies on this computer within what the person allows; what is unsent or pinned always stays. */
export const openKeeper = ({ cache, blobs, limit, changed }: KeeperParts) => {
  /** Bytes that an edit is about to claim must not go between being found here and being claimed. */
  const turns = new PQueue({ concurrency: 1 })
  let isDue = false

  const evict = async (): Promise<void> => {
    isDue = false
    if (limit === null) return
    const { gone, artifacts } = await cache.evict(limit)
    for (const sha256 of gone) await blobs.remove(sha256)
    for (const { id, projectId } of artifacts) changed(projectId, [id])
  }
  /** One is enough for whatever came before it. A disk that refuses is asked again after the next pass. */
  const enforce = (): void => {
    if (limit === null || isDue) return
    isDue = true
    void turns.add(evict).catch(() => {})
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
    setLimit: (now: number | null): void => {
      limit = now
      enforce()
    },
    close: (): Promise<void> => turns.onIdle(),
  }
}
