import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Release, Updates } from '../../../src/contract/updates.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { checkEveryMs, firstCheckMs, laterMs } from '../../../src/updates/policy.ts'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { openMemory } from './memory.ts'
import { openService, type ServiceOptions } from './service.ts'
import type { Updater } from './updater.ts'

const release: Release = { version: '2.0.0', notes: '', releasedAt: null, postgresMajor: 17 }

let services: ReturnType<typeof openService>[] = []
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  for (const service of services) service.close()
  services = []
  vi.useRealTimers()
})

const open = async (given: Partial<ServiceOptions> = {}) => {
  const memory = await openMemory(join(await temporaryFolder('updates-service'), 'updates.json'))
  const heard: Updates[] = []
  const checks = vi.fn(async () => release)
  const updater = { check: checks, download: async () => {}, cancel: () => {} }
  const service = openService({
    means: { kind: 'self' },
    memory,
    version: '1.0.0',
    updater: async () => updater as unknown as Updater,
    failureCodeOf: async (error) => (error instanceof Failure ? error.code : 'internal'),
    prepare: async () => {},
    install: async () => {},
    openAgain: async () => {},
    openPage: async () => {},
    quit: () => {},
    hasDatabase: () => true,
    changed: (updates) => heard.push(updates),
    announced: () => {},
    log: () => {},
    failed: () => {},
    ...given,
  })
  services.push(service)
  const reached = (status: Updates['state']['status']) =>
    vi.waitFor(() => expect(service.shown().state.status).toBe(status))
  const ready = async (): Promise<void> => {
    vi.advanceTimersByTime(2 * firstCheckMs)
    await reached('ready')
  }
  return { service, memory, heard, checks, ready, reached }
}

it('“Later” is over after a day, and who is told of updates hears that', async () => {
  const { service, heard, ready } = await open()
  await ready()
  service.happen({ type: 'laterAsked' })
  expect(heard.at(-1)?.isTold).toBe(false)
  service.happen({ type: 'automatic', automatic: false })
  vi.advanceTimersByTime(laterMs - 2 * firstCheckMs)
  expect(heard.at(-1)?.isTold).toBe(false)
  vi.advanceTimersByTime(3 * firstCheckMs)
  expect(heard.at(-1)?.isTold).toBe(true)
})

it('why it failed is told by its code, and by what was thrown to the log', async () => {
  const thrown = new Failure('update.feed-unreachable', 'The feed is away.')
  const failed = vi.fn()
  const updater = async () => {
    throw thrown
  }
  const { service, reached } = await open({ updater, failed })
  service.happen({ type: 'checkAsked' })
  await reached('failed')
  expect(failed).toHaveBeenCalledExactlyOnceWith('check', thrown)
})

it('what is ready is looked after each day', async () => {
  const { checks, ready } = await open()
  await ready()
  expect(checks).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(checkEveryMs + 2 * firstCheckMs)
  await vi.waitFor(() => expect(checks).toHaveBeenCalledTimes(2))
})

it('what was being installed is known before anything is closed, and forgotten where nothing came of it', async () => {
  const attempts: unknown[] = []
  const openAgain = vi.fn(async () => {})
  const opened = await open({
    prepare: async () => {
      attempts.push(opened.memory.get().attempt)
      throw new Failure('update.no-copy', 'No copy.')
    },
    openAgain,
  })
  await opened.ready()
  opened.service.happen({ type: 'installAsked' })
  await opened.reached('failed')
  expect(attempts).toEqual([{ from: '1.0.0', to: '2.0.0', postgresMajor: 17 }])
  expect(opened.memory.get().attempt).toBeNull()
  expect(opened.service.shown().state).toMatchObject({ failure: 'update.no-copy' })
  // Who prepares leaves everything as it was.
  expect(openAgain).not.toHaveBeenCalled()
})

it('where the attempt cannot be kept nothing is closed', async () => {
  const prepare = vi.fn(async () => {})
  const opened = await open({ prepare })
  await opened.ready()
  vi.spyOn(opened.memory, 'update').mockRejectedValueOnce(
    Object.assign(new Error('full'), { code: 'ENOSPC' }),
  )
  opened.service.happen({ type: 'installAsked' })
  await opened.reached('failed')
  expect(prepare).not.toHaveBeenCalled()
})

it('an installation that fails after everything was closed opens everything again', async () => {
  const openAgain = vi.fn(async () => {})
  const opened = await open({
    install: async () => {
      throw new Error('the window stays')
    },
    openAgain,
  })
  await opened.ready()
  opened.service.happen({ type: 'installAsked' })
  await opened.reached('failed')
  expect(openAgain).toHaveBeenCalledTimes(1)
  expect(opened.memory.get().attempt).toBeNull()
})

describe('a version with another PostgreSQL, which is installed by hand', () => {
  const opened = (given: Partial<ServiceOptions> = {}) =>
    open({
      means: { kind: 'page', why: 'no-rights' },
      updater: async () =>
        ({ check: async () => ({ ...release, postgresMajor: 18 }) }) as unknown as Updater,
      ...given,
    })

  it('leads to its page when the database here is copied, and ends this one, which would take the copy away', async () => {
    const done: string[] = []
    const { service, reached } = await opened({
      prepare: async (copy) => void done.push(copy ? 'copied' : 'closed'),
      openPage: async () => void done.push('page'),
      openAgain: async () => void done.push('opened again'),
      quit: () => void done.push('quit'),
    })
    vi.advanceTimersByTime(2 * firstCheckMs)
    await reached('available')
    expect(service.shown().copiesFirst).toBe(true)
    service.happen({ type: 'leaveAsked' })
    await vi.waitFor(() => expect(done).toEqual(['copied', 'page', 'quit']))
    expect(service.shown().state).toMatchObject({ status: 'installing', step: 'leaving' })
  })

  it('goes on here where there is no page, nor without a copy', async () => {
    for (const failing of ['prepare', 'openPage'] as const) {
      const done: string[] = []
      const { service, reached } = await opened({
        openAgain: async () => void done.push('opened again'),
        quit: () => void done.push('quit'),
        [failing]: async () => {
          throw new Failure('update.no-copy', failing)
        },
      })
      vi.advanceTimersByTime(2 * firstCheckMs)
      await reached('available')
      service.happen({ type: 'leaveAsked' })
      await reached('failed')
      // Who prepares leaves everything as it was.
      expect(done).toEqual(failing === 'prepare' ? [] : ['opened again'])
    }
  })
})

it('what its person wants without a copy is installed without one', async () => {
  const prepared: boolean[] = []
  const installed = vi.fn(async () => {})
  const opened = await open({
    updater: async () =>
      ({
        check: async () => ({ ...release, postgresMajor: null }),
        download: async () => {},
      }) as unknown as Updater,
    prepare: async (copy) => {
      prepared.push(copy)
      if (copy) throw new Failure('update.no-copy', 'It does not open.')
    },
    install: installed,
  })
  await opened.ready()
  opened.service.happen({ type: 'installAsked' })
  await opened.reached('failed')
  expect(installed).not.toHaveBeenCalled()
  opened.service.happen({ type: 'withoutCopyAsked' })
  await vi.waitFor(() => expect(installed).toHaveBeenCalledTimes(1))
  expect(prepared).toEqual([true, false])
})
