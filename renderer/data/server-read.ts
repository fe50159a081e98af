import {
  hashKey,
  type QueryKey,
  type QueryPersister,
  type UseQueryOptions,
  useQuery,
} from '@tanstack/react-query'
import { z } from 'zod'
import { Failure, type FailureCode } from '../../src/domain/failure.ts'
import { currentAccountId } from './account.ts'
import { failureOf } from './desktop.ts'
import { pollAfterMs } from './live-store.ts'
import { isUnconfirmed, persisterOf } from './persister.ts'
import { lastFailureOf } from './query-client.ts'
import { askAgainMs } from './retry-policy.ts'
import { useSession } from './stores.ts'

/** Failures after which the last known value is still the best answer, and the next asking may bring another. */
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

/** Milliseconds after which a value that the server did not confirm is asked for again. */
const confirmAgainMs = 15_000

/** Asks the server under a session that is there, and answers what has the shape it must have. */
export const askServer = async <Value>(
  schema: z.ZodType<Value>,
  ask: () => Promise<unknown>,
): Promise<Value> => {
  const session = useSession.getState()
  const asker = currentAccountId()
  if (session.status === 'reauthenticate')
    throw new Failure(session.failure, 'The server ended the session.')
  if (session.status !== 'active')
    throw new Failure('network.offline', 'There is no way to the server now.')
  const parsed = schema.safeParse(await ask())
  // What one account was told is no other's to see, or to keep.
  if (currentAccountId() !== asker)
    throw new Failure('auth.signed-out', 'Another account is here now.')
  if (!parsed.success) throw new Failure('server.unexpected-answer', z.prettifyError(parsed.error))
  return parsed.data
}

type ServerReadOptions<Value> = {
  /** Milliseconds after which it is asked for again by itself, and whenever the window is looked at again. */
  lookAgainMs?: number
  /** Milliseconds after which a value is another by itself, without a word of anybody; null: nobody knows of it. */
  endsInMs?: (value: Value) => number | null
  /** Goes up where what is kept means something else in the same shape. */
  version?: number
}

/** What is read of a query to tell when it is asked again. */
type Refetched = {
  queryHash: string
  state: { data: unknown; error: Error | null; errorUpdateCount: number }
}

const refetchIntervalOf =
  <Value>({ lookAgainMs, endsInMs }: ServerReadOptions<Value>) =>
  ({ queryHash, state }: Refetched): number | false => {
    const failure = lastFailureOf(queryHash)
    const isOld =
      state.data !== undefined &&
      (failure === null ? isUnconfirmed(queryHash) : passing.has(failure))
    if (isOld && useSession.getState().status === 'active')
      return Math.min(confirmAgainMs, lookAgainMs ?? confirmAgainMs)
    const endsMs = isOld || state.data === undefined ? null : endsInMs?.(state.data as Value)
    const againMs =
      askAgainMs(state.error, state.errorUpdateCount) ||
      (lookAgainMs ? pollAfterMs(lookAgainMs, state.data) : false)
    return typeof endsMs === 'number' ? Math.min(endsMs, againMs || endsMs) : againMs
  }

/** For `queryOptions`: a read of the server that opens offline once it was seen. */
export const serverRead = <Value>(
  schema: z.ZodType<Value>,
  ask: () => Promise<unknown>,
  { lookAgainMs, endsInMs, version }: ServerReadOptions<Value> = {},
) => ({
  queryFn: () => askServer(schema, ask),
  persister: persisterOf(schema, { version }),
  refetchInterval: refetchIntervalOf({ lookAgainMs, endsInMs }),
  ...(lookAgainMs ? { refetchOnWindowFocus: 'always' as const } : {}),
})

/** The same of a list that is read page by page. What is kept of it is the first page: the others follow it. */
export const persistedPages = <Page, Parameter, Key extends QueryKey>(
  _: Key,
  page: z.ZodType<Page>,
  parameter: z.ZodType<Parameter>,
) => {
  const persister = persisterOf(
    z.object({ pages: z.array(page), pageParams: z.array(parameter) }),
    {
      keep: ({ pages, pageParams }) => ({
        pages: pages.slice(0, 1),
        pageParams: pageParams.slice(0, 1),
      }),
    },
  )
  return {
    // TanStack gives it all pages, and types it as if it were given one.
    persister: persister as unknown as QueryPersister<Page, Key, Parameter>,
    refetchInterval: refetchIntervalOf({}),
  }
}

type ReadRequest = {
  data: unknown
  dataUpdatedAt: number
  isPending: boolean
  isFetching: boolean
  error: Error | null
}

/**
 * How a read of the server stands, for all kinds of queries: there is something to show, or nothing yet, or a reason why
 * not; one of the three. It stays what it is while it is asked again.
 */
export const standingOf = (query: ReadRequest, queryKey: QueryKey) => {
  const queryHash = hashKey(queryKey)
  // Read each time, so that the observer tells of every change in them.
  const { data, dataUpdatedAt, isPending, isFetching, error } = query
  const failure = error ? failureOf(error) : lastFailureOf(queryHash)
  const has = data !== undefined
  return {
    isPending: isPending && failure === null,
    error:
      has || failure === null ? null : (error ?? new Failure(failure, 'Asked again just now.')),
    /** From this computer: the server was asked, and did not answer. */
    isStale: has && failure !== null,
    failure,
    /** The server has said so since this window is there. */
    isConfirmed: has && failure === null && !isUnconfirmed(queryHash),
    isFetching,
    /** ISO time at which the server said so. */
    savedAt: new Date(dataUpdatedAt).toISOString(),
  }
}

/** A read of the server, of options that `serverRead` made. */
export const usePersistedQuery = <Value, Key extends QueryKey>(
  options: UseQueryOptions<Value, Error, Value, Key>,
) => {
  const query = useQuery(options)
  const { data, refetch } = query
  return { ...standingOf(query, options.queryKey), data, refetch: () => void refetch() }
}
