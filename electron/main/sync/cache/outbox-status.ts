import type { ParkedItem } from '../../../../src/contract/sync.ts'
import { type FailureCode, failureCode } from '../../../../src/domain/failure.ts'
import { type RetryContext, shouldRetry, waitsForNetwork } from '../../../../src/sync/blocked.ts'
import type { Cache } from '../../store/client.ts'
import type { OutboxRow } from '../../store/rows.ts'
import { ParkedDownloads } from './blocked-downloads.ts'
import type { Progress } from './progress.ts'

type Parts = {
  cache: Cache
  progress: Progress
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest: () => number | null
  circumstances: (projectId: string) => RetryContext
}

/** Edits that have yet to go, and what waits for something, each way. */
export class Waiting {
  readonly #parts: Parts
  readonly downloads = new ParkedDownloads()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  isTooLarge(bytes: number): boolean {
    return waitsForNetwork(bytes, this.#parts.largest())
  }

  /** Whether what it was parked for is as it was. */
  mustWait(edit: OutboxRow, projectId: string): boolean {
    const code = failureCode.safeParse(edit.parked)
    if (!code.success) return false
    const { parkedAt: now, parkedRole: role, parkedRules: uploadRules } = edit
    const since = { now: now ?? Number.NEGATIVE_INFINITY, role, uploadRules }
    return !shouldRetry(code.data, since, this.#parts.circumstances(projectId))
  }

  /** Null is all projects; what no pass follows for stays as it is. `but` stays parked. */
  async retry(projectId: string | null, but: FailureCode | null): Promise<void> {
    this.downloads.retry(projectId, but)
    await this.#parts.cache.unparkEdits(null, projectId, but)
  }

  /** Tells what there is of it, and answers the projects with edits that are worth a try now. */
  async tell(): Promise<Set<string>> {
    const waiting = await this.#parts.cache.waiting()
    const parked = waiting.flatMap((edit): ParkedItem[] => {
      // The artifact is gone or not ours to see any more; the edit stays until somebody decides.
      const code = failureCode.safeParse(
        edit.projectId === null
          ? 'server.not-found'
          : (edit.parked ?? (this.isTooLarge(edit.size) ? 'sync.metered' : null)),
      )
      const { fileId, artifactId, projectId, title, path } = edit
      const item = { fileId, artifactId, projectId, title, path, direction: 'up' as const }
      return code.success ? [{ ...item, failure: code.data }] : []
    })
    this.#parts.progress.waiting(
      waiting.map(({ fileId, artifactId, title, path }) => [
        fileId,
        { artifactId, title, path, direction: 'up' },
      ]),
      [...parked, ...this.downloads.items],
    )
    return new Set(
      waiting.flatMap(({ projectId, ...edit }) =>
        projectId !== null && !this.mustWait(edit, projectId) && !this.isTooLarge(edit.size)
          ? [projectId]
          : [],
      ),
    )
  }

  /** It came by another way: it is not parked any more. */
  async arrived(fileId: string): Promise<void> {
    if (this.downloads.arrived(fileId)) await this.tell()
  }
}
