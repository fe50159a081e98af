import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { toCustom, toIntercepted } from './addresses.ts'
import { main } from './app-events.ts'
import { cloneCodec } from './clone.ts'
import { followClicks } from './context-clicks.ts'
import { addPreload } from './preload.ts'
import type { Session } from './session.ts'
import { applyTheme, pages } from './theme.ts'

const { encode } = cloneCodec()
const contentsOf = new Map<Page, WebContents>()
export const ownerOf = (frame: Frame | null): WebContents | null =>
  (frame && contentsOf.get(frame.page())) ?? null
/** What tells one document of a frame from the next. */
export const documentOf = (frame: Frame): unknown =>
  frame.parentFrame() ? frame.url() : ownerOf(frame)?.documents
/** Electron tells of every navigation, and asks for what a page begins, and not for what main began. */
export const mayNavigate = (frame: Frame | null, url: string): boolean => {
  const contents = ownerOf(frame)
  if (!contents || !frame) return false
  const isMainFrame = frame.parentFrame() === null
  const about = { url, isMainFrame, isSameDocument: false }
  contents.emit('did-start-navigation', { ...about, preventDefault: () => {} })
  if (isMainFrame && contents.loading) {
    contents.loading = false
    return true
  }
  let prevented = false
  const event = { ...about, preventDefault: () => (prevented = true) }
  contents.emit('will-frame-navigate', event)
  if (!prevented && isMainFrame) contents.emit('will-navigate', event)
  return !prevented
}

/**
 * What a page shows, as JPEG. By a screencast: Chromium itself dies when a page's process ends while a picture by
 * `Page.captureScreenshot` is being made.
 */
const firstFrame = async (page: Page): Promise<Buffer> => {
  const devtools = await page.context().newCDPSession(page)
  const frame = new Promise<Buffer>((done, refuse) => {
    devtools.once('Page.screencastFrame', ({ data }) => done(Buffer.from(data, 'base64')))
    page.once('crash', () => refuse(new Error('The page has gone.')))
    page.once('close', () => refuse(new Error('The page was closed.')))
  })
  // Where no screencast begins nobody waits for it.
  frame.catch(() => {})
  try {
    await devtools.send('Page.startScreencast', { format: 'jpeg', quality: 85 })
    return await frame
  } finally {
    await devtools.detach().catch(() => {})
  }
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
  /** What main itself began, and no page. */
  loading = false
  /** Of its main frame's document, with its fragment. */
  #url = ''
  /** How many its main frame has had. */
  documents = 0
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
  getURL(): string {
    return this.#url
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
        url,
        frameName,
        features: windowFeatures.join(','),
        disposition: 'new-window',
        referrer: { url: page.url(), policy: 'default' },
      }),
    )
    devtools.on('Page.frameNavigated', ({ frame }) => {
      const url = toCustom(frame.url)
      if (!frame.parentId) {
        this.documents += 1
        this.#url = toCustom(`${frame.url}${frame.urlFragment ?? ''}`)
      }
      this.emit('did-frame-navigate', {}, url, 200, 'OK', !frame.parentId)
      if (!frame.parentId) this.emit('did-navigate', {}, url, 200, 'OK')
    })
    const { frameTree } = await devtools.send('Page.getFrameTree')
    devtools.on('Page.navigatedWithinDocument', ({ frameId, url: given }) => {
      const isMainFrame = frameId === frameTree.frame.id
      const url = toCustom(given)
      if (isMainFrame) this.#url = url
      this.emit('did-start-navigation', { url, isMainFrame, isSameDocument: true })
      this.emit('did-navigate-in-page', {}, url, isMainFrame)
    })
    page.on('domcontentloaded', () => this.emit('dom-ready', {}))
    page.on('load', () => this.emit('did-finish-load', {}))
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
    try {
      await page.goto(toIntercepted(url))
    } catch (error) {
      this.loading = false
      const told = /net::(ERR_\w+)/.exec(error instanceof Error ? error.message : '')
      throw new Error(`${told?.[1] ?? 'ERR_ABORTED'} loading '${url}'`)
    }
  }
  async executeJavaScript(code: string, _isAsked = false): Promise<unknown> {
    // A page knows its own addresses by another name here.
    return (await this.page).evaluate(toIntercepted(code))
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  send(channel: string, ...args: unknown[]): void {
    const coded = encode(rewriteAnswer(args))
    void this.page
      .then((page) =>
        page.evaluate(
          ([name, values]) => {
            const { hostHear } = globalThis as unknown as {
              hostHear?: (name: unknown, values: unknown) => void
            }
            hostHear?.(name, values)
          },
          [channel, coded] as const,
        ),
      )
      // A page between two documents hears nothing, as in Electron.
      .catch(() => {})
  }
  /** Of the pointer alone, and of its clicks. */
  sendInputEvent(
    input: Electron.MouseInputEvent | Electron.MouseWheelInputEvent | Electron.KeyboardInputEvent,
  ): void {
    if (!('x' in input) || !['mouseDown', 'mouseUp', 'mouseMove'].includes(input.type)) return
    const { x, y, type, button = 'left' } = input as Electron.MouseInputEvent
    this.#input = this.#input
      .then(async () => {
        const { mouse } = await this.page
        await mouse.move(x, y)
        if (type === 'mouseDown') await mouse.down({ button })
        if (type === 'mouseUp') await mouse.up({ button })
      })
      .catch(() => {})
  }
  #input: Promise<void> = Promise.resolve()
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
    const picture = await firstFrame(await this.page)
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
  if (typeof value !== 'object' || value === null) return value
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, rewriteAnswer(inner)]),
  )
}
