import { keychainVault } from '../../../electron/main/session/vault.ts'
import { asFailure } from '../../../src/domain/failure.ts'

/** Tries the keychain of the bus it is started on, and prints what came of it: one JSON line. */
const vault = keychainVault('probe')
const told: Record<string, string | null> = {}
const attempt = async (name: string, work: () => Promise<string | null>) => {
  told[name] = await work().then(
    (value) => value,
    (error: unknown) => asFailure(error).code,
  )
}
const [action] = process.argv.slice(2)
if (action !== 'read') await attempt('write', () => vault.write('entry', 'secret').then(() => null))
await attempt('read', () => vault.read('entry', true))
console.log(JSON.stringify(told))
