import { expect, test, vi } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { openKeychain } from './keychain.ts'
import { memoryVault } from './vault.ts'

test('a report says how the keychain answered last, and no name or secret of what is in it', async () => {
  const vault = memoryVault()
  let wait = (_isWaiting: boolean): void => {}
  const changed = vi.fn()
  const keychain = openKeychain('/data', changed, (_folder, waits = () => {}) => {
    wait = waits
    return vault
  })
  expect(keychain.inWords()).toBe('not asked yet')
  await keychain.vault.write('refresh', 'secret')
  expect(await keychain.vault.read('refresh')).toBe('secret')
  expect(keychain.inWords()).toBe('answers')
  wait(true)
  expect(changed).toHaveBeenCalledExactlyOnceWith({ isWaiting: true })
  expect(keychain.inWords()).toBe('waits for its person')
  wait(false)
  vi.spyOn(vault, 'remove').mockRejectedValue(
    new Failure('vault.locked', 'The keychain is locked.'),
  )
  await expect(keychain.vault.remove('refresh')).rejects.toMatchObject({ code: 'vault.locked' })
  expect(keychain.inWords()).toBe('refused (vault.locked)')
})
