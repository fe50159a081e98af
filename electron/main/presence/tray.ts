import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Menu, type NativeImage, nativeImage, Tray } from 'electron'
import type { Standing } from '../../../src/presence/standing.ts'
import { type TrayActions, trayMenu } from './tray-menu.ts'

/** By name and scale, as `scripts/tray-icons.ts` draws them. */
const pictures: Record<string, string> = import.meta.glob('./icons/*.png', {
  query: '?inline',
  import: 'default',
  eager: true,
})
const isMac = process.platform === 'darwin'

const pictureOf = (name: string): NativeImage => {
  const image = nativeImage.createEmpty()
  for (const scaleFactor of [1, 2]) {
    const dataURL = pictures[`./icons/${name}@${scaleFactor}x.png`]
    if (dataURL) image.addRepresentation({ scaleFactor, dataURL })
  }
  return image
}

/** What the menu bar of macOS colours by itself; elsewhere in colours of its own. */
const iconOf = (kind: Standing['kind']): NativeImage => {
  const image = pictureOf(isMac ? `${kind}-template` : kind)
  if (isMac) image.setTemplateImage(true)
  return image
}
/** Over the button in a taskbar. */
export const overlayIcon = (): NativeImage => pictureOf('needs-you')

/** By it the system keeps the icon where its person put it. */
const guid = '7c5a1c0e-3a0c-4d0a-9a36-6c9f5f6f0b41'

/** The icon among those of the system. Linux learns of a change by a whole new menu alone. */
export class TrayIcon {
  readonly #actions: TrayActions
  #tray: Tray | null = null
  #shown = ''

  constructor(actions: TrayActions) {
    this.#actions = actions
  }

  get isThere(): boolean {
    return this.#tray !== null && !this.#tray.isDestroyed()
  }

  show(standing: Standing): void {
    if (!this.#tray) {
      this.#tray = isMac ? new Tray(iconOf(standing.kind), guid) : new Tray(iconOf(standing.kind))
      // On macOS a click opens its menu, as everybody's there does.
      if (!isMac) this.#tray.on('click', () => this.#actions.open())
      this.#shown = ''
    }
    const { kind, words, needs } = standing
    const now = JSON.stringify([i18n.locale, kind, words, needs.map(({ key }) => key)])
    // A menu that is set anew while it is open closes.
    if (now === this.#shown) return
    this.#shown = now
    this.#tray.setImage(iconOf(kind))
    this.#tray.setToolTip(t`Atelier: ${words}`)
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayMenu(standing, this.#actions)))
  }

  hide(): void {
    this.#tray?.destroy()
    this.#tray = null
  }
}
