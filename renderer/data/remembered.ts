import { QueryClient, type QueryKey, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Failure, type FailureCode } from '../../src/contract/failure.ts'
import { askAgainMs, isAskedAgain, quickDelayMs } from './asking-again.ts'
import { desktop, failureOf } from './desktop.ts'
import { useOutage, useSession } from './stores.ts'

/** A value of the server as last seen. `fresh` is false when it came from this computer. */
export type Remembered<Value> = {
  readonly value: Value
  /** ISO time at which the server said so. */
  readonly savedAt: string
  readonly fresh: boolean
}

/** Failures after which the last known value is still the best answer. */
const passing: ReadonlySet<FailureCode> = new Set([
  'network.offline',
  'network.timeout',
  'server.unavailable',
  'server.unexpected-answer',
  'server.rate-limited',
  'auth.refused',
  'auth.signed-out',
])

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What to do without a network is decided per query, by what is remembered; never by waiting.
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

/** How queries without a value failed last: it stays to be seen while they are asked again. */
const failed = new Map<string, FailureCode>()
/** Milliseconds after which a remembered value that the server did not confirm is asked for again. */
const confirmAgainMs = 15_000

const read = async <Value>(
  key: string,
  schema: z.ZodType<Value>,
): Promise<Remembered<Value> | undefined> => {
  try {
    const record = await desktop.records.read({ key })
    if (!record) return undefined
    // A record of an older shape is no use, and no failure either.
    const parsed = schema.safeParse(JSON.parse(record.value))
    return parsed.success
      ? { value: parsed.data, savedAt: record.savedAt, fresh: false }
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads through to what this computer remembers: the first answer is the remembered one, at once; the
 * server's follows when there is a way to it, and is remembered in turn.
 */
const readThrough = async <Value>(
  queryKey: QueryKey,
  schema: z.ZodType<Value>,
  fetchValue: () => Promise<unknown>,
): Promise<Remembered<Value>> => {
  const key = JSON.stringify(queryKey)
  let known = queryClient.getQueryData<Remembered<Value>>(queryKey)
  const online = useSession.getState().status === 'active'
  if (!known) {
    known = await read(key, schema)
    if (known && online) setTimeout(() => void queryClient.invalidateQueries({ queryKey }), 0)
    if (known) return known
  }
  try {
    if (!online) throw new Failure('network.offline', 'There is no way to the server now.')
    const parsed = schema.safeParse(await fetchValue())
    if (!parsed.success)
      throw new Failure('server.unexpected-answer', z.prettifyError(parsed.error))
    failed.delete(key)
    // Remembering is a service to later; its failure must not cost the answer that is here.
    void desktop.records.write({ key, value: JSON.stringify(parsed.data) }).catch(() => {})
    return { value: parsed.data, savedAt: new Date().toISOString(), fresh: true }
  } catch (error) {
    const code = failureOf(error)
    failed.set(key, code)
    if (known && passing.has(code)) return { ...known, fresh: false }
    throw error instanceof Failure ? error : new Failure(code, 'A query failed.', { cause: error })
  }
}

export type RememberedQuery<Value> = {
  value: Value | undefined
  /** Shown from this computer; the server has not confirmed it lately. */
  stale: boolean
  savedAt: string | null
  loading: boolean
  failure: FailureCode | null
  retry: () => void
}

/** A query that opens offline once it was seen. The key must be JSON and name everything it depends on. */
export const useRemembered = <Value>(
  queryKey: QueryKey,
  schema: z.ZodType<Value>,
  fetchValue: () => Promise<unknown>,
): RememberedQuery<Value> => {
  const query = useQuery({
    queryKey,
    queryFn: () => readThrough(queryKey, schema, fetchValue),
    refetchInterval: ({ state }) =>
      state.data && !state.data.fresh && useSession.getState().status === 'active'
        ? confirmAgainMs
        : askAgainMs(state.error, state.errorUpdateCount),
  })
  const before = query.errorUpdateCount > 0 ? failed.get(JSON.stringify(queryKey)) : undefined
  const told = query.isPending && before ? before : null
  return {
    value: query.data?.value,
    stale: query.data ? !query.data.fresh && !query.isFetching : false,
    savedAt: query.data?.savedAt ?? null,
    loading: query.isPending && told === null,
    failure: query.error ? failureOf(query.error) : told,
    retry: () => void query.refetch(),
  }
}

/** Another person sees nothing of the last one; a way to the server that opens refreshes what is shown. */
export const connectQueries = (): void => {
  let account: string | null = null
  useSession.subscribe((state, before) => {
    const next = 'account' in state && state.account ? state.account.id : null
    if (next !== account && account !== null) {
      queryClient.clear()
      failed.clear()
    }
    if (next !== null || state.status === 'signedOut') account = next
    if (state.status === 'active' && before.status !== 'active')
      void queryClient.invalidateQueries()
  })
  useOutage.subscribe(({ since }, before) => {
    if (since === null && before.since !== null) void queryClient.invalidateQueries()
  })
}
