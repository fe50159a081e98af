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
  /** Whose person has closed it, and which has its last words yet. */
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

  open(): void {
    this.allow()
    const window = this.#create()
    window.once('closed', () => {
      if (this.#current === window) this.#current = null
      if (this.#closing !== window) return
      this.#closing = null
      // Before the application asks whether it was the last one.
      if (this.#isWanted) this.show()
      this.#isWanted = false
    })
    this.#current = window
  }

  /** The current one will be gone in a moment: whoever wants one until then is given the next. */
  closes(): void {
    this.#closing = this.#current
  }

  /** To the front, or a new one. */
  show(): void {
    if (!this.#mayOpen) return
    const window = this.#current
    if (window && window === this.#closing && !window.isDestroyed()) {
      this.#isWanted = true
      return
    }
    if (!window || window.isDestroyed()) {
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
