import type { WebContents } from './contents.ts'
import { play } from './played.ts'

type Options = Electron.MenuItemConstructorOptions
/** What a role is called where its entry says nothing, of those that the product uses. */
const roleLabels: Record<string, string> = {
  about: 'About Atelier',
  close: 'Close Window',
  copy: 'Copy',
  cut: 'Cut',
  editmenu: 'Edit',
  help: 'Help',
  paste: 'Paste',
  quit: 'Quit',
  reload: 'Reload',
  selectall: 'Select All',
  toggledevtools: 'Toggle Developer Tools',
  togglefullscreen: 'Toggle Full Screen',
  windowmenu: 'Window',
}

/** What a role does, done to the contents that have the keys; set by whoever has windows. */
type Roles = { contents: () => WebContents | null; close: () => void; quit: () => void }
let roles: Roles = { contents: () => null, close: () => {}, quit: () => {} }
export const playRoles = (given: Roles): void => {
  roles = given
}
/** As Chromium does it in the page. */
const edits: Record<string, string> = {
  copy: 'copy',
  cut: 'cut',
  paste: 'paste',
  selectall: 'selectAll',
}
const execute = async (role: string): Promise<void> => {
  if (role === 'close') return roles.close()
  if (role === 'quit') return roles.quit()
  const edit = edits[role]
  const page = await roles.contents()?.page
  if (edit && page) await page.evaluate((name) => document.execCommand(name), edit)
}

class MenuItem {
  readonly id: string
  readonly label: string
  readonly role: string
  readonly type: string
  readonly accelerator: string | undefined
  /** Or only shown. */
  readonly registerAccelerator: boolean
  enabled: boolean
  visible: boolean
  readonly submenu: Menu | null
  readonly #click: Options['click']
  constructor(options: Options) {
    const { id = '', label, role = '', type, enabled = true, visible = true, submenu } = options
    this.id = id
    this.role = role.toLowerCase()
    this.label = label ?? roleLabels[this.role] ?? ''
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : null
    this.type = type ?? (this.submenu ? 'submenu' : 'normal')
    this.accelerator = options.accelerator ?? undefined
    this.registerAccelerator = options.registerAccelerator ?? !edits[this.role]
    this.enabled = enabled
    this.visible = visible
    this.#click = options.click
  }
  async click(): Promise<void> {
    if (!this.enabled) throw new Error(`“${this.label}” is not enabled`)
    // A role of the system's own outdoes what an entry says.
    if (this.role) await execute(this.role)
    else (this.#click as (() => void) | undefined)?.()
  }
}

type Shown = { label: string; enabled: boolean; submenu?: Shown[] }
/** As a person reads it; a line is a dash. */
export const shownOf = (menu: Menu | null): Shown[] =>
  (menu?.items ?? [])
    .filter(({ visible }) => visible)
    .map(({ type, label, enabled, submenu }) => ({
      label:
        type === 'separator'
          ? '-'
          : label.replaceAll('&&', '\u0000').replaceAll('&', '').replaceAll('\u0000', '&'),
      enabled,
      ...(submenu ? { submenu: shownOf(submenu) } : {}),
    }))
/** By the labels on the way to it. */
export const choose = async (menu: Menu | null, [first, ...rest]: string[]): Promise<void> => {
  const at = shownOf(menu).findIndex(({ label }) => label === first)
  const item = menu?.items.filter(({ visible }) => visible)[at]
  if (!item) throw new Error(`There is no “${first}”: ${JSON.stringify(shownOf(menu))}`)
  return rest.length > 0 ? choose(item.submenu, rest) : item.click()
}

let applicationMenu: Menu | null = null
let popped: Menu | null = null
export class Menu {
  items: MenuItem[] = []
  static buildFromTemplate(given: (Options | Electron.MenuItem)[]): Menu {
    const template = given as Options[]
    if (!Array.isArray(template))
      throw new TypeError('Invalid template for Menu: Menu template must be an array')
    if (
      !template.every(
        ({ label, role, type }) => label !== undefined || role || type === 'separator',
      )
    )
      throw new TypeError(
        'Invalid template for MenuItem: must have at least one of label, role or type',
      )
    const isLine = (item?: Options): boolean => item?.type === 'separator'
    const folded = template.filter((item, at) => !isLine(item) || !isLine(template[at - 1]))
    const kept = folded.filter((item, at) => !isLine(item) || (at > 0 && at < folded.length - 1))
    const menu = new Menu()
    menu.items = kept.map((options) => new MenuItem(options))
    return menu
  }
  static setApplicationMenu(menu: Menu | null): void {
    if (menu && menu.constructor !== Menu) throw new TypeError('Invalid menu')
    applicationMenu = menu
  }
  static getApplicationMenu(): Menu | null {
    return applicationMenu
  }
  popup(options: Omit<Electron.PopupOptions, 'window'> & { window?: object } = {}): void {
    if (options.window === undefined && roles.contents() === null)
      throw new Error('Cannot open Menu without a BaseWindow present')
    popped = this
  }
  closePopup(): void {
    if (popped === this) popped = null
  }
}

play('menu', () => shownOf(applicationMenu))
play<string[]>('menu choose', (path) => choose(applicationMenu, path))
/** What popped up last, until something of it is chosen. */
play('popup', () => popped && shownOf(popped))
play<string[]>('popup choose', async (path) => {
  const menu = popped
  popped = null
  await choose(menu, path)
})
