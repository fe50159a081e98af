import { expect, it, vi } from 'vitest'

vi.stubGlobal('window', { desktop: {} })
const { historyKeys } = await import('./queries.ts')

it('an artifact’s history is read again by the name that the table of mutations gives it', () =>
  expect(historyKeys.pages('account', 'artifact').slice(0, 3)).toEqual([
    ...['history', 'account', 'artifact'],
  ]))
