import type { MenuItemConstructorOptions } from 'electron'
import type { Command } from '../../../src/contract/desktop.ts'
import type { ZoomStep } from '../../../src/presence/zoom.ts'

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

const about = (platform: NodeJS.Platform): Entry =>
  platform === 'darwin' ? { role: 'about' } : { role: 'about', label: 'About Atelier' }

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
  /** Elsewhere than on macOS a letter after Alt opens it. */
  const title = (text: string): string => (isMac ? text.replace('&', '') : text)
  const settings: Entry = {
    id: 'settings',
    label: isMac ? 'Settings…' : 'Settings',
    accelerator: 'CommandOrControl+,',
    ...shownOnly,
    click: () => act({ kind: 'settings' }),
  }
  const updates: Entry = {
    id: 'updates',
    label: isMac ? 'Check for Updates…' : 'Check for updates…',
    click: () => act({ kind: 'checkForUpdates' }),
  }
  const newProject: Entry = {
    id: 'new-project',
    label: isMac ? 'New Project…' : 'New project…',
    enabled: hasWorkspace,
    click: () => act({ kind: 'newProject' }),
  }
  const first: Entry[] = isMac
    ? [
        {
          label: 'Atelier',
          submenu: [
            about(platform),
            updates,
            line,
            settings,
            line,
            { role: 'services' },
            line,
            { role: 'hide' },
            { role: 'hideOthers' },
            { role: 'unhide' },
            line,
            { role: 'quit' },
          ],
        },
      ]
    : []
  return [
    ...first,
    {
      label: title('&File'),
      submenu: isMac
        ? [newProject, line, { role: 'close' }]
        : [newProject, line, settings, line, { role: 'close' }, { role: 'quit' }],
    },
    { label: title('&Edit'), role: 'editMenu' },
    {
      label: title('&View'),
      submenu: [
        {
          id: 'search',
          label: isMac ? 'Search or Jump To…' : 'Search or jump to…',
          accelerator: 'CommandOrControl+K',
          ...shownOnly,
          enabled: hasWorkspace,
          click: () => act({ kind: 'search' }),
        },
        {
          id: 'sync',
          label: 'Sync',
          enabled: hasWorkspace,
          click: () => act({ kind: 'sync' }),
        },
        line,
        {
          id: 'zoom-reset',
          label: isMac ? 'Actual Size' : 'Actual size',
          accelerator: 'CommandOrControl+0',
          click: () => zoom('reset'),
        },
        {
          id: 'zoom-in',
          label: isMac ? 'Zoom In' : 'Zoom in',
          accelerator: 'CommandOrControl+Plus',
          click: () => zoom('in'),
        },
        // The same key without Shift, as browsers have it.
        {
          label: 'Zoom in',
          accelerator: 'CommandOrControl+=',
          visible: false,
          acceleratorWorksWhenHidden: true,
          click: () => zoom('in'),
        },
        {
          id: 'zoom-out',
          label: isMac ? 'Zoom Out' : 'Zoom out',
          accelerator: 'CommandOrControl+-',
          click: () => zoom('out'),
        },
        line,
        { role: 'togglefullscreen' },
        ...(hasDevTools
          ? [line, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]
          : []),
      ],
    },
    { label: title('&Window'), role: 'windowMenu' },
    {
      label: title('&Help'),
      role: 'help',
      submenu: [
        {
          id: 'shortcuts',
          label: isMac ? 'Keyboard Shortcuts' : 'Keyboard shortcuts',
          click: () => act({ kind: 'shortcuts' }),
        },
        {
          id: 'report',
          label: isMac ? 'Report a Problem…' : 'Report a problem…',
          click: () => act({ kind: 'reportProblem' }),
        },
        ...(showLicences ? [line, { id: 'licences', label: 'Licences', click: showLicences }] : []),
        ...(isMac ? [] : [line, updates, about(platform)]),
      ],
    },
  ]
}
