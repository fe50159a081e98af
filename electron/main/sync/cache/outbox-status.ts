import type { BlockedItem } from '../../../../src/contract/sync.ts'
import { type FailureCode, failureCode } from '../../../../src/domain/failure.ts'
import { type RetryContext, shouldRetry, waitsForNetwork } from '../../../../src/sync/blocked.ts'
import type { Cache } from '../../store/client.ts'
import type { WaitingEdit } from '../../store/outbox-status.ts'
import type { OutboxRow } from '../../store/rows.ts'
import { BlockedDownloads } from './blocked-downloads.ts'
import type { Progress } from './progress.ts'

/** Edits that wait and are named: more than a window shows. */
export const namedAtOnce = 200

type Parts = {
  cache: Cache
  progress: Progress
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest: () => number | null
  retryContext: (projectId: string) => RetryContext
}

/** Edits that have yet to go, and what waits for something, each way. */
export class OutboxStatus {
  readonly #parts: Parts
  readonly downloads = new BlockedDownloads()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  isTooLarge(bytes: number): boolean {
    return waitsForNetwork(bytes, this.#parts.largest())
  }

  /** Whether what it was blocked for is as it was. */
  mustWait(edit: OutboxRow, projectId: string): boolean {
    const code = failureCode.safeParse(edit.blocked)
    if (!code.success) return false
    const { blockedAt: now, blockedRole: role, blockedRules: uploadRules } = edit
    const since = { now: now ?? Number.NEGATIVE_INFINITY, role, uploadRules }
    return !shouldRetry(code.data, since, this.#parts.retryContext(projectId))
  }

  /** Null is all projects; what no pass follows for stays as it is. `but` stays blocked. */
  async retry(projectId: string | null, but: FailureCode | null): Promise<void> {
    this.downloads.retry(projectId, but)
    await this.#parts.cache.unblockEdits(null, projectId, but)
  }

  /** Tells what there is of it, and answers the projects with edits that are worth a try now. */
  async tell(): Promise<Set<string>> {
    const { cache, largest, progress } = this.#parts
    const status = await cache.outboxStatus(largest(), namedAtOnce)
    const placeOf = ({ artifactId, title, path }: WaitingEdit) => {
      return { artifactId, title, path, direction: 'up' as const }
    }
    const blocked = status.blocked.flatMap((edit): BlockedItem[] => {
      // The artifact is gone or not ours to see any more; the edit stays until somebody decides.
      const code = failureCode.safeParse(
        edit.projectId === null ? 'server.not-found' : (edit.blocked ?? 'sync.metered'),
      )
      const { fileId, projectId } = edit
      return code.success ? [{ ...placeOf(edit), fileId, projectId, failure: code.data }] : []
    })
    const { count, free } = status
    const first = status.first.map((edit) => [edit.fileId, placeOf(edit)] as const)
    progress.waiting({ count, first, more: free - first.length }, [
      ...blocked,
      ...this.downloads.items,
    ])
    const again = status.blocked.flatMap(({ projectId, ...edit }) =>
      projectId !== null && !this.mustWait(edit, projectId) && !this.isTooLarge(edit.size)
        ? [projectId]
        : [],
    )
    return new Set([...status.projectIds, ...again])
  }

  /** It came by another way: it is not blocked any more. */
  async arrived(fileId: string): Promise<void> {
    if (this.downloads.arrived(fileId)) await this.tell()
  }
}
