import { v7 } from 'uuid'
import { beforeEach, expect, it, vi } from 'vitest'
import type { MutationsChange } from '../../src/contract/mutations.ts'
import type { MutationCall } from '../../src/domain/mutation-table.ts'

const listeners = new Map<string, Set<(told: never) => void>>()
const enqueued: string[] = []
vi.stubGlobal('window', {
  desktop: {
    on: (name: string, listener: (told: never) => void) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(listener))
      return () => all.delete(listener)
    },
    mutations: {
      list: async () => [],
      enqueue: async ({ id }: { id: string }) => void enqueued.push(id),
      discard: async () => {},
    },
  },
})
const { queryClient } = await import('./query-client.ts')
const { changeAndHear, connectMutations, onBlocked } = await import('./mutations.ts')
const { useSession } = await import('./stores.ts')
const { artifactKeys } = await import('./artifact-queries.ts')
const { peopleKeys } = await import('./people.ts')

const account = v7()
const [projectId, artifactId, other] = [v7(), v7(), v7()]
const tell = (change: Partial<MutationsChange>): void => {
  for (const listener of listeners.get('mutations.changed') ?? [])
    (listener as (told: MutationsChange) => void)({ changed: [], left: [], ...change })
}
const applied = ({ name, input }: MutationCall) => ({
  id: v7(),
  name,
  input: JSON.stringify(input),
  how: 'applied' as const,
})
const keys = {
  list: artifactKeys.list(account, projectId),
  'search of artifacts': artifactKeys.search(account, 'tide'),
  conflicts: artifactKeys.conflicts(account, null),
  'list of another project': artifactKeys.list(account, other),
  'content of a file': artifactKeys.content(account, other, 'f00'),
  draft: artifactKeys.draft(account, other),
  'preview of a page': artifactKeys.previewUrl(account, other, 'index.html'),
  names: peopleKeys.names(account, [account]),
  'history of it': ['history', account, artifactId, 'pages'],
  'history of another': ['history', account, other, 'pages'],
  places: ['workspaces', account, 'places'],
  orders: ['workspaces', account, 'orders'],
}
const readAgain = (): string[] =>
  Object.entries(keys).flatMap(([name, key]) =>
    queryClient.getQueryState(key)?.isInvalidated ? name : [],
  )

beforeEach(() => {
  queryClient.clear()
  listeners.clear()
  useSession.setState({
    status: 'active',
    account: { id: account, email: null, displayName: 'Ada', avatarUrl: null },
    vault: 'keychain',
  })
  for (const key of Object.values(keys)) queryClient.setQueryData(key, [])
  connectMutations()
})

it.each<[MutationCall, string[]]>([
  [
    { name: 'artifacts.rename', input: { artifactId, projectId, title: 'New' } },
    ['list', 'search of artifacts', 'conflicts'],
  ],
  [
    { name: 'artifacts.restore', input: { artifactId, projectId, revision: 1, newest: 2 } },
    ['list', 'history of it'],
  ],
  [{ name: 'projects.order', input: { workspaceId: other, projectIds: [projectId] } }, ['orders']],
  [{ name: 'profile.rename', input: { displayName: 'Grace' } }, ['names']],
])('once %o is applied, what it changed is read again and nothing else', async (call, expected) => {
  tell({ left: [applied(call)] })
  expect(readAgain()).toEqual(expected)
})

const rename: MutationCall = { name: 'profile.rename', input: { displayName: 'Grace' } }
const owed = (id: string, state: MutationsChange['changed'][number]['state']) => ({
  id,
  name: rename.name,
  input: JSON.stringify(rename.input),
  queuedAt: '2026-12-01T00:00:00.000Z',
  state,
})
const waiting = { kind: 'waiting', canDiscard: true, failure: null } as const
const refused = { kind: 'refused', failure: 'server.denied' } as const
const unanswered = {
  kind: 'unanswered',
  failure: 'server.unavailable',
  isTriedAgain: true,
} as const

it('a change that begins to need its person says so once, and again after they tried again', () => {
  const told: string[] = []
  const stop = onBlocked(({ id, state }) => told.push(`${id} ${state.kind}`))
  const [one, other] = ['one', 'other'] as const
  tell({ changed: [owed(one, waiting)] })
  tell({ changed: [owed(one, { kind: 'sending' })] })
  expect(told).toEqual([])
  tell({ changed: [owed(one, refused)] })
  tell({ changed: [owed(one, refused)] })
  expect(told).toEqual(['one refused'])
  tell({ changed: [owed(one, waiting)] })
  tell({ changed: [owed(one, refused)] })
  expect(told).toEqual(['one refused', 'one refused'])
  // It is tried by itself now and then, and nobody has to hear of each.
  tell({ changed: [owed(other, unanswered)] })
  tell({ changed: [owed(other, { kind: 'sending' })] })
  tell({ changed: [owed(other, unanswered)] })
  expect(told.slice(2)).toEqual(['other unanswered'])
  stop()
})

it('what is refused while somebody waits for it is said there alone, and later everywhere', async () => {
  const told: string[] = []
  const stop = onBlocked(({ id }) => told.push(id))
  const heard = changeAndHear(rename, true)
  await vi.waitFor(() => expect(enqueued).toHaveLength(1))
  tell({ changed: [owed(enqueued[0] ?? '', refused)] })
  await expect(heard).rejects.toMatchObject({ code: 'server.denied' })
  expect(told).toEqual([])
  await expect(changeAndHear(rename, false)).resolves.toBe('waiting')
  tell({ changed: [owed(enqueued[1] ?? '', refused)] })
  expect(told).toEqual([enqueued[1]])
  stop()
})
