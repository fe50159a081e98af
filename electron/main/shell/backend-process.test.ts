import { EventEmitter } from 'node:events'
import { utilityProcess } from 'electron'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { exitCodeFor } from '../../../src/updates/copy-exit.ts'
import { copySilenceMs, startBackendProcess } from './backend-process.ts'

vi.mock('electron', () => ({ utilityProcess: { fork: vi.fn() } }))

class Child extends EventEmitter {
  postMessage = vi.fn()
  kill = vi.fn()
}
let child: Child
beforeEach(() => {
  vi.useFakeTimers()
  child = new Child()
  vi.mocked(utilityProcess.fork).mockReturnValue(
    child as unknown as ReturnType<typeof utilityProcess.fork>,
  )
})
afterEach(() => {
  vi.useRealTimers()
})

const copying = () => {
  let outcome: unknown = 'open'
  const copied = startBackendProcess(
    { folder: '/data', demo: false, origin: 'app://here' },
    'secret',
  )
    .stop(true)
    .then(
      () => {
        outcome = 'copied'
      },
      (error: unknown) => {
        outcome = error
      },
    )
  return { copied, outcome: () => outcome }
}

it('a copy takes as long as something is heard of it', async () => {
  const { copied, outcome } = copying()
  for (let parts = 0; parts < 10; parts += 1) {
    await vi.advanceTimersByTimeAsync(copySilenceMs - 1)
    child.emit('message', { type: 'copying' })
  }
  expect([child.kill.mock.calls.length, outcome()]).toEqual([0, 'open'])
  child.emit('exit', 0)
  await copied
  expect(outcome()).toBe('copied')
  expect(vi.getTimerCount()).toBe(0)
})

it.each(['that ends then', 'that does not even end'])(
  'a database %s is waited for no longer when nothing more is heard of its copy',
  async (which) => {
    const { copied, outcome } = copying()
    if (which === 'that ends then') child.kill.mockImplementation(() => void child.emit('exit', 0))
    await vi.advanceTimersByTimeAsync(copySilenceMs)
    expect(child.kill).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(10_000)
    await copied
    expect(outcome()).toMatchObject({ code: 'update.no-copy' })
  },
)

it('a want of room for the copy is told from a database that does not open', async () => {
  for (const code of ['disk.full', 'update.no-copy'] as const) {
    const { copied, outcome } = copying()
    child.emit('exit', exitCodeFor(code))
    await copied
    expect(outcome()).toMatchObject({ code })
    child.removeAllListeners()
  }
})
