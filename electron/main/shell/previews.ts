import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type BrowserWindow,
  type Session,
  session,
  type WebContents,
  WebContentsView,
} from 'electron'
import type { Command } from '../../../src/contract/desktop.ts'
import type { GoneBecause, Rectangle } from '../../../src/contract/preview.ts'
import type { HandlersOf } from '../../../src/contract/table.ts'
import { commandByKey } from '../../../src/presence/keys.ts'

/** Not `persist:`: nothing of it outlives the application. */
const previewSession = (): Session => session.fromPartition('preview')
export const isPreview = (contents: WebContents): boolean => contents.session === previewSession()

/** Artifacts are hostile: their session has no way out but their own files. */
export const closePreviewSession = async (
  handle: (request: Request) => Promise<Response>,
): Promise<void> => {
  const own = previewSession()
  own.protocol.handle('artifact', handle)
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  own.setPermissionCheckHandler(() => false)
  own.setDevicePermissionHandler(() => false)
  own.on('will-download', (event) => event.preventDefault())
  own.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !/^(artifact|blob|data):/.test(url) }),
  )
  // Past all of the above there are sockets that no rule for requests sees: TURN over TCP, a nested frame's early
  // connection. They ask the proxy, and there is none; loopback is no exception.
  await own.setProxy({
    mode: 'fixed_servers',
    proxyRules: '127.0.0.1:1',
    proxyBypassRules: '<-loopback>',
  })
}

/** Which artifact a view was opened for; its page may go to no other. */
const artifactOf = new WeakMap<WebContents, string>()

export const guardPreview = (contents: WebContents): void => {
  const stay = (event: { url: string; preventDefault: () => void }): void => {
    const target = URL.canParse(event.url) ? new URL(event.url) : null
    if (target?.protocol !== 'artifact:' || target.host !== artifactOf.get(contents))
      event.preventDefault()
  }
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', (event) => event.preventDefault())
}

/** The window shows one or two; whoever asks for more loses the oldest. */
const maxViews = 4
/** Milliseconds a page may take to show something before it is shown as it is. */
const answerTimeoutMs = 3000
/** Milliseconds that its picture may take: one that hangs would stay over what the application lays over it. */
const picturePatienceMs = 1000

export const openPreviews = (options: {
  window: () => BrowserWindow | null
  /** Never without Chromium's sandbox: whoever wrote the page would be at home here. */
  runsScripts: boolean
  /** The keys are the window's again. */
  left: (viewId: string) => void
  /** Its page shows nothing any more. */
  gone: (view: { viewId: string; why: GoneBecause }) => void
  /** Of keys that are the window's wherever they are pressed. */
  act: (command: Command) => void
}) => {
  const views = new Map<string, WebContentsView>()
  /** Those that answer nothing. */
  const silent = new WeakSet<WebContentsView>()
  const followed = new WeakSet<BrowserWindow>()

  const close = (viewId: string): void => {
    const view = views.get(viewId)
    views.delete(viewId)
    const host = options.window()
    if (!view) return
    if (host && !host.isDestroyed()) host.contentView.removeChildView(view)
    // One that hangs would go on turning for nobody.
    if (silent.has(view)) view.webContents?.forcefullyCrashRenderer()
    // A view's page does not end with its window by itself.
    view.webContents?.close()
  }
  const closeAll = (): void => {
    for (const viewId of [...views.keys()]) close(viewId)
  }
  /** A page that is gone, or hangs, must not stay over the window as a blank. */
  const watch = (viewId: string, view: WebContentsView): void => {
    const tell = (why: GoneBecause): void => {
      if (views.get(viewId) !== view) return
      if (why === 'silent') silent.add(view)
      view.setVisible(false)
      const host = options.window()
      // Its keys would go nowhere.
      if (host?.isFocused()) host.webContents.focus()
      options.gone({ viewId, why })
    }
    view.webContents.on('render-process-gone', () => tell('ended'))
    // Chromium asks nothing of what is hidden, and calls that responsive: who waits says so by giving it its place.
    view.webContents.on('unresponsive', () => tell('silent'))
  }
  const follow = (host: BrowserWindow): void => {
    if (followed.has(host)) return
    followed.add(host)
    host.once('closed', closeAll)
    // Whoever opened them is gone.
    host.webContents.on('did-navigate', closeAll)
  }

  return {
    open: async (viewId: string, artifactId: string, url: string): Promise<void> => {
      const host = options.window()
      if (!host || host.isDestroyed()) return
      follow(host)
      close(viewId)
      for (const oldest of [...views.keys()].slice(0, Math.max(0, views.size - maxViews + 1)))
        close(oldest)
      const view = new WebContentsView({
        webPreferences: {
          session: previewSession(),
          preload: join(import.meta.dirname, '../preload/preview.cjs'),
          // A page of a page needs it as much; in a sandbox no frame has Node.
          nodeIntegrationInSubFrames: true,
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          webviewTag: false,
          javascript: options.runsScripts,
          disableDialogs: true,
          spellcheck: false,
        },
      })
      views.set(viewId, view)
      const { webContents } = view
      artifactOf.set(webContents, artifactId)
      watch(viewId, view)
      view.setVisible(false)
      host.contentView.addChildView(view)
      webContents.on('before-input-event', (event, input) => {
        const command = commandByKey(input, process.platform)
        if (command) {
          event.preventDefault()
          host.webContents.focus()
          options.act(command)
          return
        }
        if (input.type !== 'keyDown' || input.key !== 'Escape') return
        event.preventDefault()
        host.webContents.focus()
        options.left(viewId)
      })
      const shown = new Promise<void>((done) => webContents.once('dom-ready', () => done()))
      await Promise.race([
        shown,
        webContents.loadURL(url).catch(() => {}),
        pause(answerTimeoutMs, undefined, { ref: false }),
      ])
    },

    place: async (viewId: string, place: Rectangle | null): Promise<string | null> => {
      const view = views.get(viewId)
      const host = options.window()
      if (!view || !host || host.isDestroyed()) return null
      if (place) {
        const zoom = host.webContents.getZoomFactor()
        view.setBounds({
          x: Math.round(place.x * zoom),
          y: Math.round(place.y * zoom),
          width: Math.round(place.width * zoom),
          height: Math.round(place.height * zoom),
        })
        // Who needs larger letters needs them here, too.
        view.webContents.setZoomFactor(zoom)
        silent.delete(view)
        view.setVisible(true)
        return null
      }
      // What is not shown has nothing to capture, and would keep us waiting.
      if (!view.getVisible()) return null
      const picture = await Promise.race([
        view.webContents.capturePage().catch(() => null),
        pause(picturePatienceMs, null, { ref: false }),
      ])
      // Closed meanwhile, perhaps.
      if (views.get(viewId) === view) view.setVisible(false)
      if (!picture || picture.isEmpty()) return null
      return `data:image/jpeg;base64,${picture.toJPEG(85).toString('base64')}`
    },

    enter: (viewId: string): void => views.get(viewId)?.webContents.focus(),
    close,
  }
}

export const previewHandlers = (
  previews: ReturnType<typeof openPreviews>,
  addressOf: (artifactId: string, path: string) => string,
): HandlersOf<'preview'> => ({
  'preview.open': ({ viewId, artifactId, path }) =>
    previews.open(viewId, artifactId, addressOf(artifactId, path)),
  'preview.place': ({ viewId, place }) => previews.place(viewId, place),
  'preview.enter': async ({ viewId }) => previews.enter(viewId),
  'preview.close': async ({ viewId }) => previews.close(viewId),
})
