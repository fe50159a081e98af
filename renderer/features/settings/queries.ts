import { queryOptions } from '@tanstack/react-query'
import { desktop } from '../../data/desktop.ts'

/** Of this computer, whoever is signed in: no account is in these. */
export const settingsKeys = {
  all: ['settings'] as const,
  desktop: ['settings', 'desktop'] as const,
  transfers: ['settings', 'transfers'] as const,
}

export const settingsQueries = {
  desktop: () =>
    queryOptions({
      queryKey: settingsKeys.desktop,
      queryFn: () => desktop.desktop.state(),
      staleTime: 0,
    }),
  transfers: () =>
    queryOptions({
      queryKey: settingsKeys.transfers,
      queryFn: () => desktop.transfers.settings(),
      staleTime: 0,
    }),
  /** `stamp`: what the use of space depends on. */
  usage: (...stamp: readonly (string | number | null | undefined)[]) =>
    queryOptions({
      queryKey: [...settingsKeys.all, 'usage', ...stamp],
      queryFn: () => desktop.sync.usage(),
      staleTime: 0,
      placeholderData: (before) => before,
    }),
}
