import type { FolderLink } from '../contract/folders.ts'
import type { FailureCode } from '../domain/failure.ts'

export const isStopped = ({ failure }: { failure: FailureCode }): boolean =>
  failure === 'sync.stopped'
/** What waits for another network goes by itself; what a person stopped they know of. */
export const needsAnswer = (file: { failure: FailureCode }): boolean =>
  file.failure !== 'sync.metered' && !isStopped(file)
export const needsAttention = ({
  status,
  parked,
  held,
}: Pick<FolderLink, 'status' | 'parked' | 'held'>): boolean =>
  status === 'failed' || parked.some(needsAnswer) || held !== null
