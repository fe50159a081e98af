import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { allMs, Closing } from './closing.ts'
import { Lifetime } from './lifetime.ts'

/** As much of Electron's as quitting takes. */
const { app } = vi.hoisted(() => ({
  app: { emit: (_name: string, ..._rest: unknown[]): boolean => false, quit: (): void => {} },
}))
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events')
  const events = new EventEmitter()
  app.emit = events.emit.bind(events)
  return {
    app: Object.assign(app, {
      on: events.on.bind(events),
      whenReady: () => new Promise<void>(() => {}),
      relaunch: () => {},
      releaseSingleInstanceLock: () => {},
    }),
  }
})
vi.mock('./data-folders.ts', () => ({ localFolder: () => null }))

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const watch = (quit: () => Promise<void>) => {
  const asked = vi.spyOn(app, 'quit').mockImplementation(() => {
    app.emit('before-quit', { preventDefault: () => {} })
  })
  new Lifetime().watch({
    activate: () => {},
    allClosed: () => false,
    stays: () => false,
    closing: new Closing(),
    closeWindow: async () => {},
    quit,
  })
  app.quit()
  return asked
}
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) await turn()
}

test('a quitting that never comes to its end is ended, past every thread that hangs', async () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const asked = watch(() => new Promise(() => {}))
  await settled()
  expect(asked).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(allMs)
  await settled()
  expect(asked).toHaveBeenCalledTimes(2)
  app.emit('quit', {}, 0)
  expect(kill).toHaveBeenCalledWith(process.pid, 'SIGKILL')
  kill.mockRestore()
})
