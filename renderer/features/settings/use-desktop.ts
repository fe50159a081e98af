import { useMutation, useQuery } from '@tanstack/react-query'
import type { DesktopChange } from '../../../src/contract/desktop.ts'
import { desktop } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'
import { announce } from '../../ui/live-region.tsx'

const key = ['desktop']

/** How Atelier behaves on this computer's desktop, and how to change it. */
export const useDesktop = () => {
  const state = useQuery({
    queryKey: key,
    queryFn: () => desktop.desktop.state(),
    staleTime: 0,
  })
  const change = useMutation({
    mutationFn: (next: DesktopChange) => desktop.desktop.change(next),
    onSuccess: (kept) => {
      queryClient.setQueryData(key, kept)
      announce('Kept')
    },
  })
  return {
    state: state.data,
    error: state.error,
    changeError: change.error,
    change: change.mutate,
  }
}
