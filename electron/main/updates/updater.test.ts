import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CancellationToken } from 'electron-updater'
import { afterEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { openUpdater } from './updater.ts'

vi.mock('electron-updater', () => ({
  CancellationToken: class {
    cancel(): void {}
  },
}))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** electron-updater, as far as its answers are wanted here; as it is it runs in tests/integration/updates. */
class Played extends EventEmitter {
  checkForUpdates = vi.fn()
  downloadUpdate = vi.fn()
  quitAndInstall = vi.fn()
}
const limits = { answerMs: 1_000, silenceMs: 1_000 }
const minute = 60_000

type Given = Partial<Parameters<typeof openUpdater>[0]>
const open = (given: Given = {}) => {
  const made: Played[] = []
  const updater = openUpdater({
    create: () => {
      const played = new Played()
      made.push(played)
      return played as unknown as ReturnType<Parameters<typeof openUpdater>[0]['create']>
    },
    configuration: 'none',
    log: () => {},
    patience: limits,
    ...given,
  })
  return { updater, made, first: made[0]! }
}

const fetched = async ({ updater, first }: ReturnType<typeof open>): Promise<string> => {
  const file = join(await temporaryFolder('updater'), 'atelier.deb')
  await writeFile(file, 'a package')
  first.checkForUpdates.mockResolvedValue({
    isUpdateAvailable: true,
    updateInfo: {
      version: '2.0.0',
      files: [{ sha512: createHash('sha512').update('a package').digest('base64') }],
    },
  })
  first.downloadUpdate.mockResolvedValue([file])
  await updater.check()
  await updater.download(() => {})
  return file
}

it('who is asked for the rights by the system has as long as they like', async () => {
  const opened = open()
  await fetched(opened)
  vi.useFakeTimers()
  let outcome = 'open'
  opened.first.quitAndInstall.mockImplementation(() => vi.advanceTimersByTime(10 * minute))
  const installed = opened.updater.install(null).catch((error: unknown) => {
    outcome = 'failed'
    return error
  })
  await vi.waitFor(() => expect(opened.first.quitAndInstall).toHaveBeenCalledTimes(1))
  await vi.advanceTimersByTimeAsync(0)
  expect(outcome).toBe('open')
  // And who has ended nobody two minutes later has installed nothing.
  await vi.advanceTimersByTimeAsync(2 * minute)
  expect(await installed).toMatchObject({ code: 'update.not-installed' })
})

it.each(['a package', 'an AppImage'])(
  '%s that was changed after it was fetched, or has gone, is given to nobody',
  async (kind) => {
    const opened = open()
    const file = await fetched(opened)
    const appImage = kind === 'an AppImage' ? join(dirname(file), 'Atelier.AppImage') : null
    if (appImage) await writeFile(appImage, 'the former one')
    await writeFile(file, 'another package')
    const refused = { code: 'update.damaged' }
    await expect(opened.updater.install(appImage)).rejects.toMatchObject(refused)
    await rm(file)
    await expect(opened.updater.install(appImage)).rejects.toMatchObject(refused)
    expect(opened.first.quitAndInstall).not.toHaveBeenCalled()
    if (appImage) expect(await readdir(dirname(appImage))).toEqual(['Atelier.AppImage'])
  },
)

it('what a package manager installed is begun by us, and what it did not is not', async () => {
  const startAgain = vi.fn()
  const opened = open({ startAgain })
  await fetched(opened)
  const install = (): Promise<unknown> =>
    opened.updater.install(null).catch((error: unknown) => error)
  // Its `true` would begin it with every argument that this run was begun with.
  opened.first.quitAndInstall.mockImplementationOnce(() => {
    opened.first.emit('error', new Error('no rights'))
  })
  expect(await install()).toMatchObject({ message: 'no rights' })
  expect(startAgain).not.toHaveBeenCalled()
  const ended = install()
  await vi.waitFor(() => expect(startAgain).toHaveBeenCalledTimes(1))
  expect(opened.first.quitAndInstall.mock.calls).toEqual([
    [true, false],
    [true, false],
  ])
  opened.first.emit('error', new Error('ended'))
  await ended
})

it('what was fetched is installed though a later look got no answer', async () => {
  const opened = open()
  await fetched(opened)
  vi.useFakeTimers()
  opened.first.checkForUpdates.mockReturnValue(new Promise(() => {}))
  const looked = opened.updater.check().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(limits.answerMs)
  expect(await looked).toMatchObject({ code: 'update.feed-unreachable' })
  expect(opened.made).toHaveLength(2)
  const installed = opened.updater.install(null).catch((error: unknown) => error)
  await vi.waitFor(() => expect(opened.first.quitAndInstall).toHaveBeenCalledTimes(1))
  opened.first.emit('error', new Error('ended'))
  expect(await installed).toMatchObject({ message: 'ended' })
})

it.each(['check', 'download'] as const)(
  'the time of a %s stands still while a person is at a proxy’s question',
  async (work) => {
    let give = (): void => {}
    const { updater, first } = open({
      login: (_proxy, answer) => {
        give = () => answer('ada', 'tide')
      },
    })
    vi.useFakeTimers()
    first.checkForUpdates.mockReturnValue(new Promise(() => {}))
    const ended = Promise.withResolvers<never>()
    first.downloadUpdate.mockReturnValue(ended.promise)
    vi.spyOn(CancellationToken.prototype, 'cancel').mockImplementation(() =>
      ended.reject(new Error('cancelled')),
    )
    let outcome = 'open'
    const worked = (work === 'check' ? updater.check() : updater.download(() => {})).catch(
      (error: unknown) => {
        outcome = 'failed'
        return error
      },
    )
    first.emit('login', { host: 'proxy', port: 1, realm: '', scheme: 'basic' }, () => {})
    await vi.advanceTimersByTimeAsync(10 * minute)
    expect(outcome).toBe('open')
    give()
    await vi.advanceTimersByTimeAsync(limits.answerMs + 20)
    expect(await worked).toMatchObject({ code: 'update.feed-unreachable' })
  },
)
