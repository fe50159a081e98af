import type { KeychainState } from '../../../src/contract/session.ts'
import { asFailure } from '../../../src/domain/failure.ts'
import { keychainVault, type Vault } from './vault.ts'

/** This computer's keychain, whether a window of its own waits for the person, and how it answered last. */
export const openKeychain = (
  folder: string,
  changed: (state: KeychainState) => void,
  open: typeof keychainVault = keychainVault,
): { vault: Vault; state: () => KeychainState; inWords: () => string } => {
  let state: KeychainState = { isWaiting: false }
  let answered = 'not asked yet'
  const vault = open(folder, (isWaiting) => {
    state = { isWaiting }
    changed(state)
  })
  const noted = async <Value>(asked: Promise<Value>): Promise<Value> => {
    try {
      const value = await asked
      answered = 'answers'
      return value
    } catch (error) {
      answered = `refused (${asFailure(error).code})`
      throw error
    }
  }
  return {
    vault: {
      kind: vault.kind,
      read: (name, expected) => noted(vault.read(name, expected)),
      write: (name, secret) => noted(vault.write(name, secret)),
      remove: (name) => noted(vault.remove(name)),
    },
    state: () => state,
    /** For a report. */
    inWords: () => (state.isWaiting ? 'waits for its person' : answered),
  }
}
