import { t } from '@lingui/core/macro'
import { useAppInfo } from '../data/stores.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { modifier } from './shortcuts.ts'
import { setShortcuts, useUi } from './ui-store.ts'

type Shortcut = [what: string, keys: string]

export const ShortcutsDialog = () => {
  const open = useUi((state) => state.shortcuts)
  const platform = useAppInfo((info) => info.platform)
  const main = modifier(platform)
  const shortcuts: Shortcut[] = [
    [t`Search or jump to`, `${main} K`],
    [t`Sync this project`, t`${main} Shift S`],
    [t`Settings`, `${main} ,`],
    [t`Save`, `${main} S`],
    [t`Larger, smaller, as it was`, `${main} +, ${main} −, ${main} 0`],
    [t`Move a project up or down`, platform === 'darwin' ? t`Option ↑, ↓` : t`Alt ↑, ↓`],
    [t`Leave what is open`, t`Escape`],
    ...(platform === 'darwin'
      ? []
      : [[t`The menus`, platform === 'win32' ? t`Alt or F10` : t`Alt`] satisfies Shortcut]),
  ]
  return (
    <Dialog open={open} onOpenChange={setShortcuts} title={t`Keyboard shortcuts`}>
      <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2 text-sm">
        {shortcuts.map(([what, keys]) => (
          <div key={what} className="contents">
            <dt>{what}</dt>
            <dd className="text-right">
              <Kbd>{keys}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
