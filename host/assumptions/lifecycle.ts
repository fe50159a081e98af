import assert from 'node:assert/strict'
import { isAbsolute } from 'node:path'
import type { Assumption } from './assumption.ts'

const application = 'electron/main/shell/application.ts'
const browser = 'shell/browser/browser.cc'
const page = (answer: (path: string, handler: () => Response) => string): string =>
  answer('page', () => new Response('<p>', { headers: { 'content-type': 'text/html' } }))

export const lifecycle: Assumption[] = [
  {
    id: 'path-must-be-absolute',
    says: '`app.setPath` refuses a relative path, and a name that it does not know.',
    reliedOn: [application],
    source: 'shell/browser/api/electron_api_app.cc',
    check: async ({ electron: { app } }) => {
      assert.throws(() => app.setPath('userData', 'somewhere'), /Path must be absolute/)
      assert.throws(() => app.setPath('nowhere', '/tmp'), /Failed to set path/)
      assert.throws(() => app.getPath('nowhere' as 'home'), /Failed to get 'nowhere' path/)
    },
  },
  {
    id: 'path-logs',
    says: 'There is a place for logs, dumps and downloads, each an absolute path of its own.',
    reliedOn: [application],
    source: 'docs/api/app.md',
    check: async ({ electron: { app } }) => {
      const places = (['logs', 'crashDumps', 'downloads', 'userData'] as const).map((name) =>
        app.getPath(name),
      )
      for (const place of places) assert.ok(isAbsolute(place))
      assert.equal(new Set(places).size, places.length)
    },
  },
  {
    id: 'ready-after-entry',
    says: '`ready` comes once the entry module has been evaluated; what it did before is in time.',
    reliedOn: ['electron/main/index.ts', application],
    source: 'lib/browser/init.ts',
    play: ({ electron: { app }, tell }) => {
      tell(`ready at once: ${app.isReady()}`)
      void app.whenReady().then(() => {
        tell(`ready: ${app.isReady()}`)
        app.exit(0)
      })
      tell('evaluated')
    },
    expects: ['ready at once: false', 'evaluated', 'ready: true'],
  },
  {
    id: 'utility-after-ready',
    says: 'A utility process cannot be made before `ready`.',
    reliedOn: ['electron/main/shell/backend-process.ts', 'electron/main/index.ts'],
    source: 'shell/browser/api/electron_api_utility_process.cc',
    play: async ({ electron: { app, utilityProcess }, tell }) => {
      try {
        utilityProcess.fork('/nowhere.mjs')
        tell('made')
      } catch (error) {
        tell(error instanceof Error ? error.message : 'thrown')
      }
      await app.whenReady()
      app.exit(0)
    },
    expects: ['utilityProcess cannot be created before app is ready.'],
  },
  {
    id: 'quit-order',
    says: 'Quitting says before-quit, closes each window, then will-quit and quit; window-all-closed is not said.',
    reliedOn: [application],
    source: browser,
    play: async ({ electron: { app, BrowserWindow }, answer, tell }) => {
      for (const name of ['before-quit', 'window-all-closed', 'will-quit', 'quit'] as const)
        app.on(name as 'quit', () => tell(name))
      await app.whenReady()
      const window = new BrowserWindow({ show: false })
      window.on('close', () => tell('close'))
      window.on('closed', () => tell('closed'))
      await window.loadURL(page(answer))
      app.quit()
    },
    expects: ['before-quit', 'close', 'closed', 'will-quit', 'quit'],
  },
  {
    id: 'quit-prevented-and-again',
    says: 'A quit that is prevented at before-quit is over; asked for again, it goes on.',
    reliedOn: [application],
    source: browser,
    play: async ({ electron: { app }, tell }) => {
      let times = 0
      app.on('before-quit', (event) => {
        times += 1
        tell(`before-quit ${times}`)
        if (times > 1) return
        event.preventDefault()
        setTimeout(() => app.quit(), 10)
      })
      app.on('will-quit', () => tell('will-quit'))
      await app.whenReady()
      app.quit()
    },
    expects: ['before-quit 1', 'before-quit 2', 'will-quit'],
  },
  {
    id: 'quit-window-stays',
    says: 'A window that prevents its closing has called the quitting off.',
    reliedOn: [application, 'electron/main/shell/window.ts'],
    source: browser,
    play: async ({ electron: { app, BrowserWindow }, answer, tell }) => {
      let isFirst = true
      app.on('will-quit', () => tell('will-quit'))
      await app.whenReady()
      const window = new BrowserWindow({ show: false })
      window.on('close', (event) => {
        tell('close')
        if (!isFirst) return
        isFirst = false
        event.preventDefault()
        setTimeout(() => {
          tell(`there: ${!window.isDestroyed()}`)
          app.quit()
        }, 50)
      })
      await window.loadURL(page(answer))
      app.quit()
    },
    expects: ['close', 'there: true', 'close', 'will-quit'],
  },
  {
    id: 'exit-asks-nobody',
    says: '`app.exit` says neither before-quit nor will-quit, and no window’s `close`.',
    reliedOn: [application],
    source: browser,
    play: async ({ electron: { app, BrowserWindow }, answer, tell }) => {
      for (const name of ['before-quit', 'will-quit', 'quit'] as const)
        app.on(name as 'quit', () => tell(name))
      await app.whenReady()
      const window = new BrowserWindow({ show: false })
      window.on('close', () => tell('close'))
      await window.loadURL(page(answer))
      app.exit(0)
    },
    expects: ['quit'],
  },
  {
    id: 'last-window-closed',
    says: 'The last window that a person closes says window-all-closed; who listens decides whether to go.',
    reliedOn: [application],
    source: browser,
    play: async ({ electron: { app, BrowserWindow }, answer, tell }) => {
      app.on('window-all-closed', () => {
        tell('window-all-closed')
        setTimeout(() => {
          tell('still here')
          app.exit(0)
        }, 50)
      })
      await app.whenReady()
      const window = new BrowserWindow({ show: false })
      window.on('closed', () => tell('closed'))
      await window.loadURL(page(answer))
      window.close()
    },
    expects: ['closed', 'window-all-closed', 'still here'],
  },
  {
    id: 'window-after-last',
    says: 'After its last window was closed the application opens another.',
    reliedOn: ['electron/main/shell/main-window.ts'],
    source: browser,
    play: async ({ electron: { app, BrowserWindow }, answer, tell }) => {
      app.on('window-all-closed', () => {})
      await app.whenReady()
      const first = new BrowserWindow({ show: false })
      await first.loadURL(page(answer))
      first.close()
      await new Promise<void>((done) => first.on('closed', () => done()))
      const second = new BrowserWindow({ show: false })
      await second.loadURL(page(answer))
      tell(`second: ${await second.webContents.executeJavaScript('1 + 1')}`)
      app.exit(0)
    },
    expects: ['second: 2'],
  },
  {
    id: 'window-name-free-after-closed',
    says: 'A window has its name for itself also in its own `closed`; at `window-all-closed` another one can have it.',
    reliedOn: ['electron/main/shell/main-window.ts', application],
    source: 'shell/browser/native_window.cc, shell/browser/api/electron_api_base_window.cc',
    play: async ({ electron: { app, BrowserWindow }, answer, tell }) => {
      const open = () => new BrowserWindow({ show: false, name: 'only' })
      app.once('window-all-closed', () => {
        const second = open()
        tell('window-all-closed: opened')
        void second.loadURL(page(answer)).then(() => app.exit(0))
      })
      await app.whenReady()
      const first = open()
      first.on('closed', () => {
        try {
          open()
          tell('closed: opened')
        } catch (error) {
          tell(`closed: ${error instanceof Error ? error.message : error}`)
        }
      })
      await first.loadURL(page(answer))
      first.destroy()
    },
    expects: [
      "closed: Window name 'only' is already in use. Window names must be unique.",
      'window-all-closed: opened',
    ],
  },
  {
    id: 'second-instance',
    says: 'A second launch gets no lock, and the first hears its arguments, others among them, after `ready`.',
    reliedOn: [application, 'src/session/deep-link.ts'],
    source: 'shell/browser/api/electron_api_app.cc',
    play: async ({ electron: { app }, tell, launchAgain }) => {
      const isSecond = process.argv.includes('atelier://auth/callback?code=1')
      const isFirst = app.requestSingleInstanceLock()
      if (isSecond) {
        // The first may hear before this is known here, or after.
        if (isFirst) tell('second has the lock')
        app.quit()
        return
      }
      app.on('second-instance', (_event, argv) => {
        tell(`heard: ${argv.includes('atelier://auth/callback?code=1')}, ready: ${app.isReady()}`)
      })
      await app.whenReady()
      await launchAgain(['atelier://auth/callback?code=1'])
      app.exit(0)
    },
    expects: ['heard: true, ready: true'],
  },
  {
    id: 'second-instance-while-quitting',
    says: 'While quitting is held back a second launch gets no lock yet, and the first hears it before `quit`.',
    reliedOn: [application],
    source: 'shell/browser/api/electron_api_app.cc',
    play: async ({ electron: { app }, tell, launchAgain }) => {
      const isSecond = process.argv.includes('--do=sync')
      const isFirst = app.requestSingleInstanceLock()
      if (isSecond) {
        // The first may hear before this is known here, or after.
        if (isFirst) tell('second has the lock')
        app.quit()
        return
      }
      let isFree = false
      app.on('second-instance', () => tell('heard'))
      app.on('before-quit', (event) => {
        if (isFree) return
        event.preventDefault()
        isFree = true
        void launchAgain(['--do=sync']).then(() => app.quit())
      })
      app.on('quit', () => tell('quit'))
      await app.whenReady()
      app.quit()
    },
    expects: ['heard', 'quit'],
  },
  {
    id: 'rejection-goes-on',
    says: 'A promise that is rejected and handled by nobody warns in main, and does not end it.',
    reliedOn: ['electron/main/index.ts'],
    source: 'shell/browser/electron_browser_main_parts.cc',
    play: async ({ electron: { app }, tell }) => {
      await app.whenReady()
      void Promise.reject(new Error('meant: nobody handles this'))
      setTimeout(() => {
        tell('still here')
        app.exit(0)
      }, 100)
    },
    expects: ['still here'],
  },
]
