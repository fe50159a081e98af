import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { choose, type Menu, shownOf } from './menu.ts'
import { play } from './played.ts'

/** A picture whose bytes nobody looks at here. */
export class NativeImage {
  #isEmpty = true
  isTemplate = false
  addRepresentation({ dataURL, buffer }: Electron.AddRepresentationOptions): void {
    if (dataURL?.startsWith('data:image/') || buffer) this.#isEmpty = false
  }
  isEmpty(): boolean {
    return this.#isEmpty
  }
  setTemplateImage(option: boolean): void {
    this.isTemplate = option
  }
}
export const nativeImage = { createEmpty: () => new NativeImage() }

/** As it is, or a file of it. */
type Picture = string | Pick<Electron.NativeImage, 'isEmpty'>

let isReady = false
/** Both are refused before. */
export const desktopReady = (): void => {
  isReady = true
}

const trays = new Set<Tray>()
export class Tray extends EventEmitter {
  tip = ''
  menu: Menu | null = null
  #isDestroyed = false
  constructor(image: Picture, _guid?: string) {
    super()
    if (!isReady) throw new Error('Cannot create Tray before app is ready')
    this.setImage(image)
    trays.add(this)
  }
  #alive(): void {
    if (this.#isDestroyed) throw new Error('Tray is destroyed')
  }
  setImage(image: Picture): void {
    this.#alive()
    if (typeof image === 'string' ? !existsSync(image) : image.isEmpty())
      throw new Error('An icon that nobody can see')
  }
  setToolTip(tip: string): void {
    this.#alive()
    this.tip = tip
  }
  setContextMenu(menu: Menu | null): void {
    this.#alive()
    this.menu = menu
  }
  destroy(): void {
    this.#isDestroyed = true
    trays.delete(this)
  }
  isDestroyed(): boolean {
    return this.#isDestroyed
  }
}
const shown = (): Tray => {
  const [tray] = trays
  if (!tray) throw new Error('There is no icon')
  return tray
}
play('tray', () => {
  const [tray] = trays
  return tray ? { tip: tray.tip, menu: shownOf(tray.menu) } : null
})
play('tray click', () => void shown().emit('click', {}, {}, {}))
play<string[]>('tray choose', (path) => choose(shown().menu, path))

const notifications = new Set<Notification>()
export class Notification extends EventEmitter {
  readonly title: string
  readonly body: string
  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}) {
    super()
    if (!isReady) throw new Error('Cannot create Notification before app is ready')
    this.title = title
    this.body = body
  }
  static isSupported(): boolean {
    return true
  }
  /** Windows has it, and the double is on Linux. */
  static handleActivation(_callback: (details: Electron.ActivationArguments) => void): void {
    throw new TypeError('Notification.handleActivation is not a function')
  }
  show(): void {
    notifications.add(this)
    setImmediate(() => this.emit('show', {}))
  }
  close(): void {
    if (notifications.delete(this)) setImmediate(() => this.emit('close', {}))
  }
}
play('notifications', () => [...notifications].map(({ title, body }) => ({ title, body })))
/** As Windows has it: off the screen, and still there to be clicked or withdrawn. */
play<string>('notification time out', (title) => {
  for (const each of notifications)
    if (each.title === title) each.emit('close', { reason: 'timedOut' })
})
play<string>('notification click', (title) => {
  const found = [...notifications].find((each) => each.title === title)
  if (!found) throw new Error(`There is no notification “${title}”`)
  notifications.delete(found)
  found.emit('click', {})
})
