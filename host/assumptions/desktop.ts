import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import type { Assumption } from './assumption.ts'

const tray = 'electron/main/presence/tray.ts'
const menus = 'electron/main/presence/context-menus.ts'
const applicationMenu = 'electron/main/presence/application-menu.ts'
const spelling = 'electron/main/presence/spelling.ts'
const taskbar = 'electron/main/presence/taskbar.ts'
const crash = 'electron/main/recovery/window.ts'
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const desktop: Assumption[] = [
  {
    id: 'desktop-after-ready',
    says: 'Neither an icon in the tray nor a notification can be made before `ready`.',
    reliedOn: [tray, 'electron/main/presence/notifier.ts'],
    source: 'shell/browser/api/electron_api_tray.cc, electron_api_notification.cc',
    play: async ({ electron: { app, nativeImage, Notification, Tray }, tell }) => {
      for (const make of [() => new Tray(nativeImage.createEmpty()), () => new Notification()])
        try {
          make()
          tell('made')
        } catch (error) {
          tell(error instanceof Error ? error.message : 'thrown')
        }
      await app.whenReady()
      app.exit(0)
    },
    expects: [
      'Cannot create Tray before app is ready',
      'Cannot create Notification before app is ready',
    ],
  },
  {
    id: 'tray-destroyed',
    says: 'An icon of the tray that was taken away says so, and refuses whatever is asked of it.',
    reliedOn: [tray],
    source: 'shell/browser/api/electron_api_tray.cc',
    check: async ({ electron: { nativeImage, Tray } }) => {
      const image = nativeImage.createEmpty()
      assert.equal(image.isEmpty(), true)
      image.addRepresentation({ scaleFactor: 1, dataURL: picture })
      assert.equal(image.isEmpty(), false)
      const icon = new Tray(image)
      icon.setToolTip('An assumption')
      assert.equal(icon.isDestroyed(), false)
      icon.destroy()
      assert.equal(icon.isDestroyed(), true)
      assert.throws(() => icon.setToolTip('gone'), /Tray is destroyed/)
    },
  },
  {
    id: 'menu-template',
    says: 'A menu’s entry needs a label, a role or to be a line; lines at its ends and beside each other are left out.',
    reliedOn: [applicationMenu, 'electron/main/presence/context-menu.ts'],
    source: 'lib/browser/api/menu.ts',
    check: async ({ electron: { Menu } }) => {
      assert.throws(() => Menu.buildFromTemplate([{ click: () => {} }]), /at least one of label/)
      const line = { type: 'separator' as const }
      const { items } = Menu.buildFromTemplate([line, { label: 'a' }, line, line, { label: 'b' }])
      assert.deepEqual(
        items.map(({ label, type }) => (type === 'separator' ? '-' : label)),
        ['a', '-', 'b'],
      )
    },
  },
  {
    id: 'menu-shown-key',
    says: 'An entry with `registerAccelerator: false` keeps the key that it shows.',
    reliedOn: [applicationMenu],
    source: 'lib/browser/api/menu-item.ts',
    check: async ({ electron: { Menu } }) => {
      const { items } = Menu.buildFromTemplate([
        { label: 'shown', accelerator: 'CmdOrCtrl+Z', registerAccelerator: false },
        { label: 'taken', accelerator: 'CmdOrCtrl+Y' },
      ])
      assert.deepEqual(
        items.map(({ accelerator, registerAccelerator }) => [accelerator, registerAccelerator]),
        [
          ['CmdOrCtrl+Z', false],
          ['CmdOrCtrl+Y', true],
        ],
      )
    },
  },
  {
    id: 'popup-needs-a-window',
    says: 'A menu pops up over a window, and without any it throws.',
    reliedOn: [menus],
    source: 'lib/browser/api/menu.ts',
    check: async ({ electron: { Menu } }) => {
      const menu = Menu.buildFromTemplate([{ label: 'a' }])
      assert.throws(() => menu.popup(), /Cannot open Menu without a BaseWindow present/)
    },
  },
  {
    id: 'context-menu-parameters',
    says: 'A click with the other button says what it was on: link, field, what may be done there, and by what it was made.',
    reliedOn: [menus, 'electron/main/presence/context-menu.ts'],
    source: 'shell/common/gin_converters/content_converter.cc',
    check: async ({ open }) => {
      const large = 'position:fixed;left:0;width:300px;height:100px;margin:0;padding:0'
      const { webContents } = await open(
        `<a style="${large};top:0" href="https://elsewhere.example/a">there</a>
         <textarea spellcheck="false" style="${large};top:200px">words</textarea>`,
        { options: { show: true } },
      )
      const click = async (y: number): Promise<Electron.ContextMenuParams> => {
        const told = once(webContents, 'context-menu')
        const where = { x: 20, y, button: 'right', clickCount: 1 } as const
        webContents.sendInputEvent({ type: 'mouseDown', ...where })
        webContents.sendInputEvent({ type: 'mouseUp', ...where })
        return (await told)[1]
      }
      const link = await click(20)
      assert.equal(link.linkURL, 'https://elsewhere.example/a')
      assert.deepEqual([link.isEditable, link.editFlags.canPaste], [false, false])
      assert.equal(link.menuSourceType, 'mouse')
      const field = await click(220)
      assert.deepEqual([field.isEditable, field.linkURL, field.misspelledWord], [true, '', ''])
      assert.equal(field.editFlags.canSelectAll, true)
    },
  },
  {
    id: 'badge-needs-a-number',
    platforms: ['linux'],
    says: 'A badge without a number is refused with false; progress and an overlay may be set where nothing shows them.',
    reliedOn: [taskbar],
    source: 'shell/browser/browser_linux.cc, native_window_views.cc',
    check: async ({ electron: { app }, open }) => {
      assert.equal(app.setBadgeCount(), false)
      const window = await open('<p>')
      window.setProgressBar(0.5)
      window.setProgressBar(-1)
      window.setOverlayIcon(null, '')
    },
  },
  {
    id: 'title-bar-overlay-absent',
    platforms: ['linux', 'win32'],
    says: 'A window that was made without an overlay in its title bar refuses one.',
    reliedOn: ['electron/main/shell/title-bar.ts'],
    source: 'shell/browser/api/electron_api_base_window.cc',
    check: async ({ open }) => {
      const window = await open('<p>')
      assert.throws(
        () => window.setTitleBarOverlay({ color: '#000000' }),
        /Titlebar overlay is not enabled/,
      )
    },
  },
  {
    id: 'login-item-linux',
    platforms: ['linux'],
    says: 'Linux has no login items: none can be set, and none is there.',
    reliedOn: ['electron/main/presence/login.ts'],
    source: 'shell/browser/browser_linux.cc',
    check: async ({ electron: { app } }) => {
      app.setLoginItemSettings({ openAtLogin: true })
      assert.equal(app.getLoginItemSettings().openAtLogin, false)
    },
  },
  {
    id: 'spelling-without-language',
    platforms: ['linux', 'win32'],
    says: 'Spelling may have no language at all, and refuses one that there is no dictionary of.',
    reliedOn: [spelling],
    source: 'shell/browser/api/electron_api_session.cc',
    check: async ({ electron: { session } }) => {
      const { defaultSession: own } = session
      own.setSpellCheckerLanguages([])
      assert.ok(own.availableSpellCheckerLanguages.includes('en-US'))
      assert.throws(() => own.setSpellCheckerLanguages(['xx-XX']), /Invalid language code/)
      own.setSpellCheckerEnabled(false)
    },
  },
  {
    id: 'window-state-kept',
    says: 'A window with a name and `windowStatePersistence` comes back as large as it was closed.',
    reliedOn: ['electron/main/shell/window.ts'],
    source: 'shell/browser/native_window.cc',
    check: async ({ electron: { BrowserWindow }, open }) => {
      const options = { show: true, name: 'assumption', windowStatePersistence: true }
      const first = await open('<p>', { options })
      first.setBounds({ width: 711, height: 522 })
      const closed = once(first, 'closed')
      first.close()
      await closed
      // Its name is free only afterwards.
      await turn()
      const second = new BrowserWindow({ ...options, show: false, width: 400, height: 300 })
      const { width, height } = second.getBounds()
      second.destroy()
      assert.deepEqual([width, height], [711, 522])
    },
  },
  {
    id: 'zoom-factor',
    says: 'Zoom is a factor above nothing, of which each level is a fifth; a page has fewer pixels the larger it is.',
    reliedOn: ['electron/main/presence/index.ts', 'electron/main/shell/previews.ts'],
    source: 'lib/browser/api/web-contents.ts',
    check: async ({ open }) => {
      const { webContents } = await open('<p>')
      const width = (): Promise<number> => webContents.executeJavaScript('innerWidth')
      const before = await width()
      webContents.setZoomFactor(1.44)
      assert.ok(Math.abs(webContents.getZoomLevel() - 2) < 0.01)
      assert.throws(() => webContents.setZoomFactor(0), /zoomFactor/)
      const smaller = await webContents.executeJavaScript(
        `new Promise((done) => { const look = () => innerWidth < ${before} ? done(innerWidth) : setTimeout(look, 10); look() })`,
      )
      assert.ok(Math.abs(smaller * 1.44 - before) < 3, `${before} and ${smaller}`)
      webContents.setZoomFactor(1)
    },
  },
  {
    id: 'page-gone-and-back',
    says: 'A page whose process dies says render-process-gone, with why; what main reloads then is a page again.',
    reliedOn: [crash],
    source: 'shell/browser/api/electron_api_web_contents.cc',
    check: async ({ open }) => {
      const { webContents } = await open('<p>')
      const gone = once(webContents, 'render-process-gone')
      webContents.forcefullyCrashRenderer()
      const [, { reason }] = await gone
      assert.ok(['crashed', 'killed'].includes(reason), reason)
      const back = once(webContents, 'did-finish-load')
      setImmediate(() => webContents.reload())
      await back
      assert.equal(await webContents.executeJavaScript('document.title'), 'page')
    },
  },
  {
    id: 'page-gone-while-pictured',
    says: 'A page whose process dies while a picture of it is being made takes no other page along, nor main.',
    reliedOn: ['electron/main/shell/previews.ts'],
    source: 'shell/browser/api/electron_api_web_contents.cc',
    check: async ({ open }) => {
      const beside = await open('<p>')
      for (let afterMs = 0; afterMs < 100; afterMs += 10) {
        const { webContents } = await open('<p>')
        const gone = once(webContents, 'render-process-gone')
        // Whether it comes to a picture is left open.
        void webContents.capturePage().catch(() => {})
        await pause(afterMs)
        webContents.forcefullyCrashRenderer()
        await gone
      }
      assert.equal(await beside.webContents.executeJavaScript('document.title'), 'page')
    },
  },
  {
    id: 'crash-reporter-without-server',
    says: 'Crash dumps are kept here where uploading is off; on, they need an address.',
    reliedOn: ['electron/main/recovery/dumps.ts'],
    source: 'lib/browser/api/crash-reporter.ts',
    play: async ({ electron: { app, crashReporter }, tell }) => {
      crashReporter.start({ uploadToServer: false, compress: false })
      tell('started')
      try {
        crashReporter.start({})
      } catch (error) {
        tell(error instanceof Error ? error.message : 'thrown')
      }
      await app.whenReady()
      app.exit(0)
    },
    expects: ['started', 'submitURL must be specified when uploadToServer is true'],
  },
  {
    id: 'scheme-needs-desktop-file',
    platforms: ['linux'],
    says: 'Without an installed desktop file no scheme can be claimed, and the answer says so.',
    reliedOn: ['electron/main/links/index.ts', 'electron/main/shell/application.ts'],
    source: 'shell/browser/browser_linux.cc',
    check: async ({ electron: { app } }) => {
      assert.equal(app.setAsDefaultProtocolClient('atelier-assumption'), false)
      assert.equal(app.isDefaultProtocolClient('atelier-assumption'), false)
    },
  },
  {
    id: 'lock-asked-for-again',
    says: 'Whoever has the single instance’s lock and asks for it again has it.',
    reliedOn: ['electron/main/shell/instance.ts'],
    source: 'shell/browser/api/electron_api_app.cc',
    play: async ({ electron: { app }, tell }) => {
      tell(`first: ${app.requestSingleInstanceLock()}`)
      tell(`again: ${app.requestSingleInstanceLock()}`)
      await app.whenReady()
      app.exit(0)
    },
    expects: ['first: true', 'again: true'],
  },
  {
    id: 'lock-released',
    says: 'Whoever lets go of the single instance’s lock leaves it to the next.',
    reliedOn: ['electron/main/shell/instance.ts'],
    source: 'shell/browser/api/electron_api_app.cc',
    play: async ({ electron: { app }, tell, launchAgain }) => {
      const isSecond = process.argv.includes('--second')
      const isTaken = app.requestSingleInstanceLock()
      if (isSecond) {
        tell(`second has the lock: ${isTaken}`)
        app.exit(0)
        return
      }
      tell(`first has the lock: ${isTaken}`)
      await app.whenReady()
      app.releaseSingleInstanceLock()
      await launchAgain(['--second'])
      app.exit(0)
    },
    expects: ['first has the lock: true', 'second has the lock: true'],
  },
]
