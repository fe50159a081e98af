import { showToast } from '../../app/ui-store.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { failureText } from '../../ui/failure-text.ts'

/** Does what a person asked for; what goes wrong is said, with its way out. Answers whether it went well. */
export const act = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work()
    return true
  } catch (error) {
    const text = failureText[failureOf(error)]
    showToast(`${text.title}. ${text.sentence} ${text.wayOut}`, 'danger')
    return false
  }
}

/** A file, into a folder the person chooses. */
export const saveCopy = (fileId: string): Promise<boolean> =>
  act(async () => {
    const place = await desktop.sync.saveCopy({ fileId })
    if (place !== null) showToast(`A copy is at ${place}`)
  })
