import { randomBytes } from 'node:crypto'
import type { Vault } from './vault.ts'

const entry = 'key of the backend on this computer'

/**
 * The key that seals secrets in the embedded backend: made once, kept in the keychain. Null when there is
 * no keychain, and when something was sealed by a key that is not there: secrets are refused then, rather
 * than kept in the open or under a second key. 256 bits, base64url.
 */
export const masterKey = async (
  vault: Vault,
  { hasSecrets }: { hasSecrets: boolean },
): Promise<string | null> => {
  try {
    // Looked at twice: a keychain that has just been unlocked may seem empty.
    const known = await vault.read(entry, true)
    if (known || hasSecrets) return known
    const made = randomBytes(32).toString('base64url')
    await vault.write(entry, made)
    return made
  } catch {
    return null
  }
}
