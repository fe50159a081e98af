import { t } from '@lingui/core/macro'
import { useQuery } from '@tanstack/react-query'
import { useAccountId } from '../../data/account.ts'
import { useSync } from '../../data/stores.ts'
import { projectQueries } from './queries.ts'

/** So that nobody begins what the server will refuse. Who may what the server alone decides. */
export const useReadOnly = (projectId: string): boolean => {
  const syncedAt = useSync((state) => state.lastSyncedAt)
  return useQuery(projectQueries.role(useAccountId(), projectId, syncedAt)).data === 'viewer'
}

export const whyReadOnly = (): string => t`Your role lets you look at this project, not change it.`
