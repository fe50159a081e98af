import type { BrowserWindow } from 'electron'
import type { Key } from '../../../src/presence/keys.ts'

/** Alt by itself, pressed and let go with nothing between, or F10: how a menu bar is reached by the keyboard. */
export class MenuKey {
  #isAlone = false

  /** Whether this one asks for the menu. */
  press({ type, key, alt, control, meta, shift, isAutoRepeat }: Key): boolean {
    // A key that is held says nothing new.
    if (isAutoRepeat) return false
    if (type === 'keyDown') {
      this.#isAlone = key === 'Alt' && !control && !meta && !shift
      return key === 'F10' && !alt && !control && !meta && !shift
    }
    const isAsked = this.#isAlone && type === 'keyUp' && key === 'Alt'
    this.#isAlone = false
    return isAsked
  }

  /** Something else came between, such as the pointer or another window. */
  forget(): void {
    this.#isAlone = false
  }
}

/** Where a window's own bar is not shown, since its page has the place of its title. */
export const openMenuByKey = (window: BrowserWindow, open: () => void): void => {
  const menuKey = new MenuKey()
  window.on('blur', () => menuKey.forget())
  window.webContents.on('before-mouse-event', (_event, { type }) => {
    if (type === 'mouseDown' || type === 'mouseWheel') menuKey.forget()
  })
  window.webContents.on('before-input-event', (event, input) => {
    if (!menuKey.press(input)) return
    event.preventDefault()
    open()
  })
}
