import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../src/contract/failure.ts'
import { type TransferSettings, unlimited } from '../../../src/contract/sync.ts'
import type {
  Argument,
  Channel,
  EventName,
  EventPayload,
  Result,
} from '../../../src/contract/table.ts'
import { backoff } from '../../../src/sync/retry.ts'
import { TokenBucket } from '../../../src/sync/token-bucket.ts'
import { openBlobs } from '../cache/blobs.ts'
import { openCache } from '../cache/client.ts'
import { previewResponse } from '../preview/preview.ts'
import { openConflicts } from './conflicts.ts'
import { SyncEngine } from './engine.ts'
import { openFolderService } from './folder/index.ts'
import { openFolderRemote } from './folder/remote.ts'
import { openKeeper } from './keeper.ts'
import { openLocal } from './local.ts'
import { openProgress } from './progress.ts'
import { openReceiver } from './receiver.ts'
import { openRemote } from './remote.ts'
import { openSender } from './sender.ts'
import { openServer, type ServerOptions } from './server.ts'
import { openUploads } from './uploads.ts'

type Area = 'records' | 'artifacts' | 'folders' | 'sync'
type AreaChannel = Extract<Channel, `${Area}.${string}`>
type ArtifactHandlers = { [C in AreaChannel]: (argument: Argument<C>) => Promise<Result<C>> }

export type ArtifactService = {
  handlers: ArtifactHandlers
  /** `artifact://<artifact id>/<path>` */
  preview(request: Request): Promise<Response>
  setOnline(online: boolean): void
  /** What the server has is removed here; edits it never got stay, for they are nowhere else. */
  removeLocalCopies(): Promise<void>
  /** Holds at once. */
  setTransfers(settings: TransferSettings): Promise<void>
  close(): Promise<void>
}

export type ArtifactServiceOptions = ServerOptions & {
  /** The partition of one person on one server. */
  folder: string
  /** The built workers: the cache's database, the links' database, the scanner of linked folders. */
  workers: { cache: URL; folders: URL; scanner: URL }
  /** Asks the person for a folder; null when they thought better of it. */
  chooseFolder: () => Promise<string | null>
  /** Shows a folder in the system's file manager. */
  revealFolder: (path: string) => Promise<void>
  accountId: string
  deviceName: string
  transfers?: TransferSettings
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
}

/** Milliseconds before unsent edits are tried again by themselves, at the least. */
const patience = 5_000

/** One message for a burst of finished files. */
const openAnnouncer = (announce: (change: EventPayload<'artifacts.changed'>) => void) => {
  const touched = new Map<string, Set<string>>()
  let timer: NodeJS.Timeout | null = null
  const tell = (): void => {
    timer = null
    for (const [projectId, ids] of touched) announce({ projectId, artifactIds: [...ids] })
    touched.clear()
  }
  return {
    changed: (projectId: string, artifactIds: string[]): void => {
      const ids = touched.get(projectId) ?? new Set()
      for (const id of artifactIds) ids.add(id)
      touched.set(projectId, ids)
      timer ??= setTimeout(tell, 150)
    },
    close: (): void => {
      if (timer) clearTimeout(timer)
    },
  }
}

export const openArtifactService = async (
  options: ArtifactServiceOptions,
): Promise<ArtifactService> => {
  const cache = await openCache(options.folder, options.workers.cache)
  const blobs = openBlobs(join(options.folder, 'blobs'))
  await cache.matchBlobs(await blobs.list())
  const progress = openProgress((state) => options.emit('sync.changed', state))
  const { changed, close: closeAnnouncer } = openAnnouncer((change) => {
    options.emit('artifacts.changed', change)
    // What the cache learned of a project its linked folders want to know too.
    void folders.poke(change.projectId).catch(() => {})
  })
  const closing = new AbortController()
  let online = false

  const server = openServer(options)
  // One line for everything: the cache and all linked folders share what there is of it.
  const first = options.transfers ?? unlimited
  const up = new TokenBucket(server.time, first.upLimit)
  const down = new TokenBucket(server.time, first.downLimit)
  let { paused } = first
  /** What pausing interrupted, to go on with. */
  let interrupted: { projectId: string; all: boolean } | null = null
  const remote = openRemote(server, down)
  const upload = openUploads(server, remote, cache, undefined, up)
  const keeper = openKeeper({
    ...{ cache, blobs, now: server.time.now, limit: first.keepLimit, changed },
  })
  const receiver = openReceiver({ blobs, remote, claim: keeper.claim })
  const artifactChanged = (artifactId: string): void =>
    void cache.artifact(artifactId).then(
      (artifact) => artifact && changed(artifact.projectId, [artifactId]),
      () => {},
    )
  const engine = new SyncEngine({
    cache,
    remote,
    receiver,
    send: openSender({
      cache,
      remote,
      upload: (blob, signal, progress) =>
        upload(blob, (from, to) => blobs.stream(blob.sha256, from, to - 1), signal, progress),
      progress,
      deviceName: options.deviceName,
      changed: artifactChanged,
    }),
    progress,
    now: server.time.now,
    isPaused: () => paused,
    changed,
    passed: keeper.enforce,
  })

  const folders = await openFolderService({
    folder: options.folder,
    workers: { store: options.workers.folders, disk: options.workers.scanner },
    remoteOf: (projectId, artifactId) =>
      openFolderRemote(remote, upload, { projectId, artifactId }),
    artifactsOf: (projectId) => cache.artifacts(projectId),
    deviceName: options.deviceName,
    isSuspended: paused,
    tell: (links) => options.emit('folders.changed', links),
    advanced: (projectId) => void engine.run(projectId, false).catch(() => {}),
  })
  const conflicts = openConflicts({
    cache,
    remote,
    refresh: (projectId) => engine.run(projectId, false),
  })
  let tries = 0
  let again: NodeJS.Timeout | null = null
  /** Edits go out by themselves, and again after a failure, as long as the server can be asked. */
  const sendWaiting = async (): Promise<void> => {
    if (again) clearTimeout(again)
    again = null
    for (const projectId of await engine.unsent())
      if (online && !paused) await engine.push(projectId)
    const left = (await engine.unsent()).size > 0
    tries = left ? tries + 1 : 0
    if (left && online && !paused && !closing.signal.aborted)
      again ??= setTimeout(
        () => void sendWaiting().catch(() => {}),
        patience + backoff(tries, Math.random, null),
      ).unref()
  }

  /** What waits for time alone nobody else would think of: copies nobody looks at any more, and what is parked. */
  const heartbeat = setInterval(() => {
    keeper.enforce()
    if (online && again === null) void sendWaiting().catch(() => {})
  }, 60_000).unref()

  const local = openLocal({
    cache,
    blobs,
    keeper,
    fetch: async (file) => {
      if (!online) throw new Failure('file.not-cached', 'This file is not on this computer.')
      await receiver.now(file, closing.signal)
      artifactChanged(file.artifactId)
      keeper.enforce()
    },
    queued: async (artifactId) => {
      await engine.refreshWaiting()
      artifactChanged(artifactId)
      if (online) void sendWaiting().catch(() => {})
    },
  })

  const handlers: ArtifactHandlers = {
    'records.read': async ({ key }) => cache.readRecord(key),
    'records.write': async ({ key, value }) => cache.writeRecord(key, value),
    'artifacts.list': async ({ projectId }) =>
      (await cache.artifacts(projectId)).map((row) => ({ ...row, isPublic: row.isPublic === 1 })),
    'artifacts.files': ({ artifactId }) => local.files(artifactId),
    'artifacts.read': ({ artifactId, fileId }) => local.read(fileId, artifactId),
    'artifacts.edit': ({ baseSha256, ...change }) => local.edit(change, baseSha256 ?? null),
    'artifacts.draft': ({ fileId }) => cache.draft(fileId),
    'artifacts.keepDraft': async ({ fileId, artifactId, draft }) => {
      if (await cache.keepDraft(fileId, artifactId, draft)) artifactChanged(artifactId)
    },
    'artifacts.create': ({ artifactId, path, text }) => local.create(artifactId, path, text),
    'artifacts.previewUrl': async ({ artifactId, path }) =>
      `artifact://${artifactId}/${path.split('/').map(encodeURIComponent).join('/')}`,
    'artifacts.search': async ({ query }) => cache.search(query),
    'artifacts.conflicts': ({ projectId }) => conflicts.list(projectId),
    'artifacts.resolveConflict': ({ artifactId, copyId, keep }) =>
      conflicts.resolve(artifactId, copyId, keep),
    'folders.list': async () => folders.list(),
    'folders.choose': async ({ projectId, artifactId }) => {
      const root = await options.chooseFolder()
      if (root !== null) await folders.link(projectId, artifactId, root)
      return root
    },
    'folders.unlink': ({ linkId }) => folders.unlink(linkId),
    'folders.setPaused': ({ linkId, paused }) => folders.setPaused(linkId, paused),
    'folders.decideDeletions': ({ linkId, decision }) => folders.decideDeletions(linkId, decision),
    'folders.retry': ({ linkId }) => {
      server.hurry()
      return folders.retry(linkId)
    },
    'folders.reveal': async ({ linkId }) => {
      const root = await folders.rootOf(linkId)
      if (root !== null) await options.revealFolder(root)
    },
    'folders.trash': ({ linkId }) => folders.trash(linkId),
    'folders.restore': ({ linkId, entryId }) => folders.restore(linkId, entryId),
    'sync.state': async () => progress.snapshot(),
    'sync.run': async ({ projectId, files }) => {
      // Only a person asks this way.
      server.hurry()
      await engine.retryParked()
      if (online || paused) return engine.run(projectId, files === 'all')
      progress.set({ phase: 'offline', failure: 'network.offline' })
      return progress.snapshot()
    },
    'sync.cancel': async () => {
      await engine.cancel()
      return progress.snapshot()
    },
    'sync.pin': async ({ projectId, pinned }) => {
      await keeper.holding(() => cache.pin(projectId, pinned))
      keeper.enforce()
    },
    'sync.pinned': () => cache.pins(),
    'sync.usage': () => keeper.usage(),
  }

  const rest = (): void =>
    progress.set({
      paused,
      phase: paused ? 'paused' : online ? 'idle' : 'offline',
      failure: null,
    })
  const setPaused = async (now: boolean): Promise<void> => {
    if (now === paused) return
    paused = now
    if (paused) {
      interrupted = engine.current
      progress.set({ paused })
      await Promise.all([engine.cancel(), folders.setSuspended(true)])
      // Who thinks better of it meanwhile is not overruled.
      if (paused) rest()
      return
    }
    rest()
    const { projectId, all } = interrupted ?? { projectId: null, all: false }
    interrupted = null
    await folders.setSuspended(false)
    if (!online) return
    void sendWaiting().catch(() => {})
    if (projectId) void engine.run(projectId, all).catch(() => {})
  }

  const stop = async (): Promise<void> => {
    closing.abort()
    clearInterval(heartbeat)
    if (again) clearTimeout(again)
    await folders.close()
    await engine.close()
    await keeper.close()
  }

  await engine.refreshWaiting()
  keeper.enforce()
  if (paused) rest()
  return {
    handlers,
    preview: (request) => previewResponse(request, local.preview),
    setOnline: (now) => {
      const before = online
      online = now
      if (now) server.hurry()
      void folders.setOnline(now).catch(() => {})
      if (paused) rest()
      else if (!now) progress.set({ phase: 'offline' })
      else if (!before) {
        rest()
        void sendWaiting().catch(() => {})
      }
    },
    setTransfers: async (settings) => {
      up.setRate(settings.upLimit)
      down.setRate(settings.downLimit)
      keeper.setLimit(settings.keepLimit)
      await setPaused(settings.paused)
    },
    removeLocalCopies: async () => {
      await stop()
      await cache.forgetAll()
      const unsent = new Set((await cache.outbox()).map(({ sha256 }) => sha256))
      await blobs.clear(unsent)
      if (unsent.size > 0 || (await cache.drafts()).length > 0) return
      await cache.close()
      await rm(options.folder, { recursive: true, force: true })
    },
    close: async () => {
      await stop()
      progress.close()
      closeAnnouncer()
      await cache.close().catch(() => {})
    },
  }
}
