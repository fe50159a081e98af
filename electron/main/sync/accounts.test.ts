import { expect, test, vi } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { Accounts, type AccountsOptions } from './accounts.ts'

const listing = { projectId: '0191c0de-0000-7000-8000-000000000001' }
const server = { id: 'here', url: 'http://127.0.0.1:1', publishableKey: 'key' }
const ada = { account: { id: 'ada' }, state: { status: 'active' as const } }
const nobody = { account: null, state: { status: 'signedOut' as const } }
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Failure ? error.code : error),
  )
const made = () => {
  const service = {
    handlers: { 'artifacts.list': async () => ['of the service'] },
    preview: async () => new Response('page'),
    setOnline: vi.fn(),
    ping: vi.fn(async () => {}),
    removeLocalCopies: vi.fn(async () => {}),
    setTransfers: vi.fn(async () => {}),
    close: vi.fn(async () => {}),
  }
  const open = vi.fn<AccountsOptions['open']>(async () => service as never)
  const failed = vi.fn()
  return {
    service,
    open,
    failed,
    accounts: new Accounts({ folder: '/data/accounts', open, failed }),
  }
}

test('what could not be opened says why, not that nobody is signed in', async () => {
  const { accounts, open, failed } = made()
  const why = new Failure('disk.full', 'No room for the cache.')
  open.mockRejectedValueOnce(why)
  const told = vi.fn()
  await accounts.follow(ada, server, told)
  // Whoever is signed in is told so, all the same.
  expect(told).toHaveBeenCalledOnce()
  expect(failed).toHaveBeenCalledExactlyOnceWith(why)
  const { handlers } = accounts
  expect(await codeOf(handlers['artifacts.list'](listing))).toBe('disk.full')
  // What is asked before anybody is there has its empty answer either way.
  expect(await handlers['sync.pinned'](undefined)).toEqual([])
  await accounts.follow(nobody, server, () => {})
  expect(await codeOf(handlers['artifacts.list'](listing))).toBe('auth.signed-out')
})

test('while nobody is signed in the table’s answers hold, and everything else is refused', async () => {
  const { handlers } = made().accounts
  expect(await handlers['sync.usage'](undefined)).toEqual({ kept: 0, bound: 0 })
  expect(await handlers['records.read']({ key: 'x' })).toBeNull()
  expect(
    await handlers['records.write']({ accountId: 'ada', key: 'x', value: '{}' }),
  ).toBeUndefined()
  expect(await codeOf(handlers['sync.runAll'](undefined))).toBe('auth.signed-out')
})

test('whoever hears that somebody is here finds their things open, in a folder of their own', async () => {
  const { accounts, open, service } = made()
  const ready = Promise.withResolvers<never>()
  open.mockReturnValueOnce(ready.promise)
  const told = vi.fn()
  const followed = accounts.follow(ada, server, told)
  await vi.waitFor(() => expect(open).toHaveBeenCalledOnce())
  expect(told).not.toHaveBeenCalled()
  ready.resolve(service as never)
  await followed
  expect(told).toHaveBeenCalledOnce()
  expect(service.setOnline).toHaveBeenCalledExactlyOnceWith(true)
  expect(await accounts.handlers['artifacts.list'](listing)).toEqual(['of the service'])
  expect(open.mock.calls[0]?.[0].folder).toMatch(/^\/data\/accounts[\\/][0-9a-f]{16}[\\/]ada$/)
  // The same person offline keeps what is open; another one has it closed first.
  await accounts.follow({ ...ada, state: { status: 'offline' } }, server, told)
  expect(open).toHaveBeenCalledOnce()
  expect(service.setOnline).toHaveBeenLastCalledWith(false)
  await accounts.follow({ ...ada, account: { id: 'ines' } }, server, told)
  expect(service.close).toHaveBeenCalledOnce()
  expect(open).toHaveBeenCalledTimes(2)
})

test('who is here when their turn comes counts, not who was when it was asked for', async () => {
  const { accounts, open } = made()
  const disk = Promise.withResolvers<never>()
  open.mockReturnValueOnce(disk.promise)
  void accounts.follow(ada, server, () => {})
  const who: { account: { id: string } | null; state: { status: 'active' } } = {
    account: { id: 'ines' },
    state: { status: 'active' },
  }
  const later = accounts.follow(who, server, () => {})
  who.account = null
  disk.reject(new Error('away'))
  await later
  expect(open).toHaveBeenCalledOnce()
})

test('a preview without anybody’s things is refused', async () => {
  const { accounts } = made()
  const page = new Request('http://x/')
  expect((await accounts.preview('page')(page)).status).toBe(403)
  await accounts.follow(ada, server, () => {})
  expect(await (await accounts.preview('page')(page)).text()).toBe('page')
})

test('what one account made is never another one’s', async () => {
  const { accounts, service } = made()
  const written = vi.fn(async () => {})
  Object.assign(service.handlers, { 'records.write': written, 'mutations.enqueue': written })
  await accounts.follow(ada, server, () => {})
  const { handlers } = accounts
  const record = { key: 'x', value: '{}' }
  const rename = {
    id: '0191c0de-0000-7000-8000-000000000009',
    name: 'profile.rename' as const,
    input: { displayName: 'Ada' },
  }
  await handlers['records.write']({ accountId: 'ada', ...record })
  await handlers['mutations.enqueue']({ accountId: 'ada', ...rename })
  expect(written).toHaveBeenCalledTimes(2)
  await accounts.follow({ ...ada, account: { id: 'ines' } }, server, () => {})
  expect(await codeOf(handlers['records.write']({ accountId: 'ada', ...record }))).toBe(
    'auth.signed-out',
  )
  expect(await codeOf(handlers['mutations.enqueue']({ accountId: 'ada', ...rename }))).toBe(
    'auth.signed-out',
  )
  expect(written).toHaveBeenCalledTimes(2)
})
