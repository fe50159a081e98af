import { t } from '@lingui/core/macro'
import type { Addition, AdditionPlace } from '../../../src/contract/adding.ts'
import { setAddition, useAddition } from '../../data/additions.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { showToast } from '../../ui/toasts.ts'

/** One at a time: what is under way would be seen no more. */
const begin = (ask: () => Promise<Addition | null>, title = ''): Promise<boolean> =>
  runAction(async () => {
    const phase = useAddition.getState().addition?.phase
    if (phase === 'adding' || phase === 'looking')
      return showToast(t`Other files are still coming in. Try again when they are here.`)
    const addition = await ask()
    if (addition) setAddition(addition, title)
  })

export const chooseFiles = (place: AdditionPlace, title?: string): Promise<boolean> =>
  begin(() => desktop.adding.choose({ ...place, what: 'files' }), title)

export const chooseFolder = (place: AdditionPlace, title?: string): Promise<boolean> =>
  begin(() => desktop.adding.choose({ ...place, what: 'folder' }), title)

export const openSample = (projectId: string, title?: string): Promise<boolean> =>
  begin(() => desktop.adding.sample({ projectId }), title)

export const dropFiles = (place: AdditionPlace, files: readonly File[]): Promise<boolean> =>
  begin(async () => {
    const addition = await desktop.adding.examineDropped(place, files)
    if (!addition) showToast(t`Only files and folders of this computer can be dropped here.`)
    return addition
  })
