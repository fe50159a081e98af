import { expect, test, vi } from 'vitest'
import type { TransferSettings } from '../../../src/contract/sync.ts'
import { unlimited } from '../../../src/sync/policy.ts'
import { transferHandlers } from './transfer-handlers.ts'

test('of what is changed all else stays, null is no limit, and it holds at once', async () => {
  let transfers: TransferSettings = { ...unlimited, upLimit: 100_000, downLimit: 200_000 }
  const apply = vi.fn(async () => {})
  const handlers = transferHandlers({
    settings: {
      get: () => ({ transfers }),
      update: async (change) => {
        transfers = change.transfers
      },
    },
    apply,
  })
  const after = await handlers['transfers.change']({ upLimit: null, paused: true })
  expect(after).toEqual({ ...unlimited, paused: true, downLimit: 200_000 })
  expect(await handlers['transfers.settings'](undefined)).toEqual(after)
  expect(apply).toHaveBeenCalledExactlyOnceWith(after)
  expect((await handlers['transfers.change']({ keepLimit: 0 })).keepLimit).toBe(0)
})
