import type { BrowserWindow } from 'electron'

/** What is asked of a window while it is there; of one that is gone every question but the last throws. */
type Window = Pick<BrowserWindow, 'isMinimized' | 'restore' | 'show' | 'focus' | 'isDestroyed'> & {
  once(event: 'closed', heard: () => void): unknown
}

/** The one window: it may be closed and opened again while the application stays, as on macOS. */
export class MainWindow<W extends Window = BrowserWindow> {
  readonly #create: () => W
  #current: W | null = null
  /** Not before the first, and no more once the application is on its way out. */
  #mayOpen = false
  /** On its way out, from its last words until it is counted off: as long as it has the name, another one throws. */
  #closing: W | null = null
  #isWanted = false

  constructor(create: () => W) {
    this.#create = create
  }

  get current(): W | null {
    return this.#current
  }

  /** Whether or not there is one: it may come later. */
  allow(): void {
    this.#mayOpen = true
  }

  /** True until the next may open: what is told to the current one goes with it. */
  get isClosing(): boolean {
    return this.#closing !== null || (this.#current?.isDestroyed() ?? false)
  }

  open(): void {
    this.allow()
    const window = this.#create()
    window.once('closed', () => {
      if (this.#current !== window) return
      this.#current = null
      this.#closing = window
    })
    this.#current = window
  }

  /** The current one will be gone in a moment: whoever wants one until then is given the next. */
  closes(): void {
    this.#closing = this.#current ?? this.#closing
  }

  /** No window is left, and the name is free. Answers whether somebody wanted the next, which is open then. */
  allClosed(): boolean {
    const isWanted = this.#isWanted
    this.#closing = null
    this.#isWanted = false
    if (isWanted) this.show()
    return this.#current !== null
  }

  /** To the front, or a new one. */
  show(): void {
    if (!this.#mayOpen) return
    if (this.isClosing) {
      this.#isWanted = true
      return
    }
    const window = this.#current
    if (!window) {
      this.open()
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  leave(): void {
    this.#mayOpen = false
  }
}
