import { expect, test, vi } from 'vitest'
import { Closing, partMs } from './closing.ts'
import { shutDown } from './shutdown.ts'

const parts = (
  done: string[],
  accounts: () => Promise<void> = async () => void done.push('accounts'),
) => ({
  session: { close: () => void done.push('session') },
  accounts: { close: accounts },
  connection: { close: async (copy?: boolean) => void done.push(`backend ${copy ?? false}`) },
  settings: { written: async () => void done.push('settings') },
})

test('all is closed in its order; with a copy where one is asked for', async () => {
  const done: string[] = []
  await shutDown(parts(done), new Closing(), { copy: false, isUpdate: false })
  await shutDown(parts(done), new Closing(), { copy: true, isUpdate: true })
  expect(done).toEqual([
    ...['session', 'accounts', 'backend false', 'settings'],
    ...['session', 'accounts', 'backend true', 'settings'],
  ])
})

test('a disk that does not answer ends an update, and no quitting', async () => {
  vi.useFakeTimers()
  const done: string[] = []
  const dead = parts(done, () => new Promise(() => {}))
  const update = shutDown(dead, new Closing(), { copy: true, isUpdate: true })
  const refused = expect(update).rejects.toMatchObject({ code: 'disk.unreadable' })
  await vi.advanceTimersByTimeAsync(partMs)
  await refused
  expect(done).toEqual(['session'])
  const quitting = shutDown(dead, new Closing(), { copy: false, isUpdate: false })
  await vi.advanceTimersByTimeAsync(partMs)
  await quitting
  expect(done.slice(1)).toEqual(['session', 'backend false', 'settings'])
  vi.useRealTimers()
})
