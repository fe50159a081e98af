import { useQuery } from '@tanstack/react-query'
import { desktop } from './desktop.ts'
import { accountOf, useSession, useSync } from './stores.ts'

/** So that nobody begins what the server will refuse. Who may what the server alone decides. */
export const useReadOnly = (projectId: string): boolean => {
  const account = useSession((session) => accountOf(session)?.id ?? null)
  const syncedAt = useSync((state) => state.lastSyncedAt)
  const role = useQuery({
    queryKey: ['role', account, projectId, syncedAt],
    queryFn: () => desktop.sync.role({ projectId }),
    enabled: account !== null,
    placeholderData: (before, query) =>
      query?.queryKey[1] === account && query.queryKey[2] === projectId ? before : undefined,
  })
  return role.data === 'viewer'
}

export const whyReadOnly = 'Your role lets you look at this project, not change it.'
