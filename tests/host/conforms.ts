import type Electron from 'electron'
import type * as double from './electron.ts'

// Fails to compile where a part of the double could not stand where Electron's stands. Events are not in it: their
// listeners are told apart by name, which no type of an emitter holds.

/** What the product uses of an object of Electron's. */
type Uses<T, K extends keyof T> = Pick<T, K>
type Conforms<Double extends Real, Real> = [Double, Real]

/** @public */
export type DoubleConforms = [
  Conforms<
    typeof double.app,
    Uses<
      Electron.App,
      | 'exit'
      | 'getAppPath'
      | 'getName'
      | 'getPath'
      | 'getVersion'
      | 'isDefaultProtocolClient'
      | 'isPackaged'
      | 'quit'
      | 'relaunch'
      | 'releaseSingleInstanceLock'
      | 'requestSingleInstanceLock'
      | 'setAsDefaultProtocolClient'
      | 'setPath'
      | 'whenReady'
    >
  >,
  Conforms<typeof double.dialog, Uses<Electron.Dialog, 'showErrorBox'>>,
  Conforms<typeof double.shell, Uses<Electron.Shell, 'openExternal' | 'showItemInFolder'>>,
  Conforms<
    typeof double.nativeTheme,
    Uses<Electron.NativeTheme, 'shouldUseDarkColors' | 'themeSource'>
  >,
  Conforms<typeof double.net, Uses<Electron.Net, 'fetch'>>,
  Conforms<
    ReturnType<typeof double.net.request>,
    Uses<Electron.ClientRequest, 'abort' | 'chunkedEncoding' | 'setHeader' | 'write'>
  >,
  Conforms<
    typeof double.protocol,
    Uses<Electron.Protocol, 'handle' | 'registerSchemesAsPrivileged'>
  >,
  Conforms<typeof double.ipcMain, Uses<Electron.IpcMain, 'handle'>>,
  Conforms<
    ReturnType<typeof double.utilityProcess.fork>,
    Uses<Electron.UtilityProcess, 'kill' | 'pid' | 'postMessage'>
  >,
  Conforms<typeof double.powerMonitor.on, NodeJS.EventEmitter['on']>,
  Conforms<
    InstanceType<typeof double.WebContentsView>,
    Uses<Electron.WebContentsView, 'getVisible' | 'setBounds' | 'setVisible'>
  >,
  Conforms<
    typeof double.session.defaultSession,
    Uses<
      Electron.Session,
      | 'clearData'
      | 'setDevicePermissionHandler'
      | 'setPermissionCheckHandler'
      | 'setPermissionRequestHandler'
      | 'setProxy'
    >
  >,
  Conforms<
    InstanceType<typeof double.BrowserWindow>['webContents'],
    Uses<
      Electron.WebContents,
      | 'close'
      | 'focus'
      | 'getZoomFactor'
      | 'isDestroyed'
      | 'loadURL'
      | 'reload'
      | 'send'
      | 'setWebRTCIPHandlingPolicy'
      | 'setZoomFactor'
    >
  >,
  Conforms<
    InstanceType<typeof double.BrowserWindow>,
    Uses<
      Electron.BrowserWindow,
      | 'close'
      | 'destroy'
      | 'focus'
      | 'isDestroyed'
      | 'isMinimized'
      | 'loadURL'
      | 'restore'
      | 'setMenuBarVisibility'
      | 'show'
    >
  >,
]
