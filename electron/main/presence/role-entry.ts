import { t } from '@lingui/core/macro'
import type { MenuItemConstructorOptions } from 'electron'

type Entry = MenuItemConstructorOptions
type Role = NonNullable<Entry['role']>

const line: Entry = { type: 'separator' }

/** What Electron does by itself, in our words: its own are English whatever its system speaks. */
export const roleEntry = (role: Role, platform: NodeJS.Platform): Entry => {
  const label = labelOf(role, platform)
  return label === null ? { role } : { role, label }
}

const labelOf = (role: Role, platform: NodeJS.Platform): string | null => {
  const isMac = platform === 'darwin'
  switch (role) {
    case 'about':
      return t`About Atelier`
    case 'services':
      return t`Services`
    case 'hide':
      return t`Hide Atelier`
    case 'hideOthers':
      return t`Hide Others`
    case 'unhide':
      return t`Show All`
    case 'quit':
      return isMac ? t`Quit Atelier` : platform === 'win32' ? t`Exit` : t`Quit`
    case 'close':
      return isMac ? t`Close Window` : t`Close`
    case 'minimize':
      return t`Minimize`
    case 'zoom':
      return t`Zoom`
    case 'front':
      return t`Bring All to Front`
    case 'undo':
      return t`Undo`
    case 'redo':
      return t`Redo`
    case 'cut':
      return t`Cut`
    case 'copy':
      return t`Copy`
    case 'paste':
      return t`Paste`
    case 'pasteAndMatchStyle':
      return t`Paste and Match Style`
    case 'delete':
      return t`Delete`
    case 'selectAll':
      return t`Select All`
    case 'togglefullscreen':
      return t`Toggle Full Screen`
    case 'reload':
      return t`Reload`
    case 'toggleDevTools':
      return t`Toggle Developer Tools`
    default:
      return null
  }
}

/** As Electron fills them; macOS adds entries of its own to what it knows by its role. */
export const editEntries = (platform: NodeJS.Platform): Entry[] => {
  const of = (role: Role): Entry => roleEntry(role, platform)
  const common = [of('undo'), of('redo'), line, of('cut'), of('copy'), of('paste')]
  if (platform !== 'darwin') return [...common, of('delete'), line, of('selectAll')]
  return [
    ...common,
    of('pasteAndMatchStyle'),
    of('delete'),
    of('selectAll'),
    line,
    {
      label: t`Substitutions`,
      submenu: [
        { role: 'showSubstitutions', label: t`Show Substitutions` },
        line,
        { role: 'toggleSmartQuotes', label: t`Smart Quotes` },
        { role: 'toggleSmartDashes', label: t`Smart Dashes` },
        { role: 'toggleTextReplacement', label: t`Text Replacement` },
      ],
    },
    {
      label: t`Speech`,
      submenu: [
        { role: 'startSpeaking', label: t`Start Speaking` },
        { role: 'stopSpeaking', label: t`Stop Speaking` },
      ],
    },
  ]
}

export const windowEntries = (platform: NodeJS.Platform): Entry[] => {
  const of = (role: Role): Entry => roleEntry(role, platform)
  return [
    of('minimize'),
    of('zoom'),
    ...(platform === 'darwin' ? [line, of('front')] : [of('close')]),
  ]
}
