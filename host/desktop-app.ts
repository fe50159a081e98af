import { play } from './played.ts'

// What `app` is to the desktop of Linux, on which the double runs: badges only, and no login items.

let badge = 0
let about: Electron.AboutPanelOptionsOptions = {}
let isAboutShown = false
play('badge', () => badge)
play('about', () => (isAboutShown ? about : null))

export const desktopApp = {
  name: 'Atelier',
  dock: undefined as { setMenu(menu: object): void } | undefined,
  setAppUserModelId: (_id: string): void => {},
  setBadgeCount: (count?: number): boolean => {
    badge = count ?? badge
    return count !== undefined
  },
  setUserTasks: (_tasks: Electron.Task[]): boolean => true,
  setAboutPanelOptions: (options: Electron.AboutPanelOptionsOptions): void => {
    about = options
  },
  showAboutPanel: (): void => {
    isAboutShown = true
  },
  getPreferredSystemLanguages: (): string[] => ['en-GB', 'de-DE'],
  setLoginItemSettings: (_settings: Electron.Settings): void => {},
  getLoginItemSettings: (_of?: Electron.LoginItemSettingsOptions): Electron.LoginItemSettings => ({
    openAtLogin: false,
    wasOpenedAtLogin: false,
    status: 'not-registered',
    executableWillLaunchAtLogin: false,
    launchItems: [],
  }),
}
