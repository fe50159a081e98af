import {
  hashKey,
  InfiniteQueryObserver,
  infiniteQueryOptions,
  QueryObserver,
} from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Failure } from '../../src/domain/failure.ts'

/** What main keeps of this account, as it does: text, and when it came. */
const records = new Map<string, { value: string; savedAt: string }>()
const longAgo = '2026-01-31T14:03:00.000Z'

vi.stubGlobal('window', {
  desktop: {
    records: {
      read: async ({ key }: { key: string }) => {
        if (key.length > 512) throw new Failure('ipc.bad-arguments', 'too long')
        return records.get(key) ?? null
      },
      write: async ({ key, value }: { key: string; value: string }) => {
        if (key.length > 512) throw new Failure('ipc.bad-arguments', 'too long')
        records.set(key, { value, savedAt: longAgo })
      },
    },
  },
})
const { lastFailureOf, queryClient } = await import('./query-client.ts')
const { useLive } = await import('./live-store.ts')
const { isUnconfirmed } = await import('./persister.ts')
const { persistedPages, serverRead, standingOf } = await import('./server-read.ts')
const { useSession } = await import('./stores.ts')

const account = (id: string) => ({ id, email: null, displayName: id, avatarUrl: null })
const comeIn = (id: string): void =>
  useSession.setState(
    { status: 'active', account: account(id), vault: 'keychain' } as ReturnType<
      typeof useSession.getState
    >,
    true,
  )
const goOffline = (id: string): void =>
  useSession.setState(
    { status: 'offline', account: account(id), vault: 'keychain' } as ReturnType<
      typeof useSession.getState
    >,
    true,
  )
/** The window is opened anew: all that is left is what main keeps. */
const restart = (): void => queryClient.clear()

const shape = z.array(z.string())
const queryKey = ['area', 'ada', 'list'] as const
const stops: (() => void)[] = []
const look = (
  ask: () => Promise<unknown>,
  schema: z.ZodType<unknown> = shape,
  options: { version?: number } = {},
  key: readonly unknown[] = queryKey,
) => {
  const observer = new QueryObserver(queryClient, {
    queryKey: key,
    ...serverRead(schema, ask, options),
    retry: false,
  })
  stops.push(observer.subscribe(() => {}))
  return () => {
    const result = observer.getCurrentResult()
    return { data: result.data, ...standingOf(result, key) }
  }
}
const fails = (code: 'server.unavailable' | 'server.denied') => async () => {
  throw new Failure(code, 'by the test')
}

beforeEach(() => {
  records.clear()
  comeIn('ada')
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  restart()
})

it('what was seen once opens without a network, at once, and says since when it is so', async () => {
  const seen = look(async () => ['a', 'b'])
  await vi.waitFor(() => expect(seen()).toMatchObject({ data: ['a', 'b'], isConfirmed: true }))
  await vi.waitFor(() => expect(records.size).toBe(1))
  restart()
  goOffline('ada')
  const ask = vi.fn(async () => ['c'])
  const offline = look(ask)
  await vi.waitFor(() => expect(offline()).toMatchObject({ data: ['a', 'b'], isStale: true }))
  expect(offline()).toMatchObject({ savedAt: longAgo, isPending: false, error: null })
  expect(offline().isConfirmed).toBe(false)
  expect(ask).not.toHaveBeenCalled()
  // The way is there again.
  comeIn('ada')
  await queryClient.invalidateQueries()
  expect(offline()).toMatchObject({ data: ['c'], isStale: false, isConfirmed: true })
})

it('while the server has yet to answer, what is kept is shown and is no word against anything', async () => {
  look(async () => ['a'])
  await vi.waitFor(() => expect(records.size).toBe(1))
  restart()
  const { promise, resolve } = Promise.withResolvers<string[]>()
  const asked = look(() => promise)
  await vi.waitFor(() => expect(asked()).toMatchObject({ data: ['a'], isFetching: true }))
  expect(asked()).toMatchObject({ isConfirmed: false, isStale: false, isPending: false })
  resolve(['b'])
  await vi.waitFor(() => expect(asked()).toMatchObject({ data: ['b'], isConfirmed: true }))
})

it.each([
  ['another shape', z.array(z.object({ id: z.string() })), [{ id: 'new' }], {}],
  ['another version', shape, ['new'], { version: 2 }],
] as const)('what is kept in %s is dropped', async (_, schema, fresh, options) => {
  look(async () => ['old'])
  await vi.waitFor(() => expect(records.size).toBe(1))
  restart()
  goOffline('ada')
  const offline = look(async () => fresh, schema, options)
  await vi.waitFor(() => expect(offline().error).not.toBeNull())
  expect(offline().data).toBeUndefined()
  comeIn('ada')
  await queryClient.invalidateQueries()
  expect(offline().data).toEqual(fresh)
  restart()
  goOffline('ada')
  const again = look(async () => [], schema, options)
  await vi.waitFor(() => expect(again().data).toEqual(fresh))
})

it('what ends by itself is asked for again when it has, though the server tells', () => {
  const { refetchInterval } = serverRead(shape, async () => [], {
    lookAgainMs: 8_000,
    endsInMs: ([first]) => (first === 'ends' ? 20_000 : null),
  })
  const againMs = (data: string[] | undefined, queryHash = 'confirmed') =>
    refetchInterval({ queryHash, state: { data, error: null, errorUpdateCount: 0 } })
  expect([againMs(['ends']), againMs(['stays']), againMs(undefined)]).toEqual([8_000, 8_000, 8_000])
  useLive.setState({ isLive: true })
  expect([againMs(['ends']), againMs(['stays'])]).toEqual([20_000, 600_000])
  useLive.setState({ isLive: false })
})

it('what is no JSON any more is no failure', async () => {
  records.set(JSON.stringify(queryKey), { value: '{"version":1,"da', savedAt: longAgo })
  const seen = look(async () => ['a'])
  await vi.waitFor(() => expect(seen().data).toEqual(['a']))
})

it('an answer that comes when another account is here is neither shown nor kept', async () => {
  const { promise, resolve } = Promise.withResolvers<string[]>()
  const seen = look(() => promise)
  await vi.waitFor(() => expect(seen().isFetching).toBe(true))
  comeIn('ben')
  resolve(['of ada'])
  await vi.waitFor(() => expect(seen().error).not.toBeNull())
  expect(seen().data).toBeUndefined()
  expect(records.size).toBe(0)
})

it('a reason why there is nothing stays to be seen while it is asked again', async () => {
  let answer: () => Promise<unknown> = fails('server.denied')
  const seen = look(() => answer())
  await vi.waitFor(() => expect(seen().error).toMatchObject({ code: 'server.denied' }))
  const { promise, resolve } = Promise.withResolvers<string[]>()
  answer = () => promise
  const asking = queryClient.invalidateQueries()
  await vi.waitFor(() => expect(seen().isFetching).toBe(true))
  expect(seen()).toMatchObject({ isPending: false, error: { code: 'server.denied' } })
  resolve(['a'])
  await asking
  expect(seen()).toMatchObject({ data: ['a'], error: null })
})

it('an answer in another shape than promised is a failure, and costs nothing that was shown', async () => {
  let answer: unknown = ['a']
  const seen = look(async () => answer)
  await vi.waitFor(() => expect(seen().data).toEqual(['a']))
  answer = [1]
  await queryClient.invalidateQueries()
  expect(seen()).toMatchObject({ data: ['a'], isStale: true, failure: 'server.unexpected-answer' })
})

it('a key longer than main takes is kept all the same', async () => {
  const key = ['names', 'ada', Array.from({ length: 100 }, (_, index) => `id ${index}`.repeat(6))]
  look(async () => ['a'], shape, {}, key)
  await vi.waitFor(() => expect(records.size).toBe(1))
  restart()
  goOffline('ada')
  const offline = look(async () => [], shape, {}, key)
  await vi.waitFor(() => expect(offline().data).toEqual(['a']))
})

it('of a list in pages the first is kept, and the others follow it', async () => {
  const observe = () => {
    const observer = new InfiniteQueryObserver(
      queryClient,
      infiniteQueryOptions({
        queryKey,
        queryFn: async ({ pageParam }) => [`page ${pageParam}`],
        ...persistedPages(queryKey, shape, z.number()),
        initialPageParam: 0,
        getNextPageParam: (_, pages) => pages.length,
        retry: false,
      }),
    )
    stops.push(observer.subscribe(() => {}))
    return observer
  }
  const first = observe()
  await vi.waitFor(() => expect(first.getCurrentResult().data?.pages).toEqual([['page 0']]))
  await first.fetchNextPage()
  expect(first.getCurrentResult().data?.pages).toEqual([['page 0'], ['page 1']])
  await vi.waitFor(() => expect(records.size).toBe(1))
  const [kept] = records.values()
  expect(JSON.parse(kept?.value ?? '')).toMatchObject({
    data: { pages: [['page 0']], pageParams: [0] },
  })
  restart()
  const second = observe()
  await vi.waitFor(() => expect(second.getCurrentResult().data?.pages).toEqual([['page 0']]))
})

it('of a query that is let go nothing is left', async () => {
  look(async () => ['a'])
  await vi.waitFor(() => expect(records.size).toBe(1))
  restart()
  const queryHash = hashKey(queryKey)
  look(fails('server.unavailable'))
  await vi.waitFor(() => expect(lastFailureOf(queryHash)).toBe('server.unavailable'))
  expect(isUnconfirmed(queryHash)).toBe(true)
  for (const stop of stops.splice(0)) stop()
  queryClient.removeQueries({ queryKey })
  expect(lastFailureOf(queryHash)).toBeNull()
  expect(isUnconfirmed(queryHash)).toBe(false)
})
