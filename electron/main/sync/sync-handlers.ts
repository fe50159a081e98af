import type { HandlersOf } from '../../../src/contract/table.ts'
import type { ApiClient } from '../server/api-client.ts'
import type { Cache } from '../store/client.ts'
import type { Progress } from './cache/progress.ts'
import type { openReplica } from './cache/replica.ts'
import type { openFolderService } from './folder/index.ts'
import type { openResolutions } from './resolutions.ts'

export type SyncHandlerOptions = {
  cache: Cache
  replica: ReturnType<typeof openReplica>
  folders: Pick<Awaited<ReturnType<typeof openFolderService>>, 'stopTransfer'>
  resolutions: ReturnType<typeof openResolutions>
  progress: Progress
  server: Pick<ApiClient, 'resetBreaker'>
  /** Other projects than before may be followed. */
  mayDiffer: () => void
}

/** What a person says of sync as a whole, and of what it could not do by itself. */
export const syncHandlers = (options: SyncHandlerOptions): HandlersOf<'sync'> => {
  const { cache, replica, folders, resolutions, progress, server, mayDiffer } = options
  const { engine } = replica
  return {
    'sync.state': async () => progress.snapshot(),
    'sync.run': async ({ projectId, files, unasked }) => {
      // A person waits for it, if only to see what there is.
      server.resetBreaker()
      if (!unasked) replica.goOn()
      await engine.retryBlocked(projectId, unasked ? 'sync.stopped' : null)
      const ended = replica.run(projectId, files === 'all')
      mayDiffer()
      return ended
    },
    'sync.runAll': async () => {
      if (!replica.isOnline() && !replica.isPaused()) return replica.isOffline()
      server.resetBreaker()
      replica.goOn()
      await engine.retryBlocked(null, null)
      if (!replica.isPaused()) await resolutions.runAll()
      return progress.snapshot()
    },
    'sync.cancel': async () => {
      await replica.stop()
      return progress.snapshot()
    },
    'sync.cancelTransfer': async (place) =>
      place.of === 'folder'
        ? folders.stopTransfer(place.linkId, place.path)
        : replica.stopTransfer(place.fileId),
    'sync.retryBlocked': ({ fileId }) => {
      replica.goOn()
      return resolutions.retry(fileId)
    },
    'sync.discardBlocked': ({ fileId }) => resolutions.discard(fileId),
    'sync.saveCopy': ({ fileId }) => resolutions.saveCopy(fileId),
    'sync.canSendAgain': ({ fileId }) => resolutions.canSendAgain(fileId),
    'sync.sendAgain': ({ fileId }) => resolutions.sendAgain(fileId),
    'sync.pin': async ({ projectId, pinned }) => {
      await replica.pin(projectId, pinned)
      mayDiffer()
    },
    'sync.pinned': () => cache.pins(),
    'sync.role': async ({ projectId }) => engine.role(projectId),
    'sync.usage': () => replica.usage(),
  }
}
