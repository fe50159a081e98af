import { useMutation, useQuery } from '@tanstack/react-query'
import type { TransferSettings } from '../../../src/contract/sync.ts'
import { desktop } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'
import { announce } from '../../ui/live-region.tsx'

const key = ['transfers']

/** What sync may take of this computer's line and disk, and how to change it. */
export const useTransfers = () => {
  const settings = useQuery({
    queryKey: key,
    queryFn: () => desktop.transfers.settings(),
    staleTime: 0,
  })
  const change = useMutation({
    mutationFn: (next: Partial<TransferSettings>) => desktop.transfers.change(next),
    onSuccess: (kept) => {
      queryClient.setQueryData(key, kept)
      announce('Kept')
    },
  })
  return { settings: settings.data, error: settings.error ?? change.error, change: change.mutate }
}
