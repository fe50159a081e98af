import { t } from '@lingui/core/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DesktopChange } from '../../../src/contract/desktop.ts'
import { desktop } from '../../data/desktop.ts'
import { announce } from '../../ui/live-region.tsx'
import { settingsKeys, settingsQueries } from './queries.ts'

/** How Atelier behaves on this computer's desktop, and how to change it. */
export const useDesktop = () => {
  const client = useQueryClient()
  const state = useQuery(settingsQueries.desktop())
  const change = useMutation({
    mutationFn: (next: DesktopChange) => desktop.desktop.change(next),
    onSuccess: (kept) => {
      client.setQueryData(settingsKeys.desktop, kept)
      announce(t`Kept`)
    },
  })
  return {
    state: state.data,
    error: state.error,
    changeError: change.error,
    change: change.mutate,
  }
}
