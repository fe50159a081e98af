import { readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { app, dialog } from 'electron'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { runAsOnly } from './instance.ts'

const { place } = vi.hoisted(() => ({ place: { userData: '', languages: ['en-GB'] } }))
vi.mock('electron', () => ({
  app: {
    getPath: () => place.userData,
    getPreferredSystemLanguages: () => place.languages,
    on: vi.fn(),
    quit: vi.fn(),
    exit: vi.fn(),
    whenReady: () => Promise.resolve(),
    requestSingleInstanceLock: vi.fn(() => false),
  },
  dialog: { showErrorBox: vi.fn() },
}))

const { platform } = process
let folder = ''
beforeEach(async () => {
  vi.clearAllMocks()
  folder = await temporaryFolder('lock')
  place.userData = folder
  place.languages = ['en-GB']
  Object.defineProperty(process, 'platform', { value: 'win32' })
})
afterEach(async () => {
  Object.defineProperty(process, 'platform', { value: platform })
  await rm(folder, { recursive: true })
})

const start = (): (() => Promise<void>) => {
  const run = vi.fn(async () => {})
  runAsOnly({ run, onSecond: () => {} })
  return run
}

test('on Windows a lock that cannot be had is told with its reason', async () => {
  writeFileSync(join(folder, 'file'), '')
  // No folder can be there.
  place.userData = join(folder, 'file/data')
  expect(start()).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(dialog.showErrorBox).toHaveBeenCalledOnce())
  expect(vi.mocked(dialog.showErrorBox).mock.lastCall?.[1]).toBe(
    `Atelier keeps its data in ${place.userData}, and it cannot be reached. Connect its disk or network, then start Atelier again.`,
  )
  expect(app.exit).toHaveBeenCalledWith(1)
  expect(app.quit).not.toHaveBeenCalled()
})

test('on Windows who is there is handed over to without a word', () => {
  for (const files of [[], ['lockfile']]) {
    for (const name of files) writeFileSync(join(folder, name), '')
    expect(start()).not.toHaveBeenCalled()
    expect(app.quit).toHaveBeenCalledOnce()
    expect(dialog.showErrorBox).not.toHaveBeenCalled()
    // Nothing of ours is left there.
    expect(readdirSync(folder)).toEqual(files)
    vi.mocked(app.quit).mockClear()
  }
})

test('what cannot be had is told in the language that was chosen, or that the system speaks', async () => {
  writeFileSync(join(folder, 'file'), '')
  place.userData = join(folder, 'file/data')
  place.languages = ['de-AT', 'en-GB']
  start()
  await vi.waitFor(() => expect(dialog.showErrorBox).toHaveBeenCalledOnce())
  expect(vi.mocked(dialog.showErrorBox).mock.lastCall).toEqual([
    'Atelier konnte nicht starten',
    `Atelier bewahrt seine Daten in ${place.userData} auf, und der Ort ist nicht erreichbar. Verbinden Sie seinen Datenträger oder sein Netz, und starten Sie Atelier dann noch einmal.`,
  ])
})
