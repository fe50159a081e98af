import type { KeychainState } from '../../../src/contract/session.ts'
import { keychainVault, type Vault } from './vault.ts'

/** This computer's keychain, and whether a window of its own waits for the person. */
export const openKeychain = (
  folder: string,
  changed: (state: KeychainState) => void,
): { vault: Vault; state: () => KeychainState } => {
  let state: KeychainState = { isWaiting: false }
  const vault = keychainVault(folder, (isWaiting) => {
    state = { isWaiting }
    changed(state)
  })
  return { vault, state: () => state }
}
