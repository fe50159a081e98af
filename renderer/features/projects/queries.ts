import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type AccountId, useAccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'

export const projectKeys = {
  all: (account: AccountId) => ['projects', account] as const,
  pinned: (account: AccountId) => [...projectKeys.all(account), 'pinned'] as const,
  role: (account: AccountId, projectId: string, syncedAt: string | null) =>
    [...projectKeys.all(account), 'role', projectId, syncedAt] as const,
  /** Artifacts that this computer has of a project whose list the person may not see any more. */
  kept: (account: AccountId, projectId: string) =>
    [...projectKeys.all(account), 'kept', projectId] as const,
}

export const projectQueries = {
  pinned: (account: AccountId) =>
    queryOptions({
      queryKey: projectKeys.pinned(account),
      queryFn: () => desktop.sync.pinned(),
      staleTime: 0,
    }),
  role: (account: AccountId, projectId: string, syncedAt: string | null) =>
    queryOptions({
      queryKey: projectKeys.role(account, projectId, syncedAt),
      queryFn: () => desktop.sync.role({ projectId }),
      enabled: account !== null,
      placeholderData: (before, query) =>
        query?.queryKey[1] === account && query.queryKey[3] === projectId ? before : undefined,
    }),
  kept: (account: AccountId, projectId: string) =>
    queryOptions({
      queryKey: projectKeys.kept(account, projectId),
      queryFn: () => desktop.artifacts.list({ projectId }),
    }),
}

/** Which projects are kept on this computer in full. What was asked for shows at once. */
export const usePins = () => {
  const account = useAccountId()
  const client = useQueryClient()
  const pinned = useQuery(projectQueries.pinned(account))
  const pin = useMutation({
    mutationFn: (change: { projectId: string; pinned: boolean }) => desktop.sync.pin(change),
    onSettled: () => client.invalidateQueries({ queryKey: projectKeys.pinned(account) }),
  })
  return {
    isPinned: (projectId: string): boolean =>
      pin.isPending && pin.variables.projectId === projectId
        ? pin.variables.pinned
        : (pinned.data?.includes(projectId) ?? false),
    pin: pin.mutateAsync,
  }
}
