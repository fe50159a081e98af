import type { EventEmitter } from 'node:events'
import type Electron from 'electron'
import type * as double from './electron.ts'

// Fails to compile where a part of the double could not stand where Electron's stands. That the double has all that
// the product uses is the other half (scripts/double-types.ts). Events are in neither: their listeners are told apart
// by name, which no type of an emitter holds.

type Emitter = keyof NodeJS.EventEmitter
/** What both have, but for `Except`: what answers with another part, which has its own line here. */
type Shared<Double, Real, Except> = Pick<Real, Exclude<keyof Double & keyof Real, Emitter | Except>>
type Conforms<
  Double extends Shared<Double, Real, Except>,
  Real,
  Except extends keyof Double = never,
> = [Double, Real, Except]

/** That may be made of all that Electron's may, and whose own functions are Electron's, but for `Except`. */
type Class = abstract new (...args: never[]) => unknown
type Owns<Double extends Class> = Exclude<keyof Double, keyof typeof EventEmitter | 'prototype'>
type Takes<Double, Real> = Double extends (...args: infer D) => unknown
  ? Real extends (...args: infer R) => unknown
    ? R extends D
      ? true
      : false
    : false
  : false
type ConformsAsClass<
  Double extends Class,
  Real extends Class,
  Except extends Owns<Double> = never,
> =
  ConstructorParameters<Real> extends ConstructorParameters<Double>
    ? {
        [K in Exclude<Owns<Double>, Except>]: K extends keyof Real
          ? Takes<Double[K], Real[K]>
          : false
      }
    : false
type Holds<T> = T extends false ? never : false extends T[keyof T] ? never : true

type Of<T extends abstract new (...args: never[]) => unknown> = InstanceType<T>
type Window = Of<typeof double.BrowserWindow>
type View = Of<typeof double.WebContentsView>

/** @public */
export type DoubleConforms = [
  Conforms<typeof double.app, Electron.App, 'commandLine' | 'dock'>,
  Conforms<typeof double.app.commandLine, Electron.CommandLine>,
  Conforms<typeof double.dialog, Electron.Dialog>,
  Conforms<typeof double.shell, Electron.Shell>,
  Conforms<typeof double.nativeTheme, Electron.NativeTheme>,
  Conforms<typeof double.net, Electron.Net, 'request'>,
  Conforms<double.ClientRequest, Electron.ClientRequest, 'end'>,
  Conforms<typeof double.protocol, Electron.Protocol>,
  Conforms<typeof double.ipcMain, Electron.IpcMain>,
  Conforms<typeof double.crashReporter, Electron.CrashReporter>,
  Conforms<typeof double.powerMonitor, Electron.PowerMonitor>,
  Conforms<ReturnType<typeof double.utilityProcess.fork>, Electron.UtilityProcess>,
  Conforms<double.Session, Electron.Session, 'protocol' | 'webRequest'>,
  Conforms<double.Session['protocol'], Electron.Protocol>,
  Conforms<double.WebContents, Electron.WebContents, 'session' | 'capturePage'>,
  Conforms<Window, Electron.BrowserWindow, 'webContents' | 'contentView'>,
  Conforms<View, Electron.WebContentsView, 'webContents'>,
  Conforms<Of<typeof double.Tray>, Electron.Tray, 'setContextMenu'>,
  Conforms<Of<typeof double.Notification>, Electron.Notification>,
  Conforms<Of<typeof double.Menu>, Electron.Menu, 'items' | 'popup'>,
  Conforms<typeof double.clipboard, Electron.Clipboard>,
  Conforms<double.NativeImage, Electron.NativeImage>,
]

/** What is made by the product, and what is asked of no single one. A menu is handed back as another part. */
const classes: [
  Holds<ConformsAsClass<typeof double.Tray, typeof Electron.Tray>>,
  Holds<ConformsAsClass<typeof double.Notification, typeof Electron.Notification>>,
  Holds<ConformsAsClass<typeof double.BrowserWindow, typeof Electron.BrowserWindow>>,
  Holds<ConformsAsClass<typeof double.Menu, typeof Electron.Menu, 'setApplicationMenu'>>,
] = [true, true, true, true]
void classes

/** Each part of the double is one of Electron's, by name. */
const parts: Exclude<keyof typeof double, keyof typeof Electron> extends never ? true : never = true
void parts
