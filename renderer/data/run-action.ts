import { briefly, failureText } from '../text/failure-text.ts'
import { showFailure } from '../ui/toasts.ts'
import { failureOf } from './desktop.ts'

/** Does what a person asked for; what goes wrong is said, with its way out. Answers whether it went well. */
export const runAction = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work()
    return true
  } catch (error) {
    const code = failureOf(error)
    const { title, sentence, remedy } = failureText[code]
    showFailure(`${title}. ${sentence} ${remedy}`, code)
    return false
  }
}

/** The same of what nobody waits for: in brief. */
export const runQuietly = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    const code = failureOf(error)
    showFailure(briefly(code), code)
  }
}
