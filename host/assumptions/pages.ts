import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Assumption } from './assumption.ts'

const ipcFile = 'electron/main/shell/ipc.ts'
const windowFile = 'electron/main/shell/window.ts'
const preload = 'electron/preload/index.ts'
const bridge = `const { contextBridge, ipcRenderer } = require('electron')
contextBridge.exposeInMainWorld('kit', {
  ask: (channel, value) => ipcRenderer.invoke(channel, value),
  kindOf: (value) => Object.prototype.toString.call(value) + ' ' + Object.keys(value ?? {}).join(),
  same: (value) => value,
  fail: () => { throw Object.assign(new TypeError('told'), { code: 'E1' }) },
  failLater: async () => { throw Object.assign(new TypeError('told later'), { code: 'E1' }) },
  made: () => new (class Thing { constructor() { this.a = 1 } get b() { return 2 } })(),
  constant: { list: [1, 2] },
  heard: (listener) => ipcRenderer.on('news', (_event, ...values) => listener(...values)),
})
let asked = null
contextBridge.exposeInMainWorld('own', { askFunction: (channel) => ipcRenderer.invoke(channel, () => {}).catch((error) => error.message) })`
let channels = 0
const channel = (): string => {
  channels += 1
  return `assumption-${channels}`
}

export const pages: Assumption[] = [
  {
    id: 'ipc-clones-argument',
    says: 'What a page asks arrives as a structured clone: dates, maps, bytes, undefined and bigints with it.',
    reliedOn: [ipcFile, preload],
    source: 'shell/common/v8_util.cc',
    check: async ({ electron: { ipcMain }, open }) => {
      const name = channel()
      const heard = new Promise<unknown[]>((done) =>
        ipcMain.handle(name, (_event, ...values) => done(values)),
      )
      const window = await open('<p>', { preload: bridge })
      await window.webContents.executeJavaScript(
        `kit.ask('${name}', { d: new Date(5), m: new Map([['a', 1]]), b: new Uint8Array([1, 2]), u: undefined, n: 12n, s: new Set([3]) }).then(() => 1)`,
      )
      assert.deepEqual(await heard, [
        {
          d: new Date(5),
          m: new Map([['a', 1]]),
          b: new Uint8Array([1, 2]),
          u: undefined,
          n: 12n,
          s: new Set([3]),
        },
      ])
    },
  },
  {
    id: 'ipc-refuses-functions',
    says: 'A function cannot be asked with: the preload hears “An object could not be cloned.”',
    reliedOn: [preload],
    source: 'shell/common/v8_util.cc',
    check: async ({ electron: { ipcMain }, open }) => {
      const name = channel()
      ipcMain.handle(name, () => 1)
      const window = await open('<p>', { preload: bridge })
      const told = await window.webContents.executeJavaScript(`own.askFunction('${name}')`)
      assert.equal(told, 'An object could not be cloned.')
    },
  },
  {
    id: 'ipc-error-of-handler',
    says: 'What a handler throws reaches the page as “Error invoking remote method …”, with its name and message and nothing else.',
    reliedOn: [ipcFile, preload],
    source: 'lib/renderer/api/ipc-renderer.ts',
    check: async ({ electron: { ipcMain }, open }) => {
      const name = channel()
      ipcMain.handle(name, () => {
        throw Object.assign(new TypeError('not so'), { code: 'E1' })
      })
      const window = await open('<p>', { preload: bridge })
      const told = await window.webContents.executeJavaScript(
        `kit.ask('${name}').catch((error) => error.message + '|' + error.code)`,
      )
      assert.equal(told, `Error invoking remote method '${name}': TypeError: not so|undefined`)
    },
  },
  {
    id: 'ipc-no-handler',
    says: 'A request that nobody handles is told so.',
    reliedOn: [preload],
    source: 'lib/browser/ipc-dispatch.ts',
    check: async ({ open }) => {
      const name = channel()
      const window = await open('<p>', { preload: bridge })
      const told = await window.webContents.executeJavaScript(
        `kit.ask('${name}').catch((error) => error.message)`,
      )
      assert.equal(
        told,
        `Error invoking remote method '${name}': Error: No handler registered for '${name}'`,
      )
    },
  },
  {
    id: 'ipc-refuses-answer',
    says: 'An answer that cannot be cloned fails the request in the page.',
    reliedOn: [ipcFile],
    source: 'lib/browser/ipc-dispatch.ts',
    check: async ({ electron: { ipcMain }, open }) => {
      const name = channel()
      ipcMain.handle(name, () => ({ run: () => {} }))
      const window = await open('<p>', { preload: bridge })
      const told = await window.webContents.executeJavaScript(
        `kit.ask('${name}').catch((error) => error.message)`,
      )
      assert.equal(
        told,
        `Error invoking remote method '${name}': Error: An object could not be cloned.`,
      )
    },
  },
  {
    id: 'ipc-second-handler',
    says: 'A second handler of one channel throws.',
    reliedOn: [ipcFile],
    source: 'lib/browser/ipc-main-impl.ts',
    check: async ({ electron: { ipcMain } }) => {
      const name = channel()
      ipcMain.handle(name, () => 1)
      assert.throws(() => ipcMain.handle(name, () => 2), /Attempted to register a second handler/)
    },
  },
  {
    id: 'ipc-send-refuses-functions',
    says: '`webContents.send` of what cannot be cloned throws in main.',
    reliedOn: [ipcFile],
    source: 'shell/common/v8_util.cc',
    check: async ({ open }) => {
      const { webContents } = await open('<p>')
      assert.throws(() => webContents.send('news', () => {}), /An object could not be cloned/)
    },
  },
  {
    id: 'ipc-send-clones',
    says: 'What main tells a page arrives as it was, dates and bytes with it.',
    reliedOn: [ipcFile, preload],
    source: 'lib/browser/api/web-frame-main.ts',
    check: async ({ open }) => {
      const { webContents } = await open('<p>', { preload: bridge })
      await webContents.executeJavaScript(
        'window.told = new Promise((done) => kit.heard((value, more) => done([value.at instanceof Date, value.bytes.length, more]))); 1',
      )
      webContents.send('news', { at: new Date(5), bytes: new Uint8Array(3) }, 'more')
      assert.deepEqual(await webContents.executeJavaScript('window.told'), [true, 3, 'more'])
    },
  },
  {
    id: 'ipc-sender-frame-gone',
    says: '`senderFrame` is null once its page has gone elsewhere.',
    reliedOn: [ipcFile],
    source: 'shell/browser/api/electron_api_web_frame_main.cc',
    check: async ({ electron: { ipcMain }, open, answer }) => {
      const name = channel()
      const other = answer(
        'other',
        () => new Response('<p>other', { headers: { 'content-type': 'text/html' } }),
      )
      const heard = new Promise<Electron.IpcMainInvokeEvent>((done) =>
        ipcMain.handle(name, (event) => done(event)),
      )
      const window = await open('<p>', { preload: bridge })
      await window.webContents.executeJavaScript(`void kit.ask('${name}')`)
      const event = await heard
      await window.loadURL(other)
      assert.equal(event.senderFrame, null)
    },
  },
  {
    id: 'ipc-sender-frame-origin',
    says: '`senderFrame` of the application’s page has no parent, and its scheme’s origin.',
    reliedOn: [ipcFile],
    source: 'docs/api/web-frame-main.md',
    check: async ({ electron: { ipcMain }, open }) => {
      const name = channel()
      ipcMain.handle(name, ({ senderFrame }) => [senderFrame?.parent ?? null, senderFrame?.origin])
      const window = await open('<p>', { preload: bridge })
      const told = await window.webContents.executeJavaScript(`kit.ask('${name}')`)
      assert.deepEqual(told, [null, 'app://atelier'])
    },
  },
  {
    id: 'bridge-copies',
    says: 'What crosses the bridge is a copy: plain objects only, without prototype or getters, and the page cannot replace what it got.',
    reliedOn: [preload],
    source: 'shell/renderer/api/electron_api_context_bridge.cc',
    check: async ({ open }) => {
      const { webContents } = await open('<p>', { preload: bridge })
      const told = await webContents.executeJavaScript(
        `(() => { 'use strict'
          const mine = { a: 1, run() { return 7 } }; const back = kit.same(mine)
          let frozen = false; try { kit.constant = 1 } catch { frozen = true }
          try { window.kit = {} } catch {}
          return [back === mine, back.a, back.run(), Object.getPrototypeOf(kit.made()) === Object.prototype, frozen, typeof kit.ask] })()`,
      )
      assert.deepEqual(told, [false, 1, 7, true, true, 'function'])
    },
  },
  {
    id: 'bridge-errors-lose-fields',
    says: 'An error that crosses the bridge keeps its message alone.',
    reliedOn: [preload, 'renderer/data/desktop.ts'],
    source: 'shell/renderer/api/electron_api_context_bridge.cc',
    check: async ({ open }) => {
      const { webContents } = await open('<p>', { preload: bridge })
      const told = await webContents.executeJavaScript(
        `(async () => { const told = []
          try { kit.fail() } catch (error) { told.push(error.message, error.code, error.name) }
          await kit.failLater().catch((error) => told.push(error.message, error.code, error.name))
          return told.map(String) })()`,
      )
      assert.deepEqual(told, ['told', 'undefined', 'Error', 'told later', 'undefined', 'Error'])
    },
  },
  {
    id: 'bridge-once',
    says: 'A name in the page can be given out by the bridge once.',
    reliedOn: [preload],
    source: 'shell/renderer/api/electron_api_context_bridge.cc',
    check: async ({ open }) => {
      const { webContents } = await open('<p>', {
        preload: `const { contextBridge } = require('electron')
          contextBridge.exposeInMainWorld('first', {})
          let told = ''
          try { contextBridge.exposeInMainWorld('first', {}) } catch (error) { told = error.message }
          contextBridge.exposeInMainWorld('told', told)`,
      })
      assert.match(
        await webContents.executeJavaScript('told'),
        /Cannot bind an API on top of an existing property/,
      )
    },
  },
  {
    id: 'preload-sandboxed',
    says: 'The preload of a sandboxed page is one CommonJS file that can require nothing of this computer.',
    reliedOn: ['electron.vite.config.ts', preload],
    source: 'docs/tutorial/sandbox.md',
    check: async ({ open }) => {
      const { webContents } = await open('<p>', {
        preload: `const { contextBridge } = require('electron')
          let told = 'loaded'
          try { require('node:fs').readFileSync } catch { told = 'refused' }
          contextBridge.exposeInMainWorld('told', told)`,
      })
      assert.equal(await webContents.executeJavaScript('told'), 'refused')
    },
  },
  {
    id: 'navigation-order',
    says: 'A page’s own navigation says did-start-navigation, will-frame-navigate, will-navigate, did-navigate.',
    reliedOn: [windowFile, 'electron/main/shell/previews.ts'],
    source: 'shell/browser/electron_navigation_throttle.cc',
    check: async ({ open, answer }) => {
      const other = answer(
        'next',
        () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      )
      const { webContents } = await open('<p>')
      const heard: string[] = []
      for (const name of [
        'did-start-navigation',
        'will-frame-navigate',
        'will-navigate',
        'did-navigate',
      ])
        webContents.on(name as 'did-navigate', () => heard.push(name))
      const there = once(webContents, 'did-navigate')
      await webContents.executeJavaScript(`setTimeout(() => { location.href = '${other}' }); 1`)
      await there
      assert.deepEqual(heard, [
        'did-start-navigation',
        'will-frame-navigate',
        'will-navigate',
        'did-navigate',
      ])
    },
  },
  {
    id: 'navigation-prevented',
    says: 'A page’s navigation that is prevented at will-frame-navigate stays where it was, and will-navigate is not said.',
    reliedOn: [windowFile],
    source: 'shell/browser/electron_navigation_throttle.cc',
    check: async ({ open, answer }) => {
      const other = answer('never', () => new Response('<p>'))
      const { webContents } = await open('<p>')
      let said = false
      webContents.on('will-navigate', () => {
        said = true
      })
      const asked = new Promise<string>((done) =>
        webContents.on('will-frame-navigate', (event) => {
          event.preventDefault()
          done(event.url)
        }),
      )
      const before = await webContents.executeJavaScript('location.href')
      await webContents.executeJavaScript(`setTimeout(() => { location.href = '${other}' }); 1`)
      assert.equal(await asked, other)
      assert.equal(await webContents.executeJavaScript('location.href'), before)
      assert.equal(said, false)
    },
  },
  {
    id: 'navigation-reload-from-page',
    says: '`location.reload()` of a page is a navigation of its own, which main can prevent.',
    reliedOn: [windowFile, 'renderer/app/error-boundary.tsx'],
    source: 'shell/browser/electron_navigation_throttle.cc',
    check: async ({ open }) => {
      const { webContents } = await open('<p>')
      const asked = new Promise<void>((done) =>
        webContents.on('will-frame-navigate', (event) => {
          event.preventDefault()
          done()
        }),
      )
      await webContents.executeJavaScript('window.same = 1; setTimeout(() => location.reload()); 1')
      await asked
      assert.equal(await webContents.executeJavaScript('window.same'), 1)
    },
  },
  {
    id: 'navigation-main-is-not-asked',
    says: 'What main loads, or loads again, asks nobody: neither will-navigate nor will-frame-navigate.',
    reliedOn: [windowFile],
    source: 'docs/api/web-contents.md',
    check: async ({ open, answer }) => {
      const other = answer(
        'mine',
        () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      )
      const window = await open('<p>')
      const { webContents } = window
      let asked = 0
      const prevent = (event: { preventDefault(): void }): void => {
        asked += 1
        event.preventDefault()
      }
      webContents.on('will-navigate', prevent)
      webContents.on('will-frame-navigate', prevent)
      await window.loadURL(other)
      const again = once(webContents, 'did-navigate')
      webContents.reload()
      await again
      assert.equal(asked, 0)
    },
  },
  {
    id: 'navigation-in-page',
    says: 'A page’s own # says did-start-navigation and did-navigate-in-page, and can be prevented by nobody.',
    reliedOn: ['renderer/app/main.tsx', windowFile],
    source: 'docs/api/web-contents.md',
    check: async ({ open }) => {
      const { webContents } = await open('<p>')
      const heard: string[] = []
      webContents.on('will-frame-navigate', () => heard.push('will-frame-navigate'))
      const there = once(webContents, 'did-navigate-in-page')
      await webContents.executeJavaScript(`location.hash = '#/there'; 1`)
      const [, url] = await there
      assert.match(String(url), /#\/there$/)
      assert.deepEqual(heard, [])
    },
  },
  {
    id: 'navigation-load-fails',
    says: '`loadURL` rejects where nothing can be loaded.',
    reliedOn: [windowFile],
    source: 'lib/browser/api/web-contents.ts',
    check: async ({ open }) => {
      const window = await open('<p>')
      await assert.rejects(window.loadURL('http://127.0.0.1:1/'), /ERR_/)
    },
  },
  {
    id: 'window-open-denied',
    says: 'A window that a page opens is main’s to refuse, and its address is told before.',
    reliedOn: [windowFile],
    source: 'lib/browser/api/web-contents.ts',
    check: async ({ electron: { BrowserWindow }, open }) => {
      const { webContents } = await open('<p>')
      const before = BrowserWindow.getAllWindows().length
      const asked = new Promise<string>((done) =>
        webContents.setWindowOpenHandler(({ url }) => {
          done(url)
          return { action: 'deny' }
        }),
      )
      await webContents.executeJavaScript(`window.open('https://elsewhere.example/a'); 1`, true)
      assert.equal(await asked, 'https://elsewhere.example/a')
      assert.equal(BrowserWindow.getAllWindows().length, before)
    },
  },
  {
    id: 'window-methods-when-gone',
    says: 'Whatever is asked of a window that is gone throws “Object has been destroyed”, but for isDestroyed.',
    reliedOn: ['electron/main/shell/main-window.ts'],
    source: 'shell/common/gin_helper/function_template.h',
    check: async ({ open }) => {
      const window = await open('<p>')
      const closed = once(window, 'closed')
      window.destroy()
      await closed
      assert.equal(window.isDestroyed(), true)
      assert.throws(() => window.isMinimized(), /Object has been destroyed/)
      assert.throws(() => window.show(), /Object has been destroyed/)
    },
  },
  {
    id: 'window-close-prevented',
    says: 'A window whose `close` is prevented stays; `destroy` asks nobody.',
    reliedOn: [windowFile],
    source: 'docs/api/base-window.md',
    check: async ({ open }) => {
      const window = await open('<p>')
      window.on('close', (event) => event.preventDefault())
      window.close()
      assert.equal(window.isDestroyed(), false)
      const closed = once(window, 'closed')
      window.destroy()
      await closed
    },
  },
  {
    id: 'window-ready-to-show',
    says: '`ready-to-show` comes once of a window’s first page, also as the page changes.',
    reliedOn: [windowFile],
    source: 'shell/browser/api/electron_api_web_contents.cc, lib/browser/api/web-contents.ts',
    check: async ({ electron: { BrowserWindow }, answer }) => {
      const page = answer(
        'show',
        () => new Response('<p>shown', { headers: { 'content-type': 'text/html' } }),
      )
      const window = new BrowserWindow({ show: false })
      let times = 0
      window.on('ready-to-show', () => {
        times += 1
      })
      const shown = once(window, 'ready-to-show')
      await window.loadURL(page)
      await shown
      // Layouts of their own, each of which has taken place when the next is asked for.
      for (const text of ['more', 'and more'])
        await window.webContents.executeJavaScript(
          `document.body.append('${text}'); document.body.offsetHeight`,
        )
      window.show()
      await window.webContents.executeJavaScript('document.body.offsetHeight')
      assert.equal(times, 1)
      window.destroy()
    },
  },
  {
    id: 'window-gone-throws',
    says: 'A window that is gone throws at whatever is asked of it, but `isDestroyed`, and takes a second `destroy`.',
    reliedOn: [windowFile, 'electron/main/shell/main-window.ts'],
    source: 'shell/common/gin_helper/destroyable.cc',
    check: async ({ open }) => {
      const window = await open('<p>')
      window.destroy()
      assert.equal(window.isDestroyed(), true)
      for (const ask of ['getBounds', 'show', 'focus', 'close', 'isMinimized', 'restore'] as const)
        assert.throws(() => window[ask](), /Object has been destroyed/, ask)
      window.destroy()
    },
  },
  {
    id: 'contents-created',
    says: 'Each page’s contents are told of as they are made, before they load anything.',
    reliedOn: [windowFile],
    source: 'docs/api/app.md',
    check: async ({ electron: { app, BrowserWindow } }) => {
      let seen: unknown = null
      app.once('web-contents-created', (_event, contents) => {
        seen = contents
      })
      const window = new BrowserWindow({ show: false })
      assert.equal(seen, window.webContents)
      window.destroy()
    },
  },
]
