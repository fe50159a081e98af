import { beforeEach, expect, test, vi } from 'vitest'
import { desktopDefaults } from '../../../src/presence/desktop-settings.ts'

const { asked, notified } = vi.hoisted(() => ({
  asked: [] as PromiseWithResolvers<{ response: number; checkboxChecked: boolean }>[],
  notified: [] as string[],
}))
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events')
  class Part extends EventEmitter {
    isDestroyed = (): boolean => false
    destroy(): void {}
    setImage(): void {}
    setToolTip(): void {}
    setContextMenu(): void {}
    addRepresentation(): void {}
    setTemplateImage(): void {}
  }
  class Notification extends EventEmitter {
    static isSupported = (): boolean => true
    readonly #title: string
    constructor({ title }: { title: string }) {
      super()
      this.#title = title
    }
    show(): void {
      notified.push(this.#title)
    }
    close(): void {}
  }
  const session = { setSpellCheckerLanguages() {}, setSpellCheckerEnabled() {} }
  return {
    app: Object.assign(new EventEmitter(), {
      setAboutPanelOptions() {},
      setBadgeCount() {},
      getVersion: () => '1.0.0',
      quit() {},
    }),
    dialog: {
      showMessageBox: () => {
        const question = Promise.withResolvers<{ response: number; checkboxChecked: boolean }>()
        asked.push(question)
        return question.promise
      },
    },
    Menu: { buildFromTemplate: () => ({}), setApplicationMenu() {} },
    nativeImage: { createEmpty: () => new Part() },
    nativeTheme: {},
    Notification,
    session: { defaultSession: { ...session, availableSpellCheckerLanguages: [] } },
    Tray: Part,
    WebContentsView: Part,
  }
})
const { Presence } = await import('./index.ts')

beforeEach(() => {
  asked.splice(0)
  notified.splice(0)
  windows.isClosing = false
})

const never = new Promise<never>(() => {})
const windows = {
  current: null,
  isClosing: false,
  show: () => {},
  allow: () => {},
  closes: () => {},
}
const presence = (folders: Promise<unknown[]>, send = () => {}) => {
  const ask = { 'folders.list': () => folders, 'sync.pinned': async () => [] }
  const made = new Presence({
    windows,
    settings: { get: () => ({ desktop: desktopDefaults }), update: async () => {} },
    hasDeveloperTools: false,
    zoomed: () => {},
    send,
    ask: ask as never,
  })
  made.start([])
  return made
}
const window = {} as never

test('who presses twice is asked once, also while it is not known yet whether to ask', async () => {
  const folders = Promise.withResolvers<unknown[]>()
  const desktop = presence(folders.promise)
  const first = desktop.mayClose(window)
  expect(await desktop.mayClose(window)).toBe(false)
  folders.resolve([{}])
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  asked[0]?.resolve({ response: 0, checkboxChecked: false })
  expect(await first).toBe(true)
  expect(desktop.staysWithoutWindow).toBe(true)
})

test('what is kept in step is waited for a moment only, and then the question comes', async () => {
  const closing = presence(never).mayClose(window)
  await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 3_000 })
  asked[0]?.resolve({ response: 2, checkboxChecked: false })
  expect(await closing).toBe(false)
})

test('nothing is told any more once the application is on its way out', () => {
  const desktop = presence(Promise.resolve([]))
  desktop.announceUpdate('2.0.0')
  expect(notified).toHaveLength(1)
  desktop.leave()
  desktop.announceUpdate('2.0.1')
  expect(notified).toHaveLength(1)
})

test('a command that comes while the window closes is the next page’s, and once', async () => {
  const send = vi.fn()
  const desktop = presence(Promise.resolve([]), send)
  const take = desktop.handlers['desktop.takeCommands']
  windows.isClosing = true
  desktop.act({ kind: 'sync' })
  expect(send).not.toHaveBeenCalled()
  // It may ask of itself as it goes.
  expect(await take(undefined)).toEqual([])
  windows.isClosing = false
  expect(await take(undefined)).toEqual([{ kind: 'sync' }])
  expect(await take(undefined)).toEqual([])
  desktop.act({ kind: 'settings' })
  expect(send).toHaveBeenCalledWith('desktop.commanded', undefined)
})
