// A test double of Electron (see README.md): what the product imports from 'electron' is here, and nothing else.

export { app } from './app.ts'
export type { WebContents } from './contents.ts'
export { dialog, shell } from './dialog.ts'
export { ipcMain } from './ipc.ts'
export { Menu } from './menu.ts'
export { type ClientRequest, net } from './net.ts'
export type { Session } from './session.ts'
export { autoUpdater, clipboard, crashReporter, powerMonitor } from './system.ts'
export { nativeTheme } from './theme.ts'
export { type NativeImage, Notification, nativeImage, Tray } from './tray.ts'
export { utilityProcess } from './utility.ts'
export { WebContentsView } from './view.ts'
export { BrowserWindow, protocol, session } from './windows.ts'

// In a page, where the preload runs (browser.ts).
export declare const contextBridge: Electron.ContextBridge
export declare const ipcRenderer: Electron.IpcRenderer
export declare const webUtils: Electron.WebUtils

// What is nothing but data is Electron's own.
export type AuthInfo = Electron.AuthInfo
export type Event<Params extends object = object> = Electron.Event<Params>
export type BrowserWindowConstructorOptions = Electron.BrowserWindowConstructorOptions
export type ContextMenuParams = Electron.ContextMenuParams
export type MenuItemConstructorOptions = Electron.MenuItemConstructorOptions
