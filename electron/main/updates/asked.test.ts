import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { type NetworkState, openWay } from '../../../src/contract/network.ts'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { openUpdates, type UpdatesOptions } from './index.ts'

/** electron-updater whose feed never answers. */
vi.mock('electron-updater', async () => {
  const { EventEmitter } = await import('node:events')
  class Silent extends EventEmitter {
    checkForUpdates = () => new Promise(() => {})
  }
  const kinds = ['AppImage', 'Deb', 'Rpm', 'Pacman', 'Mac', 'Nsis']
  return {
    CancellationToken: class {},
    ...Object.fromEntries(kinds.map((kind) => [`${kind}Updater`, Silent])),
  }
})
vi.mock('../own-app-image.ts', () => ({ ownAppImage: () => null }))
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

const open = async (given: Partial<UpdatesOptions> = {}) => {
  const folder = await temporaryFolder('updates-of')
  const configuration = join(folder, 'app-update.yml')
  await writeFile(configuration, 'provider: generic\nurl: https://updates.example\n')
  vi.stubEnv('ATELIER_UPDATE_FEED', configuration)
  return openUpdates({
    folder,
    running: {
      version: '1.0.0',
      isPackaged: false,
      homepage: null,
      executable: join(folder, 'atelier'),
      resources: folder,
    },
    saveAll: async () => {},
    closeAll: async () => {},
    openAgain: async () => {},
    hasDatabase: () => false,
    leaveWith: async () => {},
    quit: () => {},
    startAgain: () => {},
    openPage: async () => {},
    login: (_proxy, answer) => answer(),
    changed: () => {},
    announced: () => {},
    ...given,
  })
}

const question: NetworkState['questions'][number] = {
  kind: 'certificate',
  id: 'certificate-1',
  host: 'updates.example:443',
  certificates: [
    {
      fingerprint: 'a',
      subject: 'Ada',
      issuer: 'Tide',
      validUntil: '2027-01-01T00:00:00Z',
      wasRefused: false,
    },
  ],
}

it('the time of a check stands still while a person is asked for a certificate', async () => {
  const minute = 60_000
  const updates = await open()
  const status = async () => (await updates.handlers['updates.state']()).state.status
  updates.hear('network.changed', { ...openWay, questions: [question] })
  vi.useFakeTimers()
  updates.checkNow()
  await vi.dynamicImportSettled()
  await vi.advanceTimersByTimeAsync(10 * minute)
  expect(await status()).toBe('checking')
  updates.hear('network.changed', openWay)
  await vi.advanceTimersByTimeAsync(minute)
  await vi.waitFor(async () => expect(await status()).toBe('failed'))
  updates.close()
})
