import { randomBytes } from 'node:crypto'
import type { Vault } from './vault.ts'

const entry = 'key of the backend on this computer'

/**
 * The key with which the embedded backend seals secrets and personal data, made on first use. Null where
 * there is no keychain to keep it: the backend then refuses to store a secret.
 */
export const masterKey = async (vault: Vault): Promise<string | null> => {
  try {
    // Looked at twice: a new key over an old one would lose everything sealed.
    const known = await vault.read(entry, true)
    if (known) return known
    const made = randomBytes(32).toString('base64url')
    await vault.write(entry, made)
    return made
  } catch {
    return null
  }
}
