import { QueryClient, type QueryKey, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Failure, type FailureCode } from '../../src/domain/failure.ts'
import { onForget } from './account-store.ts'
import { askAgainMs, isAskedAgain, quickDelayMs } from './asking-again.ts'
import { desktop, failureOf } from './desktop.ts'
import { pollAfterMs } from './live-store.ts'
import { accountOf, useOutage, useSession } from './stores.ts'

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
  'auth.banned',
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
onForget(() => {
  failed.clear()
  queryClient.clear()
})

const accountId = (): string | null => accountOf(useSession.getState())?.id ?? null
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
  const asker = accountId()
  const session = useSession.getState()
  const online = useSession.getState().status === 'active'
  if (!known) {
    known = await read(key, schema)
    if (known && online) setTimeout(() => void queryClient.invalidateQueries({ queryKey }), 0)
    if (known) return known
  }
  try {
    if (session.status === 'reauthenticate')
      throw new Failure(session.failure, 'The server ended the session.')
    if (!online) throw new Failure('network.offline', 'There is no way to the server now.')
    const parsed = schema.safeParse(await fetchValue())
    // What one account was told is no other's to see, or to remember.
    if (accountId() !== asker) throw new Failure('auth.signed-out', 'Another account is here now.')
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
  /** Milliseconds after which it is asked for again by itself, and whenever the window is looked at again. */
  { lookAgainMs }: { lookAgainMs?: number } = {},
): RememberedQuery<Value> => {
  const query = useQuery({
    queryKey,
    queryFn: () => readThrough(queryKey, schema, fetchValue),
    refetchInterval: ({ state }) =>
      state.data && !state.data.fresh && useSession.getState().status === 'active'
        ? Math.min(confirmAgainMs, lookAgainMs ?? confirmAgainMs)
        : askAgainMs(state.error, state.errorUpdateCount) ||
          (lookAgainMs ? pollAfterMs(lookAgainMs, state.data?.value) : false),
    ...(lookAgainMs ? { refetchOnWindowFocus: 'always' as const } : {}),
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
