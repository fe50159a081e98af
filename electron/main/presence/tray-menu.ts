import { t } from '@lingui/core/macro'
import type { MenuItemConstructorOptions } from 'electron'
import type { Command } from '../../../src/contract/desktop.ts'
import type { Standing } from '../../../src/presence/standing.ts'

export type TrayActions = {
  open: () => void
  act: (command: Command) => void
  pause: (paused: boolean) => void
  quit: () => void
}
type Entry = MenuItemConstructorOptions

/** Things that need the person and have an entry of their own. */
const maxItems = 5
const line: Entry = { type: 'separator' }
/** An ampersand would make the next letter a key. */
const plain = (text: string): string => text.replaceAll('&', '&&')

const pausing = ({ kind }: Standing, { pause }: TrayActions): Entry[] =>
  kind === 'signed-out'
    ? []
    : [
        kind === 'paused'
          ? { id: 'resume', label: t`Resume syncing`, click: () => pause(false) }
          : { id: 'pause', label: t`Pause syncing`, click: () => pause(true) },
      ]

const needing = ({ needs }: Standing, { act }: TrayActions): Entry[] => {
  if (needs.length === 0) return []
  const rest = needs.length - maxItems
  return [
    line,
    ...needs.slice(0, maxItems).map(
      ({ key, title, command }): Entry => ({
        id: key,
        label: plain(title),
        click: () => act(command),
      }),
    ),
    ...(rest > 0
      ? [{ id: 'more', label: t`${rest} more…`, click: () => act({ kind: 'sync' }) }]
      : []),
  ]
}

export const trayMenu = (standing: Standing, actions: TrayActions): Entry[] => [
  { id: 'standing', label: standing.words, enabled: false },
  ...needing(standing, actions),
  line,
  { id: 'open', label: t`Open Atelier`, click: () => actions.open() },
  ...pausing(standing, actions),
  line,
  { id: 'settings', label: t`Settings…`, click: () => actions.act({ kind: 'settings' }) },
  { id: 'quit', label: t`Quit Atelier`, click: () => actions.quit() },
]

/** Under the icon in the dock; macOS adds the windows, and to quit. */
export const dockMenu = (
  standing: Standing,
  actions: TrayActions,
  hasWorkspace: boolean,
): Entry[] => [
  {
    label: t`New Project…`,
    enabled: hasWorkspace,
    click: () => actions.act({ kind: 'newProject' }),
  },
  { label: t`Sync`, enabled: hasWorkspace, click: () => actions.act({ kind: 'sync' }) },
  ...pausing(standing, actions),
]
