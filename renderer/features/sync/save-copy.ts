import { t } from '@lingui/core/macro'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { showToast } from '../../ui/toasts.ts'

/** A file, into a folder the person chooses. */
export const saveCopy = (fileId: string): Promise<boolean> =>
  runAction(async () => {
    const place = await desktop.sync.saveCopy({ fileId })
    if (place !== null) showToast(t`A copy is at ${place}`)
  })
