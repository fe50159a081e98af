import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { main } from './app-events.ts'
import {
  addPreload,
  exposeChannel,
  type Gate,
  guardContext,
  type Handle,
  type Invoke,
  toIntercepted,
} from './browser.ts'
import { followClicks } from './context-clicks.ts'
import { Speller } from './speller.ts'

export { main }

type Real = Electron.Session
/** What Electron's session would call back. */
type Handler<K extends 'Request' | 'Check'> = Parameters<Real[`setPermission${K}Handler`]>[0]
type BeforeRequest = (
  details: { url: string },
  answer: (what: { cancel?: boolean }) => void,
) => void
type Proxy = Electron.ProxyConfig

/** A session is a browser context: cookies, caches and a proxy of its own. */
export class Session extends EventEmitter {
  readonly handlers = new Map<string, Handle>()
  readonly protocol = {
    handle: (scheme: string, handler: Handle): void => void this.handlers.set(scheme, handler),
  }
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => {
      this.#before = listener
    },
  }
  #before: BeforeRequest | null = null
  #proxy: Proxy = {}
  #context: Promise<BrowserContext> | null = null
  readonly #open: (session: Session) => Promise<BrowserContext>
  constructor(open: (session: Session) => Promise<BrowserContext>) {
    super()
    this.#open = open
  }
  get gate(): Gate {
    const mayRequest = (url: string): boolean => {
      let cancelled = false
      this.#before?.({ url }, ({ cancel = false }) => {
        cancelled = cancel
      })
      return !cancelled
    }
    return { handlers: this.handlers, mayNavigate, mayRequest, contentsOf: ownerOf }
  }
  get opened(): Promise<BrowserContext> | null {
    return this.#context
  }
  context(): Promise<BrowserContext> {
    this.#context ??= this.#open(this)
    return this.#context
  }
  /** A context of its own in the browser of `first`, behind the proxy it was given. */
  async beside(first: Session, invoke: Invoke): Promise<BrowserContext> {
    const browser = (await first.context()).browser()
    if (!browser) throw new Error('Chromium has no second context.')
    const { proxyRules, proxyBypassRules } = this.#proxy
    const context = await browser.newContext({
      acceptDownloads: false,
      ...(proxyRules
        ? {
            proxy: {
              server: proxyRules,
              ...(proxyBypassRules ? { bypass: proxyBypassRules } : {}),
            },
          }
        : {}),
    })
    await exposeChannel(context, invoke)
    await guardContext(context, this.gate)
    return context
  }
  async setProxy(proxy: Proxy): Promise<void> {
    if (this.#context)
      throw new Error('The double gives a session its proxy before its first page.')
    this.#proxy = proxy
  }
  async clearData(): Promise<void> {
    const page = (await this.#context)?.pages()[0]
    if (!page) return
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Network.clearBrowserCache')
    const { origin } = new URL(page.url())
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    await devtools.detach()
  }
  readonly speller = new Speller()
  get availableSpellCheckerLanguages(): string[] {
    return this.speller.available
  }
  setSpellCheckerLanguages(languages: string[]): void {
    this.speller.set(languages)
  }
  setSpellCheckerEnabled(enable: boolean): void {
    this.speller.turn(enable)
  }
  addWordToSpellCheckerDictionary(word: string): boolean {
    this.speller.learned.push(word)
    return true
  }
  async resolveProxy(_url: string): Promise<string> {
    return 'DIRECT'
  }
  setPermissionRequestHandler(_handler: Handler<'Request'>): void {}
  setPermissionCheckHandler(_handler: Handler<'Check'>): void {}
  setDevicePermissionHandler(_handler: Parameters<Real['setDevicePermissionHandler']>[0]): void {}
}

const pages = new Set<Page>()
let themeSource: 'system' | 'light' | 'dark' = 'system'
const applyTheme = (page: Page): Promise<void> =>
  page.emulateMedia({ colorScheme: themeSource === 'system' ? null : themeSource }).catch(() => {})
class NativeTheme extends EventEmitter {
  get themeSource() {
    return themeSource
  }
  set themeSource(value: typeof themeSource) {
    themeSource = value
    for (const page of pages) void applyTheme(page)
    this.emit('updated', {})
  }
  get shouldUseDarkColors(): boolean {
    return themeSource === 'dark'
  }
}
export const nativeTheme = new NativeTheme()

const contentsOf = new Map<Page, WebContents>()
const ownerOf = (frame: Frame | null): WebContents | null =>
  (frame && contentsOf.get(frame.page())) ?? null
/** Electron asks for what a page begins, and not for what main began. */
const mayNavigate = (frame: Frame | null, url: string): boolean => {
  const contents = frame && contentsOf.get(frame.page())
  if (!contents) return false
  const isMainFrame = frame.parentFrame() === null
  if (isMainFrame && contents.loading) {
    contents.loading = false
    return true
  }
  let prevented = false
  const event = { url, isMainFrame, preventDefault: () => (prevented = true) }
  if (isMainFrame) contents.emit('will-navigate', event)
  contents.emit('will-frame-navigate', event)
  return !prevented
}

/** Milliseconds. */
const endedWithinMs = 1_000

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]
export class WebContents extends EventEmitter {
  readonly session: Session
  readonly #open: (browser: BrowserContext, isAgain: boolean) => Promise<Page>
  #page: Promise<Page>
  /** Pages whose process has died: Playwright can do nothing more with them, and another one takes their place. */
  readonly #left = new WeakSet<Page>()
  #crashedAt: string | null = null
  loading = false
  openHandler: OpenHandler = () => ({ action: 'allow' })
  /** Where its keys go is the business of whoever paints it. */
  takeFocus: () => void = () => {}
  /** Whoever lays the page out. */
  zoomed: () => void = () => {}
  #zoomLevel = 0
  #destroyed = false
  constructor(
    session: Session,
    open: (browser: BrowserContext, isAgain: boolean) => Promise<Page>,
  ) {
    super()
    this.session = session
    main.emit('web-contents-created', {}, this)
    this.#open = open
    this.#page = session.context().then((browser) => open(browser, false))
  }
  get page(): Promise<Page> {
    return this.#page
  }
  isLeft(page: Page): boolean {
    return this.#left.has(page)
  }
  #gone(page: Page, reason: 'crashed' | 'killed'): void {
    if (this.#left.has(page)) return
    this.#left.add(page)
    this.#crashedAt = page.url()
    const details = { reason, exitCode: 5 }
    this.emit('render-process-gone', {}, details)
    main.emit('render-process-gone', {}, this, details)
  }
  forcefullyCrashRenderer(): void {
    void this.page
      .then(async (page) => {
        void page
          .context()
          .newCDPSession(page)
          .then((devtools) => devtools.send('Page.crash'))
          .catch(() => {})
        // One that hangs does not even hear of that; Electron ends its process from outside.
        await pause(endedWithinMs)
        this.#gone(page, 'killed')
      })
      .catch(() => {})
  }
  /** What every page needs before its first document. */
  async adopt(page: Page, preload: string | undefined, inFrames = false): Promise<void> {
    pages.add(page)
    contentsOf.set(page, this)
    await applyTheme(page)
    this.session.speller.pageOpened()
    await followClicks(page, (click) => this.emit('context-menu', {}, { ...click, frame: null }))
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Page.enable')
    devtools.on('Page.windowOpen', ({ url, windowName: frameName, windowFeatures }) =>
      this.openHandler({
        ...{ url, frameName, features: windowFeatures.join(',') },
        ...{ disposition: 'new-window', referrer: { url: page.url(), policy: 'default' } },
      }),
    )
    devtools.on('Page.frameNavigated', ({ frame }) => {
      if (!frame.parentId) this.emit('did-navigate', {}, frame.url)
    })
    page.on('domcontentloaded', () => this.emit('dom-ready'))
    // No window of this application is allowed a second one.
    page.on('popup', (popup) => void popup.close().catch(() => {}))
    page.on('crash', () => this.#gone(page, 'crashed'))
    page.once('close', () => {
      pages.delete(page)
      if (this.#left.has(page)) return
      this.#destroyed = true
      this.emit('destroyed')
    })
    if (preload) await addPreload(page, preload, inFrames)
  }
  async loadURL(url: string): Promise<void> {
    const page = await this.page
    this.loading = true
    await page.goto(toIntercepted(url)).catch(() => {})
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  send(channel: string, ...args: unknown[]): void {
    void this.page
      .then((page) =>
        page.evaluate(
          ([name, values]) => {
            const { hostListeners } = globalThis as unknown as {
              hostListeners?: Map<string, ((event: object, ...args: unknown[]) => void)[]>
            }
            for (const listener of hostListeners?.get(name) ?? []) listener({}, ...values)
          },
          [channel, args.map(rewriteAnswer)] as [string, unknown[]],
        ),
      )
      // A page between two documents hears nothing, as in Electron.
      .catch(() => {})
  }
  setWebRTCIPHandlingPolicy(_policy: string): void {}
  /** Each level is a fifth more than the one before. */
  getZoomFactor(): number {
    return 1.2 ** this.#zoomLevel
  }
  setZoomFactor(factor: number): void {
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0")
    this.setZoomLevel(Math.log(factor) / Math.log(1.2))
  }
  getZoomLevel(): number {
    return this.#zoomLevel
  }
  setZoomLevel(level: number): void {
    this.#zoomLevel = level
    this.zoomed()
  }
  replaceMisspelling(text: string): void {
    void this.page
      .then((page) =>
        page.evaluate((word) => {
          const field = document.activeElement
          if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)
            field.select()
          document.execCommand('insertText', false, word)
        }, text),
      )
      .catch(() => {})
  }
  showDefinitionForSelection(): void {}
  async capturePage(): Promise<{ isEmpty(): boolean; toJPEG(quality: number): Buffer }> {
    const picture = await (await this.page).screenshot({ type: 'jpeg', quality: 85 })
    return { isEmpty: () => picture.length === 0, toJPEG: () => picture }
  }
  focus(): void {
    this.takeFocus()
  }
  reload(): void {
    this.loading = true
    const url = this.#crashedAt
    if (url !== null) {
      this.#crashedAt = null
      const before = this.#page
      this.#page = this.session.context().then((browser) => this.#open(browser, true))
      void this.#page
        .then(async (page) => {
          await page.goto(url)
          await (await before).close()
        })
        .catch(() => {})
      return
    }
    void this.page.then((page) => page.reload()).catch(() => {})
  }
  close(): void {
    void this.page.then((page) => page.close()).catch(() => {})
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
}

/** Addresses of artifacts, in whatever main answers or tells, as this Chromium knows them. */
export const rewriteAnswer = (value: unknown): unknown => {
  if (typeof value === 'string')
    return value.startsWith('artifact://') ? toIntercepted(value) : value
  if (Array.isArray(value)) return value.map(rewriteAnswer)
  if (value && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, rewriteAnswer(inner)]),
    )
  return value
}
