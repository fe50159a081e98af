import type { HandlersOf } from '../../../src/contract/table.ts'
import type { ApiClient } from '../server/api-client.ts'
import type { Cache } from '../store/client.ts'
import type { Progress } from './cache/progress.ts'
import type { openCached } from './cache/replica.ts'
import type { openFolderService } from './folder/index.ts'
import type { openWaysOut } from './resolutions.ts'

export type SyncHandlerOptions = {
  cache: Cache
  cached: ReturnType<typeof openCached>
  folders: Pick<Awaited<ReturnType<typeof openFolderService>>, 'stopTransfer'>
  waysOut: ReturnType<typeof openWaysOut>
  progress: Progress
  server: Pick<ApiClient, 'hurry'>
  /** Other projects than before may be followed. */
  mayDiffer: () => void
}

/** What a person says of sync as a whole, and of what it could not do by itself. */
export const syncHandlers = (options: SyncHandlerOptions): HandlersOf<'sync'> => {
  const { cache, cached, folders, waysOut, progress, server, mayDiffer } = options
  const { engine } = cached
  return {
    'sync.state': async () => progress.snapshot(),
    'sync.run': async ({ projectId, files, unasked }) => {
      // A person waits for it, if only to see what there is.
      server.hurry()
      if (!unasked) cached.goOn()
      await engine.retryParked(projectId, unasked ? 'sync.stopped' : null)
      const ended = cached.run(projectId, files === 'all')
      mayDiffer()
      return ended
    },
    'sync.runAll': async () => {
      if (!cached.isOnline() && !cached.isPaused()) return cached.isOffline()
      server.hurry()
      cached.goOn()
      await engine.retryParked(null, null)
      if (!cached.isPaused()) await waysOut.runAll()
      return progress.snapshot()
    },
    'sync.cancel': async () => {
      await cached.stop()
      return progress.snapshot()
    },
    'sync.cancelTransfer': async (place) =>
      place.of === 'folder'
        ? folders.stopTransfer(place.linkId, place.path)
        : cached.stopTransfer(place.fileId),
    'sync.retryParked': ({ fileId }) => {
      cached.goOn()
      return waysOut.retry(fileId)
    },
    'sync.discardParked': ({ fileId }) => waysOut.discard(fileId),
    'sync.saveCopy': ({ fileId }) => waysOut.saveCopy(fileId),
    'sync.canSendAgain': ({ fileId }) => waysOut.canSendAgain(fileId),
    'sync.sendAgain': ({ fileId }) => waysOut.sendAgain(fileId),
    'sync.pin': async ({ projectId, pinned }) => {
      await cached.pin(projectId, pinned)
      mayDiffer()
    },
    'sync.pinned': () => cache.pins(),
    'sync.role': async ({ projectId }) => engine.role(projectId),
    'sync.usage': () => cached.usage(),
  }
}
