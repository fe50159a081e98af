import type { TransferSettings } from '../../../src/contract/sync.ts'
import type { HandlersOf } from '../../../src/contract/table.ts'

/** How much sync may take: kept whoever is signed in, and in force at once for whoever is. */
export const transferHandlers = (options: {
  settings: {
    get: () => { transfers: TransferSettings }
    update: (change: { transfers: TransferSettings }) => Promise<void>
  }
  apply: (transfers: TransferSettings) => Promise<void>
}): HandlersOf<'transfers'> => {
  const { settings, apply } = options
  return {
    'transfers.settings': async () => settings.get().transfers,
    'transfers.change': async (change) => {
      const before = settings.get().transfers
      const transfers = {
        paused: change.paused ?? before.paused,
        // Null is a choice of its own: no limit.
        upLimit: change.upLimit === undefined ? before.upLimit : change.upLimit,
        downLimit: change.downLimit === undefined ? before.downLimit : change.downLimit,
        keepLimit: change.keepLimit === undefined ? before.keepLimit : change.keepLimit,
        metered: change.metered ?? before.metered,
      }
      await settings.update({ transfers })
      await apply(transfers)
      return transfers
    },
  }
}
