import { EventEmitter } from 'node:events'
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { main, Session, WebContents } from './contents.ts'
import { invoke } from './ipc.ts'
import { closeCancelled, closesAtTheEnd, file, getPath, windowGone, windows } from './lifecycle.ts'
import { refusalOf } from './refusal.ts'
import { contentViewOf } from './view.ts'

let havePage = (_page: Page): void => {}
/** Once a window has one. */
export const firstPage = new Promise<Page>((done) => {
  havePage = done
})
const openDefault = ({ gate }: Session) =>
  openBrowser(getPath('userData'), invoke, gate).catch((error: unknown) => {
    console.error(refusalOf(error instanceof Error ? error.message : String(error), process.env))
    rmSync(file('host.lock'), { force: true })
    process.exit(1)
  })
const defaultSession = new Session(openDefault)
closesAtTheEnd(() => defaultSession.opened)
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

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  readonly contentView: ReturnType<typeof contentViewOf>
  #closed = false
  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    this.webContents = new WebContents(defaultSession, async (browser) => {
      const page = browser.pages()[0] ?? (await browser.newPage())
      havePage(page)
      await this.webContents.adopt(page, options.webPreferences?.preload)
      page.once('domcontentloaded', () => this.emit('ready-to-show'))
      page.once('close', () => this.#gone())
      return page
    })
    windows.add(this)
    this.contentView = contentViewOf(this.webContents)
    main.emit('browser-window-created', {}, this)
  }
  /** Whatever is asked of a window that is gone. */
  #alive(): void {
    if (this.#closed) throw new TypeError('Object has been destroyed')
  }
  loadURL(url: string): Promise<void> {
    this.#alive()
    return this.webContents.loadURL(url)
  }
  show(): void {
    this.#alive()
  }
  focus(): void {
    this.#alive()
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
    this.#gone()
    void this.webContents.page.then((page) => page.close()).catch(() => {})
  }
  #gone(): void {
    if (this.#closed) return
    this.#closed = true
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
export const closeWindows = (): void => {
  for (const window of [...windows]) window.close()
}
