import { QueryCache, QueryClient } from '@tanstack/react-query'
import type { FailureCode } from '../../src/domain/failure.ts'
import { onForget } from './account-store.ts'
import { failureOf } from './desktop.ts'
import { forgetUnconfirmed } from './persister.ts'
import { askAgainMs, isAskedAgain, quickDelayMs } from './retry-policy.ts'
import { useOutage, useSession } from './stores.ts'

/** How each query failed last, by its hash, until it succeeds: the query's own word is gone while it is asked again. */
const failures = new Map<string, FailureCode>()

export const lastFailureOf = (queryHash: string): FailureCode | null =>
  failures.get(queryHash) ?? null

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryHash }) => failures.set(queryHash, failureOf(error)),
    onSuccess: (_, { queryHash }) => failures.delete(queryHash),
  }),
  defaultOptions: {
    queries: {
      // What to do without a network is decided per query, by what is kept of it; never by waiting.
      networkMode: 'always',
      retry: isAskedAgain,
      retryDelay: quickDelayMs,
      refetchInterval: ({ state }) => askAgainMs(state.error, state.errorUpdateCount),
      staleTime: 30_000,
      gcTime: 30 * 60_000,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

// What is shown by nobody any more and let go has no state to tell.
queryClient.getQueryCache().subscribe(({ type, query: { queryHash } }) => {
  if (type !== 'removed') return
  failures.delete(queryHash)
  forgetUnconfirmed(queryHash)
})

onForget(() => {
  queryClient.clear()
})

/** A way to the server that opens refreshes what is shown. */
export const connectQueries = (): void => {
  useSession.subscribe((state, before) => {
    if (state.status === 'active' && before.status !== 'active')
      void queryClient.invalidateQueries()
  })
  useOutage.subscribe(({ since }, before) => {
    if (since === null && before.since !== null) void queryClient.invalidateQueries()
  })
}
