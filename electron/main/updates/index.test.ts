import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { idleSync, nothingPending } from '../../../src/contract/sync.ts'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { openUpdates } from './index.ts'

vi.mock('electron', () => ({ app: { isPackaged: false } }))

const opened: { close: () => void }[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.close()
  vi.unstubAllEnvs()
})

const open = async () => {
  const folder = await temporaryFolder('updates-index')
  const feed = join(folder, 'app-update.yml')
  await writeFile(feed, 'provider: generic\nurl: http://127.0.0.1:9\n')
  vi.stubEnv('ATELIER_UPDATE_FEED', feed)
  const nothing = async (): Promise<void> => {}
  const updates = await openUpdates({
    folder,
    running: {
      version: '1.0.0',
      isPackaged: false,
      homepage: null,
      executable: join(folder, 'atelier'),
      resources: folder,
    },
    announced: () => {},
    changed: () => {},
    login: async () => {},
    openAgain: nothing,
    saveAll: nothing,
    closeAll: nothing,
    leaveWith: nothing,
    openPage: nothing,
    hasDatabase: () => false,
    quit: () => {},
    startAgain: () => {},
  })
  opened.push(updates)
  return { hear: updates.hear, busy: async () => (await updates.handlers['updates.state']()).busy }
}
const folderWith = (up: number) =>
  ({
    status: 'offline',
    transfers: [],
    pending: { ...nothingPending, up },
  }) as unknown as FolderLink

test('what the window hears of sync, folders and the session decides what an update waits for', async () => {
  const { hear, busy } = await open()
  hear('sync.changed', { ...idleSync, pending: { ...nothingPending, up: 1 } })
  hear('folders.changed', [folderWith(2)])
  expect(await busy()).toEqual({ edits: 3, transfers: 0 })
  hear('sync.changed', idleSync)
  expect(await busy()).toEqual({ edits: 2, transfers: 0 })
  // Of whoever was here before nothing is sent any more.
  hear('session.changed', { status: 'signedOut', failure: null })
  expect(await busy()).toEqual({ edits: 0, transfers: 0 })
})
