import type { FolderLink } from '../contract/folders.ts'
import type { FailureCode } from '../domain/failure.ts'

export const isStopped = ({ failure }: { failure: FailureCode }): boolean =>
  failure === 'sync.stopped'
/** What waits for another network goes by itself; what a person stopped they know of. */
export const needsAnswer = (file: { failure: FailureCode }): boolean =>
  file.failure !== 'sync.metered' && !isStopped(file)
export const needsAttention = ({
  status,
  blocked,
  held,
}: Pick<FolderLink, 'status' | 'blocked' | 'held'>): boolean =>
  status === 'failed' || blocked.some(needsAnswer) || held !== null
