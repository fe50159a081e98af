import { create } from 'zustand'
import type { Updates } from '../../src/contract/updates.ts'
import { desktop } from './desktop.ts'

/** What main knows of updates of the application; null until it has told. */
export const useUpdates = create<{ updates: Updates | null }>(() => ({ updates: null }))

export const connectUpdates = (): void => {
  desktop.on('updates.changed', (updates) => useUpdates.setState({ updates }))
  void desktop.updates.state().then((updates) => {
    if (useUpdates.getState().updates === null) useUpdates.setState({ updates })
  })
}
