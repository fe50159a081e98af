import type { CDPSession, Page } from 'playwright-core'
import { WebContents } from './contents.ts'
import type { Session } from './session.ts'

type Bounds = { x: number; y: number; width: number; height: number }
type Input =
  | { type: 'move' | 'down' | 'up' | 'wheel'; x: number; y: number; button?: 'left' | 'right' }
  | { type: 'keyDown' | 'keyUp'; key: string }
type Painted = Window & {
  hostInput?: (id: number, input: Input) => Promise<void>
}

/** Runs in the window's page: the view's picture over it, which takes the pointer and, once it was clicked, the keys. */
type Painting = [id: number, picture: string | null, bounds: Bounds, hasKeys: boolean]
const paint = ([id, picture, { x, y, width, height }, hasKeys]: Painting): void => {
  const name = `host-view-${id}`
  const known = document.getElementById(name)
  if (picture === null) {
    known?.remove()
    return
  }
  const element =
    known instanceof HTMLImageElement
      ? known
      : Object.assign(document.createElement('img'), { id: name, alt: '', tabIndex: -1 })
  element.src = `data:image/png;base64,${picture}`
  Object.assign(element.style, {
    position: 'fixed',
    zIndex: '2147483647',
    outline: 'none',
    maxWidth: 'none',
    left: `${x}px`,
    top: `${y}px`,
    width: `${width}px`,
    height: `${height}px`,
  })
  if (element.isConnected) return
  element.setAttribute('aria-hidden', 'true')
  const tell = (input: Input): void => void (window as Painted).hostInput?.(id, input)
  const pointer = (type: 'move' | 'down' | 'up') => (event: MouseEvent) => {
    event.preventDefault()
    if (type === 'down') element.focus()
    tell({
      type,
      x: event.offsetX,
      y: event.offsetY,
      button: event.button === 2 ? 'right' : 'left',
    })
  }
  // Its own page is asked, and says what it was clicked on.
  element.addEventListener('contextmenu', (event) => event.preventDefault())
  element.addEventListener('mousemove', pointer('move'))
  element.addEventListener('mousedown', pointer('down'))
  element.addEventListener('mouseup', pointer('up'))
  element.addEventListener('wheel', ({ deltaX, deltaY }) =>
    tell({ type: 'wheel', x: deltaX, y: deltaY }),
  )
  for (const [event, type] of [
    ['keydown', 'keyDown'],
    ['keyup', 'keyUp'],
  ] as const)
    element.addEventListener(event, (pressed) => {
      pressed.preventDefault()
      pressed.stopPropagation()
      tell({ type, key: pressed.key })
    })
  document.documentElement.append(element)
  if (hasKeys) element.focus()
}

const views = new Map<number, WebContentsView>()
/** Pages that can tell what is pressed on a view. */
const listening = new WeakSet<Page>()

/** A page in another session, painted over the window: what Chromium's compositor does in Electron. */
export class WebContentsView {
  readonly webContents: WebContents
  readonly #id = views.size + 1
  #bounds: Bounds = { x: 0, y: 0, width: 0, height: 0 }
  #visible = true
  #hasKeys = false
  #picture: string | null = null
  #host: WebContents | null = null
  #devtools: Promise<CDPSession>
  constructor({
    webPreferences: { session, preload, nodeIntegrationInSubFrames = false, javascript = true },
  }: {
    webPreferences: Omit<Electron.WebPreferences, 'session'> & { session: Session }
  }) {
    views.set(this.#id, this)
    this.webContents = new WebContents(session, async (browser) => {
      const page = await browser.newPage()
      await this.webContents.adopt(page, preload, nodeIntegrationInSubFrames)
      if (!javascript) {
        const devtools = await page.context().newCDPSession(page)
        await devtools.send('Emulation.setScriptExecutionDisabled', { value: true })
      }
      return page
    })
    this.webContents.takeFocus = () => {
      // Its picture may not be there yet to take them.
      this.#hasKeys = true
      this.#inHost((id) => document.getElementById(id)?.focus())
    }
    this.#devtools = this.webContents.page.then(async (page) => {
      const devtools = await page.context().newCDPSession(page)
      devtools.on('Page.screencastFrame', ({ data, sessionId }) => {
        void devtools.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
        this.#picture = data
        void this.#paint(data)
      })
      return devtools
    })
    this.#devtools.catch(() => {})
  }
  #inHost(work: (id: string) => void): void {
    void this.#host?.page
      .then((page) => page.evaluate(work, `host-view-${this.#id}`))
      .catch(() => {})
  }
  async #paint(picture: string | null): Promise<void> {
    const host = this.#host
    const page = await host?.page
    // Let go meanwhile: what is painted now nobody would take away.
    if (!page || this.#host !== host) return
    const shown = this.#visible && this.#bounds.width > 0 ? picture : null
    await page
      .evaluate(paint, [
        this.#id,
        shown,
        this.#bounds,
        this.#hasKeys,
      ] satisfies Painting as Painting)
      .catch(() => {})
  }
  /** Follows what the page shows while anybody can see it. */
  async #show(): Promise<void> {
    const devtools = await this.#devtools
    if (!this.#visible || !this.#host) {
      // A page that hangs answers nothing, and is not seen all the same.
      void devtools.send('Page.stopScreencast').catch(() => {})
      return this.#paint(null)
    }
    const page = await this.webContents.page
    const { width, height } = this.#bounds
    if (width > 0 && height > 0) await page.setViewportSize({ width, height })
    await this.#paint(this.#picture)
    await devtools.send('Page.startScreencast', { format: 'png' })
  }
  /** The window takes it in, or lets it go. */
  async host(window: WebContents | null): Promise<void> {
    if (!window) {
      const page = await this.#host?.page
      this.#host = null
      await page?.evaluate(paint, [this.#id, null, this.#bounds, false] as Painting)
      return
    }
    this.#host = window
    const page = await window.page
    window.takeFocus = () => {
      this.#hasKeys = false
      this.#inHost((id) => document.getElementById(id)?.blur())
    }
    if (listening.has(page)) return
    listening.add(page)
    await page.exposeFunction('hostInput', (id: number, input: Input) =>
      views.get(id)?.input(input),
    )
  }
  async input(input: Input): Promise<void> {
    const page = await this.webContents.page
    if ('key' in input) {
      let prevented = false
      this.webContents.emit(
        'before-input-event',
        { preventDefault: () => (prevented = true) },
        input,
      )
      if (prevented) return
      await (input.type === 'keyDown' ? page.keyboard.down(input.key) : page.keyboard.up(input.key))
      return
    }
    const { type, x, y } = input
    if (type === 'wheel') return page.mouse.wheel(x, y)
    await page.mouse.move(x, y)
    if (type !== 'move') await page.mouse[type]({ button: input.button ?? 'left' })
  }
  setBounds(bounds: Bounds): void {
    this.#bounds = bounds
    if (this.#visible) void this.#show().catch(() => {})
  }
  getBounds(): Bounds {
    return this.#bounds
  }
  setVisible(visible: boolean): void {
    if (this.#visible === visible) return
    this.#visible = visible
    void this.#show().catch(() => {})
  }
  getVisible(): boolean {
    return this.#visible
  }
}

/** `window.contentView`. */
export const contentViewOf = (window: WebContents) => {
  const children: WebContentsView[] = []
  return {
    children,
    addChildView: (view: WebContentsView): void => {
      children.push(view)
      void view.host(window).catch(() => {})
    },
    removeChildView: (view: WebContentsView): void => {
      const at = children.indexOf(view)
      if (at >= 0) children.splice(at, 1)
      void view.host(null).catch(() => {})
    },
  }
}
