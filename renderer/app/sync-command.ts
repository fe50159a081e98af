import { desktop } from '../data/desktop.ts'
import { runQuietly } from '../data/run-action.ts'

export const syncProject = (projectId: string): Promise<void> =>
  runQuietly(() => desktop.sync.run({ projectId, files: 'pinned' }))
