import type { Addition, AdditionPlace } from '../../../src/contract/adding.ts'
import { showToast } from '../../app/ui-store.ts'
import { setAddition, useAddition } from '../../data/additions.ts'
import { desktop } from '../../data/desktop.ts'
import { act } from '../sync/index.tsx'

/** One at a time: what is under way would be seen no more. */
const begin = (ask: () => Promise<Addition | null>): Promise<boolean> =>
  act(async () => {
    const phase = useAddition.getState().addition?.phase
    if (phase === 'adding' || phase === 'looking')
      return showToast('Other files are still coming in. Try again when they are here.')
    const addition = await ask()
    if (addition) setAddition(addition)
  })

export const chooseFiles = (place: AdditionPlace): Promise<boolean> =>
  begin(() => desktop.adding.choose({ ...place, what: 'files' }))

export const chooseFolder = (place: AdditionPlace): Promise<boolean> =>
  begin(() => desktop.adding.choose({ ...place, what: 'folder' }))

export const openSample = (projectId: string): Promise<boolean> =>
  begin(() => desktop.adding.sample({ projectId }))

export const dropFiles = (place: AdditionPlace, files: readonly File[]): Promise<boolean> =>
  begin(async () => {
    const addition = await desktop.adding.examineDropped(place, files)
    if (!addition) showToast('Only files and folders of this computer can be dropped here.')
    return addition
  })
