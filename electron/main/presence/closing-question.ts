import { t } from '@lingui/core/macro'
import { type BrowserWindow, dialog } from 'electron'

type Answer = { does: 'stays' | 'ends' | 'nothing'; isForGood: boolean }

/** In the system's own words and window, over the one that is being closed. */
export const askAtClosing = async (window: BrowserWindow): Promise<Answer> => {
  const { response, checkboxChecked } = await dialog.showMessageBox(window, {
    type: 'question',
    message: t`Keep syncing without a window?`,
    detail: t`Your linked folders and the projects you keep here stay in step while Atelier runs. Its icon in the tray opens the window again.`,
    buttons: [t`Keep syncing`, t`Quit Atelier`, t`Cancel`],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
    checkboxLabel: t`Do not ask again`,
    checkboxChecked: false,
  })
  const does = (['stays', 'ends', 'nothing'] as const)[response] ?? 'nothing'
  return { does, isForGood: checkboxChecked }
}
