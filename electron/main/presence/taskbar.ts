import { t } from '@lingui/core/macro'
import { app, type BrowserWindow, Menu } from 'electron'
import type { CommandArgument } from '../../../src/presence/arguments.ts'
import type { Standing } from '../../../src/presence/standing.ts'
import { overlayIcon } from './tray.ts'
import { dockMenu, type TrayActions } from './tray-menu.ts'

const { platform } = process

/** What the dock or the taskbar shows of how sync stands; a system without such a thing takes no notice. */
export const showOnTaskbar = (
  window: BrowserWindow | null,
  { needs, progress, words }: Standing,
): void => {
  if (platform !== 'win32') app.setBadgeCount(needs.length)
  if (!window || window.isDestroyed()) return
  if (platform === 'win32') window.setOverlayIcon(needs.length > 0 ? overlayIcon() : null, words)
  // Less than nothing takes the bar away. Linux has had none since Electron 44.
  if (platform !== 'linux') window.setProgressBar(progress ?? -1)
}

export const showInDock = (standing: Standing, actions: TrayActions, hasWorkspace: boolean): void =>
  app.dock?.setMenu(Menu.buildFromTemplate(dockMenu(standing, actions, hasWorkspace)))

/**
 * Windows starts us once more for an entry of its list; from source that would be Electron alone. The list outlives us:
 * at the next start it is as it was at the end.
 */
export const listTasks = (hasWorkspace: boolean): void => {
  if (platform !== 'win32' || !app.isPackaged) return
  const task = (title: string, argument: CommandArgument) => ({
    title,
    description: title,
    program: process.execPath,
    arguments: argument,
    iconPath: process.execPath,
    iconIndex: 0,
  })
  app.setUserTasks(
    hasWorkspace ? [task(t`New project`, '--do=new-project'), task(t`Sync`, '--do=sync')] : [],
  )
}
