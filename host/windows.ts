import { EventEmitter } from 'node:events'
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { main } from './app-events.ts'
import { openBrowser } from './browser.ts'
import { WebContents } from './contents.ts'
import { invoke } from './ipc.ts'
import {
  closeCancelled,
  closesAtTheEnd,
  file,
  getPath,
  lockFiles,
  quittingNow,
  ready,
  windowGone,
  windows,
} from './lifecycle.ts'
import { play } from './played.ts'
import { refusalOf } from './refusal.ts'
import { Session } from './session.ts'
import { playSpeller } from './speller.ts'
import { desktopReady } from './tray.ts'
import { contentViewOf } from './view.ts'
import { goBy } from './way.ts'
import { rememberedState, rememberState, type WindowState, workArea } from './window-state.ts'

let havePage = (_page: Page): void => {}
/** Once a window has one. */
export const firstPage = new Promise<Page>((done) => {
  havePage = done
})
const openDefault = ({ gate }: Session) =>
  openBrowser(getPath('userData'), invoke, gate).catch((error: unknown) => {
    console.error(refusalOf(error instanceof Error ? error.message : String(error), process.env))
    for (const name of lockFiles) rmSync(file(name), { force: true })
    process.exit(1)
  })
const defaultSession = new Session(openDefault, goBy)
closesAtTheEnd(() => defaultSession.opened)
playSpeller(defaultSession.speller)
void ready.then(desktopReady)
const partitions = new Map<string, Session>()
export const session = {
  defaultSession,
  fromPartition: (name: string): Session => {
    const known = partitions.get(name) ?? new Session((own) => own.beside(defaultSession, invoke))
    partitions.set(name, known)
    return known
  },
}

export const protocol = {
  registerSchemesAsPrivileged: (_schemes: Electron.CustomScheme[]): void => {},
  handle: defaultSession.protocol.handle,
}

/** Chromium ends with its last page, and Electron does not: a blank one stays, and is the next window's. */
const keepOpen = async (page: Page): Promise<void> => {
  if (quittingNow() || page.context().pages().length > 1) return
  await page.context().newPage()
}

const shown = new Set<BrowserWindow>()
export const focused = (): BrowserWindow | null => [...shown].at(-1) ?? null

const taken = new WeakSet<Page>()
export class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return [...windows] as BrowserWindow[]
  }
  readonly webContents: WebContents
  readonly contentView: ReturnType<typeof contentViewOf>
  readonly #ownName: string
  /** By which its state is kept. */
  readonly #name: string | null
  #state: WindowState
  #closed = false
  #hasFocus = false
  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    const { width = 800, height = 600, name = '', windowStatePersistence = false } = options
    // Also of one that says `closed` at this moment: it leaves the list afterwards.
    if (name && BrowserWindow.getAllWindows().some((each) => each.#ownName === name))
      throw new Error(`Window name '${name}' is already in use. Window names must be unique.`)
    this.#ownName = name
    if (windowStatePersistence && !name)
      console.error('Window state persistence enabled but no window name provided.')
    this.#name = windowStatePersistence && name ? name : null
    const remembered = this.#name && rememberedState(file('host-windows.json'), this.#name)
    this.#state = remembered || {
      bounds: { x: 320, y: 130, width, height },
      isMaximized: false,
      isFullScreen: false,
    }
    this.webContents = new WebContents(defaultSession, async (browser, isAgain) => {
      // Chromium opens with a page, and keeps a blank one.
      const isFree = (each: Page): boolean => each.url() === 'about:blank' && !taken.has(each)
      const free = isAgain ? undefined : browser.pages().find(isFree)
      if (free) taken.add(free)
      const page = free ?? (await browser.newPage())
      taken.add(page)
      havePage(page)
      await this.webContents.adopt(page, options.webPreferences?.preload)
      page.once('domcontentloaded', () => {
        // One that was closed meanwhile says nothing any more (lib/browser/api/web-contents.ts).
        if (!this.#closed) process.nextTick(() => this.emit('ready-to-show'))
      })
      page.once('close', () => {
        if (!this.webContents.isLeft(page)) this.#gone()
      })
      await this.#layOut(page)
      return page
    })
    this.webContents.zoomed = () =>
      void this.webContents.page.then((page) => this.#layOut(page)).catch(() => {})
    windows.add(this)
    shown.add(this)
    this.contentView = contentViewOf(this.webContents)
    main.emit('browser-window-created', {}, this)
  }
  /** A page has fewer pixels of its own the larger each is. */
  async #layOut(page: Page): Promise<void> {
    if (process.env.ATELIER_HOST_HEADED === '1') return
    const { width, height } = this.#bounds()
    const zoom = this.webContents.getZoomFactor()
    await page
      .setViewportSize({ width: Math.round(width / zoom), height: Math.round(height / zoom) })
      .catch(() => {})
  }
  #changed(change: Partial<WindowState>, event: string): void {
    this.#alive()
    this.#state = { ...this.#state, ...change }
    if (this.#name) rememberState(file('host-windows.json'), this.#name, this.#state)
    this.webContents.zoomed()
    this.emit(event)
  }
  getBounds(): WindowState['bounds'] {
    this.#alive()
    return this.#bounds()
  }
  #bounds(): WindowState['bounds'] {
    const { bounds, isMaximized, isFullScreen } = this.#state
    return isMaximized || isFullScreen ? workArea : bounds
  }
  setBounds(bounds: Partial<WindowState['bounds']>): void {
    this.#changed({ bounds: { ...this.#state.bounds, ...bounds } }, 'resize')
  }
  isMaximized(): boolean {
    this.#alive()
    return this.#state.isMaximized
  }
  maximize(): void {
    this.#changed({ isMaximized: true }, 'maximize')
  }
  isFocused(): boolean {
    this.#alive()
    return this.#hasFocus
  }
  blur(): void {
    this.#alive()
    this.#hasFocus = false
    this.emit('blur')
  }
  setOverlayIcon(_overlay: object | null, _description: string): void {
    this.#alive()
  }
  /** Only a window that was made with one has one, and the double's are Linux's own. */
  setTitleBarOverlay(_options: Electron.TitleBarOverlayOptions): void {
    throw new Error('Titlebar overlay is not enabled')
  }
  setProgressBar(_progress: number): void {
    this.#alive()
  }
  /** Whatever is asked of a window that is gone, but whether it is, and to go. */
  #alive(): void {
    if (this.#closed) throw new TypeError('Object has been destroyed')
  }
  loadURL(url: string): Promise<void> {
    this.#alive()
    return this.webContents.loadURL(url)
  }
  show(): void {
    this.#alive()
    this.#hasFocus = true
    this.emit('show')
  }
  focus(): void {
    this.#alive()
    this.#hasFocus = true
    void this.webContents.page.then((page) => page.bringToFront()).catch(() => {})
  }
  restore(): void {
    this.#alive()
  }
  isMinimized(): boolean {
    this.#alive()
    return false
  }
  close(): void {
    this.#alive()
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (prevented) closeCancelled()
    else
      void this.webContents.page
        .then((page) => page.close({ runBeforeUnload: true }))
        .catch(() => {})
  }
  /** Its page is asked nothing. */
  destroy(): void {
    if (this.#closed) return
    this.#gone()
    void this.webContents.page
      .then(async (page) => {
        await keepOpen(page)
        await page.close()
      })
      .catch(() => {})
  }
  #gone(): void {
    if (this.#closed) return
    this.#closed = true
    shown.delete(this)
    this.emit('closed')
    windowGone(this)
  }
  isDestroyed(): boolean {
    return this.#closed
  }
  setMenuBarVisibility(_visible: boolean): void {
    this.#alive()
  }
}
const open = (): BrowserWindow[] => [...windows].filter((each) => each instanceof BrowserWindow)
/** By the system, or by Chromium. */
/** Answers whether one of them said no to what comes of it. */
export const tellWindows = (event: string, details: object = {}): boolean => {
  let isPrevented = false
  const preventDefault = (): void => {
    isPrevented = true
  }
  for (const window of open()) window.emit(event, { ...details, preventDefault })
  return isPrevented
}
export const crashPages = (): void => {
  for (const { webContents } of open()) webContents.forcefullyCrashRenderer()
}
export const closeWindows = (): void => {
  for (const window of [...windows]) window.close()
}

const only = (): BrowserWindow => {
  const window = focused()
  if (!window) throw new Error('There is no window')
  return window
}
play('window', () => {
  const window = focused()
  return window && { ...window.getBounds(), isMaximized: window.isMaximized() }
})
play('windows', () => open().length)
play<Partial<WindowState['bounds']>>('window resize', (bounds) => only().setBounds(bounds))
play('window maximize', () => only().maximize())
play('window blur', () => only().blur())
/** What main tells its page, whenever that comes. */
play<[channel: string, ...unknown[]]>('page told', ([channel, ...told]) =>
  only().webContents.send(channel, ...told),
)
