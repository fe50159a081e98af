import { create } from 'zustand'
import type { Updates } from '../../src/contract/updates.ts'

/** What main knows of updates of the application; null until it has told. */
export const useUpdates = create<{ updates: Updates | null }>(() => ({ updates: null }))

/** Nothing that is begun now would come to its end. */
export const isInstalling = (): boolean =>
  useUpdates.getState().updates?.state.status === 'installing'
