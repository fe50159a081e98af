import { EventEmitter } from 'node:events'

// What belongs to the desktop, and has nobody behind it here.

export const powerMonitor = new EventEmitter()
/** Squirrel's; electron-updater tells of its own quitting on it. */
export const autoUpdater = new EventEmitter()
export const Menu = {
  setApplicationMenu: (_menu: object | null): void => {},
  buildFromTemplate: (_template: Electron.MenuItemConstructorOptions[]): object => ({}),
}
