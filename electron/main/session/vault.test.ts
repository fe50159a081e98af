import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/log/record.ts'
import { setLogSink } from '../../log/log.ts'
import { keychainVault } from './vault.ts'

const { store } = vi.hoisted(() => ({
  store: {
    load: (): void => {},
    getPassword: async (): Promise<string | null> => null,
    setPassword: async (): Promise<void> => {},
  },
}))
vi.mock('keytar', () => ({
  // As the library, whose own part is loaded with it.
  get default() {
    store.load()
    return store
  },
}))

const records: LogRecord[] = []
beforeEach(() => {
  records.length = 0
  setLogSink((record) => records.push(record))
})
afterEach(() => {
  setLogSink(() => {})
  vi.restoreAllMocks()
})

test('without libsecret there is no keychain, and the log says which library is missing', async () => {
  vi.spyOn(store, 'load').mockImplementation(() => {
    throw Object.assign(
      new Error('libsecret-1.so.0: cannot open shared object file: No such file or directory'),
      { code: 'ERR_DLOPEN_FAILED' },
    )
  })
  await expect(keychainVault('one').read('session')).rejects.toMatchObject({
    code: 'vault.missing',
  })
  expect(records).toMatchObject([
    {
      level: 'warn',
      area: 'keychain',
      code: 'ERR_DLOPEN_FAILED',
      message: expect.stringContaining('libsecret-1.so.0: cannot open shared object file'),
    },
  ])
})

test('what a keychain answers is in the log, in its own words', async () => {
  vi.spyOn(store, 'getPassword').mockRejectedValue(
    new Error('The name org.freedesktop.secrets was not provided by any .service files'),
  )
  await expect(keychainVault('one').read('session')).rejects.toMatchObject({
    code: 'vault.missing',
  })
  expect(records).toMatchObject([
    {
      level: 'warn',
      area: 'keychain',
      message: expect.stringContaining('org.freedesktop.secrets'),
    },
  ])
})

test('a secret is in no line of the log, whatever becomes of it', async () => {
  vi.spyOn(store, 'setPassword').mockRejectedValue(new Error('Prompt was dismissed'))
  await expect(keychainVault('one').write('session', 'a-secret')).rejects.toMatchObject({
    code: 'vault.denied',
  })
  expect(records).toHaveLength(1)
  expect(JSON.stringify(records)).not.toContain('a-secret')
})
