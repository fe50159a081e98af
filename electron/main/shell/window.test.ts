import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { app } from 'electron'
import { beforeEach, expect, test, vi } from 'vitest'
import { createWindow, guardContents } from './window.ts'

/** As much of Electron's as closing takes. */
const { windows } = vi.hoisted(() => ({ windows: [] as TestWindow[] }))
type TestWindow = EventEmitter & {
  webContents: EventEmitter
  isDestroyed(): boolean
  destroy(): void
}
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  class Window extends Emitter {
    webContents = new Emitter()
    #isDestroyed = false
    constructor() {
      super()
      windows.push(this)
    }
    setMenuBarVisibility = (): void => {}
    loadURL = async (): Promise<void> => {}
    isDestroyed = (): boolean => this.#isDestroyed
    destroy = (): void => {
      this.#isDestroyed = true
    }
  }
  const app = Object.assign(new Emitter(), { isPackaged: false })
  return { app, BrowserWindow: Window, nativeTheme: { shouldUseDarkColors: false } }
})
vi.mock('./previews.ts', () => ({ isPreview: () => false }))
vi.mock('./protocols.ts', () => ({ appOrigin: 'atelier-app://app' }))
vi.mock('./title-bar.ts', () => ({ titleBarOf: () => ({}), followTheme: () => {} }))

const open = () => {
  const words = Promise.withResolvers<void>()
  const ask = vi.fn<() => Promise<void>>(() => words.promise)
  createWindow({
    ask,
    mayClose: async () => true,
    hasDeveloperTools: false,
    followers: [],
  })
  const window = windows.at(-1)
  if (!window) throw new Error('No window.')
  const close = () => window.emit('close', { preventDefault: () => {} })
  return { window, words, ask, close }
}
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) await turn()
}
beforeEach(() => {
  windows.length = 0
})

test('a page that crashed once and is there again still has its last words', async () => {
  const { window, words, ask, close } = open()
  window.webContents.emit('dom-ready')
  window.webContents.emit('render-process-gone')
  window.webContents.emit('dom-ready')
  close()
  await settled()
  expect(ask).toHaveBeenCalledOnce()
  expect(window.isDestroyed()).toBe(false)
  words.resolve()
  await settled()
  expect(window.isDestroyed()).toBe(true)
})

test('a page that crashes while it is asked is not waited for', async () => {
  const { window, close } = open()
  window.webContents.emit('dom-ready')
  close()
  await settled()
  expect(window.isDestroyed()).toBe(false)
  window.webContents.emit('render-process-gone')
  await settled()
  expect(window.isDestroyed()).toBe(true)
})

test('a page goes nowhere; to itself alone, and only while it is being developed', () => {
  const goes = (devServer: string | undefined, url: string, isMainFrame = true): boolean => {
    vi.stubEnv('ELECTRON_RENDERER_URL', devServer)
    app.removeAllListeners()
    guardContents()
    const contents = Object.assign(new EventEmitter(), {
      getURL: () => 'app://atelier/index.html#/sync',
      setWebRTCIPHandlingPolicy: () => {},
      setWindowOpenHandler: () => {},
    })
    app.emit('web-contents-created', {}, contents)
    const preventDefault = vi.fn()
    contents.emit('will-frame-navigate', { url, isMainFrame, preventDefault })
    return preventDefault.mock.calls.length === 0
  }
  const vite = 'http://127.0.0.1:5173'
  expect(goes(vite, 'app://atelier/index.html#/sync')).toBe(true)
  expect(goes(vite, 'app://atelier/index.html')).toBe(true)
  expect(goes(vite, 'app://atelier/index.html', false)).toBe(false)
  expect(goes(vite, 'app://atelier/other.html')).toBe(false)
  expect(goes(vite, `${vite}/index.html`)).toBe(false)
  expect(goes('http://10.0.0.7:5173', 'app://atelier/index.html#/sync')).toBe(false)
  expect(goes(undefined, 'app://atelier/index.html#/sync')).toBe(false)
  vi.unstubAllEnvs()
})
