import { createHash } from 'node:crypto'
import { Failure } from '../../../src/domain/failure.ts'
import { log } from '../../log/log.ts'

/** Where secrets of this computer lie. Every method throws a `vault.*` Failure, never a bare error. */
export type Vault = {
  kind: 'keychain' | 'memory'
  /** `expected`: an entry should be there, so that its absence needs to be looked at twice. */
  read(name: string, expected?: boolean): Promise<string | null>
  write(name: string, secret: string): Promise<void>
  remove(name: string): Promise<void>
}

const service = 'Atelier'

/** libsecret, Keychain and Credential Manager each say it in their own words. */
const classify = (error: unknown): Failure => {
  const text = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  // A service without any keyring in it has nowhere to keep anything: there is nothing to unlock.
  if (/does not exist at path|No such object path/i.test(text))
    return new Failure('vault.missing', 'The keychain service has no keyring.', options)
  if (
    /autolaunch|ServiceUnknown|not provided by any|\.service files|cannot open shared|Could not connect/i.test(
      text,
    )
  )
    return new Failure('vault.missing', 'There is no keychain service to talk to.', options)
  if (/denied|rejected|cancel|not allowed|dismiss|-128|-25293/i.test(text))
    return new Failure('vault.denied', 'Access to the keychain was denied.', options)
  return new Failure('vault.locked', 'The keychain is locked.', options)
}

/** Milliseconds after which a keychain that does not answer has most likely opened a window of its own. */
const promptAfterMs = 3_000

/**
 * The operating system's keychain. `waits` is told when it keeps silent, and when it has answered. Loaded on first use, after first paint, so that starting asks nothing.
 * `profile` is the data folder: two of them on one computer never see each other's sessions.
 */
export const keychainVault = (
  profile: string,
  waits: (isWaiting: boolean) => void = () => {},
): Vault => {
  const place = createHash('sha256').update(profile).digest('hex').slice(0, 8)
  const entry = (name: string): string => `${name} (${place})`
  const keytar = async () => {
    try {
      return (await import('keytar')).default
    } catch (error) {
      // On Linux most often libsecret that is not installed, which the person is told in no other place.
      log('keychain').warn('The keychain’s library could not be loaded', error)
      throw new Failure('vault.missing', 'The keychain library could not be loaded.', {
        cause: error,
      })
    }
  }
  // One request at a time: a write and its read-back belong together.
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(async () => {
      let isSilent = false
      const timer = setTimeout(() => {
        isSilent = true
        waits(true)
      }, promptAfterMs)
      try {
        return await work()
      } catch (error) {
        if (error instanceof Failure) throw error
        log('keychain').warn('The keychain refused', error)
        throw classify(error)
      } finally {
        clearTimeout(timer)
        if (isSilent) waits(false)
      }
    })
    queue = next.catch(() => {})
    return next
  }
  return {
    kind: 'keychain',
    read: (name, expected = false) =>
      inTurn(async () => {
        const store = await keytar()
        const secret = await store.getPassword(service, entry(name))
        // libsecret answers null for a locked collection too; only a write tells the two apart.
        if (secret === null && expected && process.platform === 'linux') {
          await store.setPassword(service, entry('probe'), 'probe')
          await store.deletePassword(service, entry('probe'))
          // The person may have unlocked it for the probe.
          return store.getPassword(service, entry(name))
        }
        return secret
      }),
    write: (name, secret) =>
      inTurn(async () => {
        // Windows keeps 2,560 bytes at most, and has been seen to lose a write in silence.
        if (Buffer.byteLength(secret) > 2400)
          throw new Failure('vault.corrupt', 'The secret is too long for a keychain.')
        const store = await keytar()
        await store.setPassword(service, entry(name), secret)
        if ((await store.getPassword(service, entry(name))) !== secret)
          throw new Failure('vault.corrupt', 'The keychain did not keep what was written.')
      }),
    remove: (name) =>
      inTurn(async () => {
        await (await keytar()).deletePassword(service, entry(name))
      }),
  }
}

/** Until quit, by the person's own choice. */
export const memoryVault = (): Vault => {
  const secrets = new Map<string, string>()
  return {
    kind: 'memory',
    read: async (name) => secrets.get(name) ?? null,
    write: async (name, secret) => void secrets.set(name, secret),
    remove: async (name) => void secrets.delete(name),
  }
}
