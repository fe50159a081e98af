import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Assumption } from './assumption.ts'

const permissions = 'electron/main/shell/permissions.ts'
const source = 'shell/browser/electron_permission_manager.cc'

/** What a page hears of each thing that it could ask the system for. */
const askAll = `(async () => {
  const told = (asked) => asked.then(() => 'given', (error) => error.name)
  const state = async (name) => (await navigator.permissions.query({ name })).state
  return {
    place: await new Promise((done) => navigator.geolocation.getCurrentPosition(() => done('given'), ({ code }) => done(code))),
    camera: await told(navigator.mediaDevices.getUserMedia({ video: true })),
    microphone: await told(navigator.mediaDevices.getUserMedia({ audio: true })),
    notifications: await Notification.requestPermission(),
    clipboard: await told(navigator.clipboard.readText()),
    states: await Promise.all(['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'].map(state)),
  }
})()`
/** Reading the clipboard needs the keys, which a window that nobody sees has not. */
const focused = { options: { show: true } }

export const permissionAssumptions: Assumption[] = [
  {
    id: 'permission-request-asked',
    says: 'What a page prompts for is asked of the session’s request handler, by name, and its answer is the prompt’s.',
    reliedOn: [permissions, 'electron/main/shell/previews.ts'],
    source,
    check: async ({ electron: { session }, open }) => {
      const { defaultSession } = session
      const { webContents } = await open('<p>')
      const asked: unknown[] = []
      let isAllowed = false
      defaultSession.setPermissionRequestHandler((contents, name, answer, { isMainFrame }) => {
        asked.push([name, contents === webContents, isMainFrame])
        answer(isAllowed)
      })
      const ask = (): Promise<string> =>
        webContents.executeJavaScript('Notification.requestPermission()', true)
      assert.equal(await ask(), 'denied')
      isAllowed = true
      assert.equal(await ask(), 'granted')
      assert.deepEqual(asked, [
        ['notifications', true, true],
        ['notifications', true, true],
      ])
      defaultSession.setPermissionRequestHandler(null)
    },
  },
  {
    id: 'permission-check-asked',
    says: 'Whether a page has a permission is asked of the session’s check handler, for the page’s origin; nothing is ever “prompt”.',
    reliedOn: [permissions, 'electron/main/shell/previews.ts'],
    source,
    check: async ({ electron: { session }, open }) => {
      const { defaultSession } = session
      const { webContents } = await open('<p>')
      const asked: string[] = []
      defaultSession.setPermissionCheckHandler((_contents, name, origin) => {
        asked.push(`${name} ${origin}`)
        return name === 'geolocation'
      })
      const state = (name: string): Promise<string> =>
        webContents.executeJavaScript(
          `navigator.permissions.query({ name: '${name}' }).then(({ state }) => state)`,
        )
      assert.equal(await state('geolocation'), 'granted')
      assert.equal(await state('notifications'), 'denied')
      assert.ok(asked.includes('geolocation app://atelier/'), asked.join())
      defaultSession.setPermissionCheckHandler(null)
    },
  },
  {
    id: 'permission-denied',
    says: 'With both handlers as the product sets them a page gets nothing: no place, device, notification or clipboard.',
    reliedOn: [permissions],
    source,
    check: async ({ electron: { session }, open }) => {
      // Not before: who only lists what is assumed has no Electron.
      const { denyPermissions } = await import('../../electron/main/shell/permissions.ts')
      denyPermissions()
      const { webContents } = await open('<p>', focused)
      assert.deepEqual(await webContents.executeJavaScript(askAll, true), {
        place: 1,
        camera: 'NotAllowedError',
        microphone: 'NotAllowedError',
        notifications: 'denied',
        clipboard: 'NotAllowedError',
        states: ['denied', 'denied', 'denied', 'denied', 'denied'],
      })
      session.defaultSession.setPermissionRequestHandler(null)
      session.defaultSession.setPermissionCheckHandler(null)
    },
  },
  {
    id: 'permission-none-asks-nobody',
    says: 'A session without handlers allows what its pages ask for: each needs them before its first page.',
    reliedOn: [permissions, 'electron/main/shell/previews.ts'],
    source,
    check: async ({ open }) => {
      const { webContents } = await open('<p>')
      assert.equal(
        await webContents.executeJavaScript('Notification.requestPermission()', true),
        'granted',
      )
    },
  },
  {
    id: 'subframe-sender',
    says: '`senderFrame` of a frame in a page has that page for its parent; without nodeIntegrationInSubFrames it has no preload.',
    reliedOn: ['electron/main/shell/ipc.ts', 'electron/preload/preview.ts'],
    source: 'shell/browser/api/electron_api_web_frame_main.cc',
    check: async ({ electron, open, answer, write }) => {
      const { ipcMain, session, WebContentsView } = electron
      const html = { headers: { 'content-type': 'text/html' } }
      const inner = answer('inner', () => new Response('<p>inner', html))
      const outer = answer(
        'outer',
        () => new Response(`<iframe src="${path(inner)}"></iframe>`, html),
      )
      const preload = `const { contextBridge, ipcRenderer } = require('electron')
        contextBridge.exposeInMainWorld('kit', 1)
        if (location.href.endsWith('/inner')) void ipcRenderer.invoke('assumption-subframe')`
      const heard = new Promise<Electron.WebFrameMain | null>((done) =>
        ipcMain.handle('assumption-subframe', ({ senderFrame }) => done(senderFrame)),
      )
      const window = await open(
        `<iframe src="${path(inner)}" onload="window.kitInside = 'kit' in frames[0]"></iframe>`,
        { preload },
      )
      assert.equal(await window.webContents.executeJavaScript('window.kitInside'), false)
      const view = new WebContentsView({
        webPreferences: {
          session: session.defaultSession,
          sandbox: true,
          contextIsolation: true,
          nodeIntegrationInSubFrames: true,
          preload: await write('frames.cjs', preload),
        },
      })
      window.contentView.addChildView(view)
      await view.webContents.loadURL(outer)
      const frame = await heard
      assert.equal(frame?.url, inner)
      assert.equal(frame?.parent?.url, outer)
      const gone = once(view.webContents, 'destroyed')
      view.webContents.close()
      await gone
    },
  },
]
const path = (url: string): string => url.replace('app://atelier', '')
