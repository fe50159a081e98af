import { queryOptions } from '@tanstack/react-query'
import type { Conflict, FolderLink } from '../../../src/contract/folders.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import type { AccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'

export const syncKeys = {
  all: (account: AccountId) => ['sync', account] as const,
  conflict: (account: AccountId, conflict: Conflict) =>
    [
      ...syncKeys.all(account),
      'conflict',
      conflict.artifactId,
      [conflict.originalId, conflict.originalRevision],
      [conflict.copyId, conflict.copyRevision],
    ] as const,
  canSendAgain: (account: AccountId, fileId: string | null, failure: FailureCode) =>
    [...syncKeys.all(account), 'can send again', fileId, failure] as const,
  trash: (account: AccountId, linkId: string) =>
    [...syncKeys.all(account), 'trash', linkId] as const,
  leftOut: (account: AccountId, linkId: string) =>
    [...syncKeys.all(account), 'left out', linkId] as const,
  /** `stamp`: all links with their places. */
  projectLinks: (account: AccountId, stamp: string | undefined) =>
    [...syncKeys.all(account), 'project links', stamp] as const,
  audience: (account: AccountId, projectId: string) =>
    [...syncKeys.all(account), 'audience', projectId] as const,
  authors: (account: AccountId, versions: readonly string[]) =>
    [...syncKeys.all(account), 'authors', versions] as const,
  removals: (account: AccountId, artifactId: string, fileIds: readonly string[]) =>
    [...syncKeys.all(account), 'removals', artifactId, fileIds] as const,
}

export const syncQueries = {
  conflict: (account: AccountId, conflict: Conflict) => {
    const { artifactId, originalId, copyId } = conflict
    return queryOptions({
      queryKey: syncKeys.conflict(account, conflict),
      queryFn: async () => ({
        original: originalId
          ? await desktop.artifacts.read({ artifactId, fileId: originalId })
          : null,
        copy: await desktop.artifacts.read({ artifactId, fileId: copyId }),
      }),
    })
  },
  canSendAgain: (account: AccountId, fileId: string | null, failure: FailureCode) =>
    queryOptions({
      queryKey: syncKeys.canSendAgain(account, fileId, failure),
      queryFn: () => (fileId === null ? false : desktop.sync.canSendAgain({ fileId })),
    }),
  trash: (account: AccountId, { id: linkId }: Pick<FolderLink, 'id'>) =>
    queryOptions({
      queryKey: syncKeys.trash(account, linkId),
      queryFn: () => desktop.folders.trash({ linkId }),
    }),
  leftOut: (account: AccountId, { id: linkId, leftOut, lastSyncedAt }: FolderLink) =>
    queryOptions({
      queryKey: [
        ...syncKeys.leftOut(account, linkId),
        leftOut.total,
        leftOut.undecided,
        lastSyncedAt,
      ],
      queryFn: () => desktop.folders.leftOut({ linkId }),
      placeholderData: (before) => before,
    }),
  rules: (account: AccountId, { id: linkId }: Pick<FolderLink, 'id'>) =>
    queryOptions({
      queryKey: [...syncKeys.leftOut(account, linkId), 'rules'],
      queryFn: () => desktop.folders.rules({ linkId }),
    }),
  projectLinks: (account: AccountId, stamp: string | undefined) =>
    queryOptions({
      queryKey: syncKeys.projectLinks(account, stamp),
      queryFn: () => desktop.folders.projects(),
      placeholderData: (before) => before,
      // What is made in a folder tells nobody of itself.
      refetchInterval: 20_000,
      refetchOnWindowFocus: true,
    }),
}
