import { v7 } from 'uuid'
import { beforeEach, expect, it, vi } from 'vitest'
import type { MutationsChange } from '../../src/contract/mutations.ts'
import type { MutationCall } from '../../src/domain/mutation-table.ts'

const listeners = new Map<string, (told: never) => void>()
vi.stubGlobal('window', {
  desktop: {
    on: (name: string, listener: (told: never) => void) => {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
    mutations: { list: async () => [] },
  },
})
const { queryClient } = await import('./query-client.ts')
const { connectMutations } = await import('./mutations.ts')
const { useSession } = await import('./stores.ts')
const { artifactKeys } = await import('./artifact-queries.ts')
const { peopleKeys } = await import('./people.ts')

const account = v7()
const [projectId, artifactId, other] = [v7(), v7(), v7()]
const tell = (change: Partial<MutationsChange>): void =>
  (listeners.get('mutations.changed') as (told: MutationsChange) => void)({
    ...{ changed: [], left: [] },
    ...change,
  })
const applied = ({ name, input }: MutationCall) => ({
  ...{ id: v7(), name, input: JSON.stringify(input), how: 'applied' as const },
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
