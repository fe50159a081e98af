import type { ParkedItem } from '../../../../src/contract/sync.ts'
import type { FailureCode } from '../../../../src/domain/failure.ts'
import { demote, type RetryContext, shouldRetry } from '../../../../src/sync/blocked.ts'
import type { RemoteFile } from '../../../../src/sync/cache/plan.ts'

/** What was parked and with what; another hash is another matter. */
type Parked = { item: ParkedItem; sha256: string; since: RetryContext }

/** Files that cannot come here until something changes, since the application started. */
export class ParkedDownloads {
  readonly #all = new Map<string, Parked>()

  get items(): ParkedItem[] {
    return [...this.#all.values()].map(({ item }) => item)
  }

  park(
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
      const parked = before.get(id)
      if (parked?.sha256 !== sha256 || shouldRetry(parked.item.failure, parked.since, now))
        return true
      this.#all.set(id, parked)
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

  /** It came by another way. Answers whether it was parked. */
  arrived(fileId: string): boolean {
    return this.#all.delete(fileId)
  }

  lower(projectId: string, role: string): void {
    for (const [id, parked] of this.#all)
      if (parked.item.projectId === projectId)
        this.#all.set(id, { ...parked, since: demote(parked.since, role) })
  }
}
