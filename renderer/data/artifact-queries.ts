import { queryOptions } from '@tanstack/react-query'
import type { AccountId } from './account.ts'
import { desktop } from './desktop.ts'

/** What this computer itself knows of artifacts: main answers, and no network is asked. */
export const artifactKeys = {
  all: (account: AccountId) => ['artifacts', account] as const,
  list: (account: AccountId, projectId: string) =>
    [...artifactKeys.all(account), 'list', projectId] as const,
  search: (account: AccountId, words: string) =>
    [...artifactKeys.all(account), 'search', words] as const,
  files: (account: AccountId, artifactId: string) =>
    [...artifactKeys.all(account), 'files', artifactId] as const,
  /** Of the very bytes: they never change. */
  content: (account: AccountId, fileId: string, sha256: string | undefined) =>
    [...artifactKeys.all(account), 'content', fileId, sha256] as const,
  draft: (account: AccountId, fileId: string) =>
    [...artifactKeys.all(account), 'draft', fileId] as const,
  previewUrl: (account: AccountId, artifactId: string, path: string | null, version?: string) =>
    [...artifactKeys.all(account), 'preview', artifactId, path, version ?? null] as const,
  conflicts: (account: AccountId, projectId: string | null) =>
    [...artifactKeys.all(account), 'conflicts', projectId] as const,
}

export const artifactQueries = {
  list: (account: AccountId, projectId: string) =>
    queryOptions({
      queryKey: artifactKeys.list(account, projectId),
      queryFn: () => desktop.artifacts.list({ projectId }),
      enabled: account !== null,
    }),
  search: (account: AccountId, words: string) =>
    queryOptions({
      queryKey: artifactKeys.search(account, words),
      queryFn: () =>
        desktop.artifacts.search({ query: words.slice(0, 200), projectId: null, atMost: 50 }),
      enabled: words.length > 1,
    }),
  files: (account: AccountId, artifactId: string) =>
    queryOptions({
      queryKey: artifactKeys.files(account, artifactId),
      queryFn: () => desktop.artifacts.files({ artifactId }),
      enabled: account !== null,
    }),
  content: (
    account: AccountId,
    file: { artifactId: string; id: string; sha256: string | undefined },
  ) =>
    queryOptions({
      queryKey: artifactKeys.content(account, file.id, file.sha256),
      queryFn: () => desktop.artifacts.read({ artifactId: file.artifactId, fileId: file.id }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  draft: (account: AccountId, fileId: string) =>
    queryOptions({
      queryKey: artifactKeys.draft(account, fileId),
      queryFn: () => desktop.artifacts.draft({ fileId }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  previewUrl: (account: AccountId, artifactId: string, path: string | null, version?: string) =>
    queryOptions({
      queryKey: artifactKeys.previewUrl(account, artifactId, path, version),
      queryFn: () =>
        desktop.artifacts.previewUrl({
          artifactId,
          path: path ?? '',
          ...(version ? { version } : {}),
        }),
      enabled: path !== null,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  conflicts: (account: AccountId, projectId: string | null) =>
    queryOptions({
      queryKey: artifactKeys.conflicts(account, projectId),
      queryFn: () => desktop.artifacts.conflicts({ projectId }),
      enabled: account !== null,
    }),
}
