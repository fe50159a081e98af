import type { BlockedItem } from '../../../../src/contract/sync.ts'
import type { FailureCode } from '../../../../src/domain/failure.ts'
import { demote, type RetryContext, shouldRetry } from '../../../../src/sync/blocked.ts'
import type { RemoteFile } from '../../../../src/sync/cache/plan.ts'

/** What was blocked and with what; another hash is another matter. */
type BlockedDownload = { item: BlockedItem; sha256: string; since: RetryContext }

/** Files that cannot come here until something changes, since the application started. */
export class BlockedDownloads {
  readonly #all = new Map<string, BlockedDownload>()

  get items(): BlockedItem[] {
    return [...this.#all.values()].map(({ item }) => item)
  }

  block(
    { id, artifactId, path, sha256 }: RemoteFile,
    { projectId, title }: { projectId: string; title: string | null },
    failure: FailureCode,
    since: RetryContext,
  ): void {
    const place = { fileId: id, artifactId, projectId, title, path }
    this.#all.set(id, { item: { ...place, direction: 'down', failure }, sha256, since })
  }

  /** Takes those of a project out, and puts back each whose reason is not over when it is asked for. */
  again(projectId: string, now: RetryContext): (file: RemoteFile) => boolean {
    const before = new Map(this.#all)
    for (const { item } of before.values())
      if (item.projectId === projectId) this.#all.delete(item.fileId)
    return ({ id, sha256 }) => {
      const blocked = before.get(id)
      if (blocked?.sha256 !== sha256 || shouldRetry(blocked.item.failure, blocked.since, now))
        return true
      this.#all.set(id, blocked)
      return false
    }
  }

  /** What waits for another network is told when there is one. */
  isDue(projectId: string, now: RetryContext): boolean {
    return [...this.#all.values()].some(
      ({ item, since }) =>
        item.projectId === projectId &&
        item.failure !== 'sync.metered' &&
        shouldRetry(item.failure, since, now),
    )
  }

  /** A person waits for it: whatever it waits for. Null is all projects. `but` stays. */
  retry(projectId: string | null, but: FailureCode | null): void {
    for (const [fileId, { item }] of this.#all)
      if ((projectId === null || item.projectId === projectId) && item.failure !== but)
        this.#all.delete(fileId)
  }

  /** It came by another way. Answers whether it was blocked. */
  arrived(fileId: string): boolean {
    return this.#all.delete(fileId)
  }

  demote(projectId: string, role: string): void {
    for (const [id, blocked] of this.#all)
      if (blocked.item.projectId === projectId)
        this.#all.set(id, { ...blocked, since: demote(blocked.since, role) })
  }
}
