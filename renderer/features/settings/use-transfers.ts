import { t } from '@lingui/core/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { TransferSettings } from '../../../src/contract/sync.ts'
import { desktop } from '../../data/desktop.ts'
import { announce } from '../../ui/live-region.tsx'
import { settingsKeys, settingsQueries } from './queries.ts'

/** What sync may take of this computer's line and disk, and how to change it. */
export const useTransfers = () => {
  const client = useQueryClient()
  const settings = useQuery(settingsQueries.transfers())
  const change = useMutation({
    mutationFn: (next: Partial<TransferSettings>) => desktop.transfers.change(next),
    onSuccess: (kept) => {
      client.setQueryData(settingsKeys.transfers, kept)
      announce(t`Kept`)
    },
  })
  return { settings: settings.data, error: settings.error ?? change.error, change: change.mutate }
}
