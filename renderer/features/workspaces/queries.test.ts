import { expect, it, vi } from 'vitest'

vi.stubGlobal('window', { desktop: {} })
const { workspaceKeys } = await import('./queries.ts')

it('orders of projects are read again by the name that the table of mutations gives them', () =>
  expect(workspaceKeys.orders('account')).toEqual(['workspaces', 'account', 'orders']))
