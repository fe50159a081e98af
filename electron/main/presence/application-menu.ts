import { t } from '@lingui/core/macro'
import type { MenuItemConstructorOptions } from 'electron'
import type { Command } from '../../../src/contract/desktop.ts'
import type { ZoomStep } from '../../../src/presence/zoom.ts'
import { editEntries, roleEntry, windowEntries } from './role-entry.ts'

export type MenuOptions = {
  platform: NodeJS.Platform
  /** Entries for whoever builds Atelier. */
  hasDevTools: boolean
  /** What is only in a workspace leads nowhere without one. */
  hasWorkspace: boolean
  act: (command: Command) => void
  zoom: (change: ZoomStep) => void
  /** Shows where the licences of everything in a package lie; null from source, which has no such file. */
  showLicences: (() => void) | null
}
type Entry = MenuItemConstructorOptions

const line: Entry = { type: 'separator' }
/**
 * The page answers to its own shortcuts; here they are shown. macOS registers them all the same, and asks the page
 * first: what it takes for itself does not come here.
 */
const shownOnly = { registerAccelerator: false }

/** Before the bar of every system: what is only in the first menu on macOS is under File and Help elsewhere. */
export const applicationMenu = ({
  platform,
  hasDevTools,
  hasWorkspace,
  act,
  zoom,
  showLicences,
}: MenuOptions): Entry[] => {
  const isMac = platform === 'darwin'
  const entry = (role: NonNullable<Entry['role']>): Entry => roleEntry(role, platform)
  /** Elsewhere than on macOS a letter after Alt opens it. */
  const title = (text: string): string => (isMac ? text.replace('&', '') : text)
  const settings: Entry = {
    id: 'settings',
    label: isMac ? t`Settings…` : t`Settings`,
    accelerator: 'CommandOrControl+,',
    ...shownOnly,
    click: () => act({ kind: 'settings' }),
  }
  const updates: Entry = {
    id: 'updates',
    label: isMac ? t`Check for Updates…` : t`Check for updates…`,
    click: () => act({ kind: 'checkForUpdates' }),
  }
  const newProject: Entry = {
    id: 'new-project',
    label: isMac ? t`New Project…` : t`New project…`,
    enabled: hasWorkspace,
    click: () => act({ kind: 'newProject' }),
  }
  const first: Entry[] = isMac
    ? [
        {
          label: 'Atelier',
          submenu: [
            entry('about'),
            updates,
            line,
            settings,
            line,
            entry('services'),
            line,
            entry('hide'),
            entry('hideOthers'),
            entry('unhide'),
            line,
            entry('quit'),
          ],
        },
      ]
    : []
  return [
    ...first,
    {
      label: title(t`&File`),
      submenu: isMac
        ? [newProject, line, entry('close')]
        : [newProject, line, settings, line, entry('close'), entry('quit')],
    },
    { label: title(t`&Edit`), role: 'editMenu', submenu: editEntries(platform) },
    {
      label: title(t`&View`),
      submenu: [
        {
          id: 'search',
          label: isMac ? t`Search or Jump To…` : t`Search or jump to…`,
          accelerator: 'CommandOrControl+K',
          ...shownOnly,
          enabled: hasWorkspace,
          click: () => act({ kind: 'search' }),
        },
        {
          id: 'sync',
          label: t`Sync`,
          enabled: hasWorkspace,
          click: () => act({ kind: 'sync' }),
        },
        line,
        {
          id: 'zoom-reset',
          label: isMac ? t`Actual Size` : t`Actual size`,
          accelerator: 'CommandOrControl+0',
          click: () => zoom('reset'),
        },
        {
          id: 'zoom-in',
          label: isMac ? t`Zoom In` : t`Zoom in`,
          accelerator: 'CommandOrControl+Plus',
          click: () => zoom('in'),
        },
        // The same key without Shift, as browsers have it.
        {
          label: t`Zoom in`,
          accelerator: 'CommandOrControl+=',
          visible: false,
          acceleratorWorksWhenHidden: true,
          click: () => zoom('in'),
        },
        {
          id: 'zoom-out',
          label: isMac ? t`Zoom Out` : t`Zoom out`,
          accelerator: 'CommandOrControl+-',
          click: () => zoom('out'),
        },
        line,
        entry('togglefullscreen'),
        ...(hasDevTools ? [line, entry('reload'), entry('toggleDevTools')] : []),
      ],
    },
    { label: title(t`&Window`), role: 'windowMenu', submenu: windowEntries(platform) },
    {
      label: title(t`&Help`),
      role: 'help',
      submenu: [
        {
          id: 'shortcuts',
          label: isMac ? t`Keyboard Shortcuts` : t`Keyboard shortcuts`,
          click: () => act({ kind: 'shortcuts' }),
        },
        {
          id: 'report',
          label: isMac ? t`Report a Problem…` : t`Report a problem…`,
          click: () => act({ kind: 'reportProblem' }),
        },
        ...(showLicences
          ? [line, { id: 'licences', label: t`Licences`, click: showLicences }]
          : []),
        ...(isMac ? [] : [line, updates, entry('about')]),
      ],
    },
  ]
}
