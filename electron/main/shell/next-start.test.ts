import type { EventEmitter } from 'node:events'
import * as electron from 'electron'
import { beforeEach, expect, test, vi } from 'vitest'
import { linkQueue } from './application.ts'
import { Closing } from './closing.ts'
import { Lifetime } from './lifetime.ts'

/** As much of Electron's as leaving takes: what is asked first, and what is said last. */
type TestApp = EventEmitter & { quit(): void; relaunched: { args: string[] }[] }
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  const app = Object.assign(new Emitter(), {
    relaunched: [] as object[],
    isPackaged: false,
    quit: () => {
      let isPrevented = false
      app.emit('before-quit', { preventDefault: () => (isPrevented = true) })
      if (!isPrevented) app.emit('quit')
    },
    exit: () => app.emit('quit'),
    relaunch: (options: object) => void app.relaunched.push(options),
    whenReady: () => new Promise(() => {}),
  })
  return { app }
})
const app = electron.app as unknown as TestApp

const watch = () => {
  const closed = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  app.once('quit', () => over.resolve())
  const activate = vi.fn()
  const leaving = new Lifetime()
  leaving.watch({
    activate,
    allClosed: () => false,
    stays: () => true,
    quit: async () => {},
    closing: new Closing(),
    closeWindow: () => closed.promise,
  })
  return { leaving, activate, closed, over: over.promise }
}
const own = process.argv.slice(1)
beforeEach(() => {
  app.removeAllListeners()
  app.relaunched.length = 0
})

test('who comes while the application is going is met by the next one, and it alone', async () => {
  const { leaving, activate, closed, over } = watch()
  expect(leaving.isMet(['atelier', '--do=settings'])).toBe(true)
  app.quit()
  expect(leaving.isMet(['atelier', '--do=sync'])).toBe(false)
  expect(leaving.isMet(['atelier', 'atelier://auth/callback?code=1'])).toBe(false)
  // It goes first: the next one waits for that.
  expect(app.relaunched).toEqual([])
  closed.resolve()
  await over
  expect(app.relaunched).toEqual([
    { args: [...own, '--do=sync', 'atelier://auth/callback?code=1'] },
  ])
  expect(activate).not.toHaveBeenCalled()
})

test('on macOS a link and a click on the dock come without a launch', async () => {
  const { leaving, activate, closed, over } = watch()
  const links = linkQueue(leaving.isMet)
  const heard = vi.fn()
  links.listen(heard)
  const open = (url: string) => app.emit('open-url', { preventDefault: () => {} }, url)
  open('atelier://one')
  app.emit('activate')
  expect(heard).toHaveBeenCalledExactlyOnceWith({ kind: 'link', link: 'atelier://one' })
  expect(activate).toHaveBeenCalledOnce()
  app.quit()
  open('atelier://two')
  app.emit('activate')
  closed.resolve()
  await over
  expect(heard).toHaveBeenCalledOnce()
  expect(activate).toHaveBeenCalledOnce()
  expect(app.relaunched).toEqual([{ args: [...own, 'atelier://two'] }])
})

test('who goes and is not wanted is not started again', async () => {
  const { closed, over } = watch()
  app.quit()
  closed.resolve()
  await over
  expect(app.relaunched).toEqual([])
})

test('nobody starts while files are replaced; where that fails, the one start has what came', async () => {
  const { leaving, closed } = watch()
  closed.resolve()
  const replaced = Promise.withResolvers<void>()
  const left = leaving.leaveWith(() => replaced.promise, { nextStartsFirst: false })
  expect(leaving.isMet(['--do=sync'])).toBe(false)
  app.quit()
  expect(app.relaunched).toEqual([])
  replaced.reject(new Error('No installer'))
  await left
  expect(app.relaunched).toEqual([{ args: [...own, '--do=sync'] }])
})
