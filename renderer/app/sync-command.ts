import { desktop, failureOf } from '../data/desktop.ts'
import { failureText } from '../ui/failure-text.ts'
import { showToast } from './ui-store.ts'

export const syncProject = async (projectId: string): Promise<void> => {
  try {
    await desktop.sync.run({ projectId, files: 'pinned' })
  } catch (error) {
    const text = failureText[failureOf(error)]
    showToast(`${text.title}. ${text.wayOut}`, 'danger')
  }
}
