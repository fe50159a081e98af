import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { t } from '@lingui/core/macro'
import { app, BrowserWindow, dialog, nativeTheme, session, shell } from 'electron'
import { externalLinkOf } from '../../../src/domain/external-link.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { devServerOf, isSamePage } from '../../../src/links/dev-server.ts'
import { logged } from '../../log/log.ts'
import { guardPreview, isPreview } from './previews.ts'
import { appOrigin } from './protocols.ts'
import { holdSessionEnd } from './session-end.ts'
import { followTheme, titleBarOf } from './title-bar.ts'

/** The one way out of the application: https pages and mail addresses, made anew. */
export const openExternal = async (text: string): Promise<void> => {
  const link = externalLinkOf(text)
  if (link === null)
    throw new Failure('link.wrong-target', 'Only web pages and mail addresses can be opened.')
  await shell.openExternal(link)
}

/** A sign-in page that main itself asked the server for: an embedded backend's is on this computer. */
export const openSignInPage = async (text: string): Promise<void> => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'http:' && url.hostname === '127.0.0.1') await shell.openExternal(url.href)
  else await openExternal(text)
}

/** No page opens windows or goes anywhere, and the application's own has no frames. */
export const guardContents = (): void => {
  const devServer = devServerOf(process.env.ELECTRON_RENDERER_URL, app.isPackaged)
  app.on('web-contents-created', (_event, contents) => {
    // A page could otherwise ask servers over UDP, past every other rule; nothing here makes calls.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
    contents.on('will-attach-webview', (event) => event.preventDefault())
    if (isPreview(contents)) return guardPreview(contents)
    contents.setWindowOpenHandler(({ url }) => {
      void openExternal(url).catch(logged('window', 'A link of the page was not opened'))
      return { action: 'deny' }
    })
    contents.on('will-frame-navigate', (event) => {
      // Vite's client has the page load itself again.
      const isReload = event.isMainFrame && isSamePage(event.url, contents.getURL())
      if (!(devServer && isReload)) event.preventDefault()
    })
  })
}

/** What Chromium keeps of pages and answers: a person's own goes with their copies. */
export const forgetPages = (): Promise<void> => session.defaultSession.clearData()

/** When the first page of a window is there, or will not come. */
const loaded = new WeakMap<BrowserWindow, Promise<void>>()

/** Milliseconds that a page has for its last words; one that hangs holds nobody. */
const lastWordsMs = 2_000

export type WindowOptions = {
  /** Has the page tell what it kept back, and resolves when it has. */
  ask: () => Promise<void>
  /** Whether what its person closes is to go. */
  mayClose: (window: BrowserWindow) => Promise<boolean>
  hasDeveloperTools: boolean
  /** Whoever goes with each window, as it is made. */
  followers: readonly { follow: (window: BrowserWindow) => void }[]
}

export const createWindow = ({
  ask,
  mayClose,
  hasDeveloperTools,
  followers,
}: WindowOptions): BrowserWindow => {
  const isDark = nativeTheme.shouldUseDarkColors
  const window = new BrowserWindow({
    // By its name Electron knows again where it was, how large, and whether it filled its display.
    name: 'main',
    windowStatePersistence: true,
    width: 1280,
    height: 820,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Atelier',
    backgroundColor: isDark ? '#17171a' : '#fbfbfa',
    ...titleBarOf(process.platform, isDark),
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: true,
      devTools: hasDeveloperTools,
    },
  })
  // Alt shows it, where there is one.
  window.setMenuBarVisibility(false)
  followTheme(window)
  window.once('ready-to-show', () => window.show())
  askBeforeClosing(window, ask, mayClose)
  for (const follower of followers) follower.follow(window)
  const loading = window.loadURL(`${appOrigin}/index.html`)
  loaded.set(
    window,
    loading.catch(() => {}),
  )
  return window
}

/** Not while the first page is on its way: that would end it, and load again the nothing that was there before it. */
export const reload = async (window: BrowserWindow | null): Promise<void> => {
  if (!window) return
  await loaded.get(window)
  if (!window.isDestroyed()) window.webContents.reload()
}

/** However it is closed, its page is asked first; a page that is not there, has crashed or hangs is not waited for. */
const askBeforeClosing = (
  window: BrowserWindow,
  ask: WindowOptions['ask'],
  mayClose: WindowOptions['mayClose'],
): void => {
  let isHeard = false
  window.webContents.on('dom-ready', () => {
    isHeard = true
  })
  window.webContents.on('render-process-gone', () => {
    isHeard = false
  })
  let isClosing = false
  const close = async (): Promise<void> => {
    if (isClosing || !(await mayClose(window)) || isClosing) return
    isClosing = true
    // Of this close alone: what crashed before has been loaded again since.
    const crashed = new Promise<void>((done) =>
      window.webContents.once('render-process-gone', () => done()),
    )
    const heard = isHeard ? ask() : null
    await Promise.race([heard, crashed, pause(lastWordsMs, undefined, { ref: false })]).catch(
      () => {},
    )
    if (!window.isDestroyed()) window.destroy()
  }
  window.on('close', (event) => {
    event.preventDefault()
    void close()
  })
  window.on('query-session-end', holdSessionEnd({ ask, quit: () => app.quit() }))
}

/** Resolves once it is gone. */
export const closeWindow = async (window: BrowserWindow | null): Promise<void> => {
  if (!window || window.isDestroyed()) return
  const closed = new Promise<void>((done) => window.once('closed', () => done()))
  window.close()
  await Promise.race([closed, pause(lastWordsMs + 1000, undefined, { ref: false })])
  // One with a dialog of the system over it may not close.
  if (!window.isDestroyed()) window.destroy()
}

let chosenIn: string | null = null
/** Where the person chose last: by itself Electron begins in Downloads each time. */
const lastFolder = (): string => chosenIn ?? app.getPath('documents')
const remembered = (path: string | null): string | null => {
  if (path) chosenIn = dirname(path)
  return path
}

/** The system's own dialog; null when the person thought better of it. */
export const chooseFolder = async (
  window: BrowserWindow | null,
  purpose: 'link' | 'copy',
): Promise<string | null> => {
  const options = {
    ...(purpose === 'link'
      ? { title: t`Link to a folder`, buttonLabel: t`Look at it` }
      : { title: t`Save a copy`, buttonLabel: t`Save here` }),
    properties: ['openDirectory' as const, 'createDirectory' as const],
    defaultPath: lastFolder(),
  }
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options)
  return canceled ? null : remembered(filePaths[0] ?? null)
}

/** Files, or a folder, to be copied into an artifact; empty when the person thought better of it. */
export const chooseToAdd = async (
  window: BrowserWindow | null,
  what: 'files' | 'folder',
): Promise<string[]> => {
  const options = {
    title: what === 'files' ? t`Choose files` : t`Choose a folder`,
    buttonLabel: t`Bring in`,
    properties:
      what === 'files' ? (['openFile', 'multiSelections'] as const) : (['openDirectory'] as const),
    defaultPath: lastFolder(),
  }
  const asked = { ...options, properties: [...options.properties] }
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, asked)
    : await dialog.showOpenDialog(asked)
  remembered(filePaths[0] ?? null)
  return canceled ? [] : filePaths
}

/** In the system's own words and window, which no page can answer. */
export const confirmServer = async (
  window: BrowserWindow | null,
  { before, after }: { before: string; after: string },
): Promise<boolean> => {
  const { host } = new URL(after)
  const isHere = new URL(before).hostname === '127.0.0.1'
  const options = {
    type: 'question' as const,
    message: t`Connect Atelier to ${host}?`,
    detail: isHere
      ? t`It was connected to the workspace on this computer. Your sign-in and what you save from then on go to ${after}. Go on only if you chose this yourself.`
      : t`It was connected to ${before}. Your sign-in and what you save from then on go to ${after}. Go on only if you chose this yourself.`,
    buttons: [t`Connect`, t`Cancel`],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  }
  const { response } = window
    ? await dialog.showMessageBox(window, options)
    : await dialog.showMessageBox(options)
  return response === 0
}

/** Said once, and waits for nobody. */
export const tellPutAside = (
  window: BrowserWindow | null,
  { why, file }: { why: 'newer' | 'damaged'; file: string },
): void => {
  const options = {
    type: 'info' as const,
    message: t`Atelier begins with new settings`,
    detail:
      why === 'newer'
        ? t`The former ones are of a newer Atelier than this one. They are kept in ${file}. Nothing else was changed.`
        : t`The former ones could not be read. They are kept in ${file}. Nothing else was changed.`,
    buttons: [t`OK`],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  }
  void (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options))
}

/** In the system's file manager, beside what it lies with: a folder may be one that a system runs when it is opened. */
export const revealFolder = async (path: string): Promise<void> => {
  const isThere = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  if (!isThere) throw new Failure('folder.missing', 'The folder could not be opened.')
  shell.showItemInFolder(path)
}
