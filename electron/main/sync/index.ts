import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransferSettings } from '../../../src/contract/sync.ts'
import type {
  AccountChannel,
  EventName,
  EventPayload,
  Handler,
} from '../../../src/contract/table.ts'
import { ArtifactTurns } from '../../../src/mutations/artifact-turns.ts'
import { maxMeteredFileBytes, unlimited } from '../../../src/sync/policy.ts'
import { TokenBucket } from '../../../src/transfer/token-bucket.ts'
import { log, logged } from '../../log/log.ts'
import { previewResponse } from '../preview/preview.ts'
import { openApiClient, type ServerOptions } from '../server/api-client.ts'
import { openArtifactApi } from '../server/artifact-api.ts'
import { openHeartbeat } from '../server/heartbeat.ts'
import { openUploads } from '../server/uploads.ts'
import { openBlobs } from '../store/blobs.ts'
import { openCache } from '../store/client.ts'
import type { MutationFigures } from '../store/mutations.ts'
import { openAdding } from './adding/index.ts'
import { openArtifactHandlers } from './artifact-handlers.ts'
import { openConflicts } from './cache/conflicts.ts'
import { openProgress } from './cache/progress.ts'
import { openReplica, recount } from './cache/replica.ts'
import { openChangeNotifier } from './change-notifier.ts'
import { openArtifactRemote } from './folder/artifact-remote.ts'
import { folderHandlers } from './folder/handlers.ts'
import { openFolderService } from './folder/index.ts'
import { openLinking } from './linking.ts'
import { LiveProjects, liveHandlers, openFollowed } from './live-projects.ts'
import { openMutations } from './mutations/index.ts'
import { recordHandlers } from './record-handlers.ts'
import { type FolderPurpose, openResolutions } from './resolutions.ts'
import { syncHandlers } from './sync-handlers.ts'

export type AccountHandlers = { [C in AccountChannel]: Handler<C> }

export type ArtifactService = {
  handlers: AccountHandlers
  /** `artifact://<artifact id>/<path>`, for a page of its own or as a picture in the application's. */
  preview(request: Request, place?: 'page' | 'picture'): Promise<Response>
  setOnline(online: boolean): void
  /** How the server tells of others' work; for a report. */
  liveInWords(): string
  /** The page that heard what the server tells is gone: it is asked from now on. */
  pageGone(): void
  /** Asks the server for a sign of life, now. */
  ping(): Promise<void>
  /** How many changes of rows wait, for a report. */
  mutationFigures(): Promise<MutationFigures>
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
  chooseFolder: (purpose: FolderPurpose) => Promise<string | null>
  /** Asks the person for files or a folder to bring in; empty when they thought better of it. */
  chooseToAdd: (what: 'files' | 'folder') => Promise<string[]>
  /** The folder of the sample that comes with the application. */
  sample: string
  /** Shows a folder in the system's file manager. */
  revealFolder: (path: string) => Promise<void>
  accountId: string
  /** Milliseconds by which the server's clock is ahead of ours. */
  ahead?: () => number
  deviceName: string
  transfers?: TransferSettings
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
}

export const openArtifactService = async (
  options: ArtifactServiceOptions,
): Promise<ArtifactService> => {
  const cache = await openCache(options.folder, options.workers.cache)
  const blobs = openBlobs(join(options.folder, 'blobs'))
  await recount(cache, blobs)
  const progress = openProgress((state) => options.emit('sync.changed', state))
  const { changed, close: closeNotifier } = openChangeNotifier((change) => {
    options.emit('artifacts.changed', change)
    // What the cache learned of a project its linked folders want to know too.
    void folders.poke(change.projectId).catch(logged('folder', 'Linked folders were not told'))
  })

  const server = openApiClient({
    ...options,
    reached: ({ missedSince, isBack }) => {
      progress.set({
        missedSince: missedSince === null ? null : new Date(missedSince).toISOString(),
      })
      if (!isBack) return
      replica.isBack()
      folders.pokeAll()
      mutations.retryNow()
    },
  })
  // One line for everything: the cache and all linked folders share what there is of it.
  const first = options.transfers ?? unlimited
  const up = new TokenBucket(server.time, first.upLimit)
  const down = new TokenBucket(server.time, first.downLimit)
  const remote = openArtifactApi(server, down)
  const upload = openUploads(server, remote, cache, undefined, up)
  let { metered } = first
  const largest = (): number | null => (metered ? maxMeteredFileBytes : null)
  const live = new LiveProjects(server.time, () => {
    // Nobody knows what was not told.
    replica.followSoon()
    folders.pokeAll()
    void heartbeat.ping().catch(() => {})
  })
  const isTold = (projectId: string): boolean => live.hears(projectId)
  const turns = new ArtifactTurns()
  const replica = openReplica({
    cache,
    turns,
    blobs,
    remote,
    upload,
    progress,
    time: server.time,
    newId: randomUUID,
    deviceName: options.deviceName,
    copies: {
      holding: (artifactId, sha256) => folders.copies.holding(artifactId, sha256),
      tell: (hear) => folders.copies.tell(hear),
    },
    keepLimit: first.keepLimit,
    isPaused: first.paused,
    largest,
    changed,
    isTold,
    linked: () => folders.linkedProjects(),
    unheard: (projectId) => {
      log('sync').warn('Something changed that Realtime did not tell of: it is asked about')
      live.missed(projectId)
    },
    passed: () => mutations.poke(),
  })
  const { engine, files } = replica

  const opened = Promise.withResolvers<void>()
  /** Whoever hears of changes by itself hears of these. */
  const follow = openFollowed({
    ask: async () => {
      // The first linked folders speak while the others are opened.
      await opened.promise
      return [...(await replica.followed()), ...(await folders.followed())]
    },
    tell: (projectIds) => options.emit('live.followed', projectIds),
  })
  const folders = await openFolderService({
    folder: options.folder,
    workers: { store: options.workers.folders, disk: options.workers.scanner },
    remoteOf: (projectId, artifactId) =>
      openArtifactRemote(remote, upload, { projectId, artifactId }),
    artifactsOf: (projectId) => cache.artifacts(projectId),
    deviceName: options.deviceName,
    largest,
    isSuspended: first.paused,
    isTold,
    tell: (links) => {
      options.emit('folders.changed', links)
      follow.linked(links.map(({ projectId }) => projectId))
    },
    advanced: (projectId, artifactId) => {
      // Its folders know by themselves.
      options.emit('artifacts.changed', { projectId, artifactIds: [artifactId] })
      void engine.run(projectId, false)
    },
  })
  opened.resolve()
  const conflicts = openConflicts({
    cache,
    remote,
    refresh: (projectId) => engine.run(projectId, false),
  })
  const artifacts = openArtifactHandlers({
    cache,
    files,
    conflicts,
    remote,
    refresh: (projectId, signal) => engine.refresh(projectId, signal),
    isOnline: replica.isOnline,
    changed: replica.artifactChanged,
    made: (projectId, artifactId) =>
      options.emit('artifacts.changed', { projectId, artifactIds: [artifactId] }),
  })
  const adding = openAdding({
    cache,
    replicaFiles: files,
    choose: options.chooseToAdd,
    examinePlace: (path) => folders.examinePlace(path, false),
    makeArtifact: artifacts.make,
    sample: options.sample,
    worker: options.workers.scanner,
    tell: (addition) => options.emit('adding.changed', addition),
  })
  const linking = openLinking({
    cache,
    folders,
    chooseFolder: () => options.chooseFolder('link'),
    refresh: (projectId, signal) => engine.refresh(projectId, signal),
    roleIn: (projectId) => engine.role(projectId),
    isOnline: replica.isOnline,
    makeArtifact: remote.makeArtifact,
    worker: options.workers.scanner,
    tell: (examination) => options.emit('folders.examined', examination),
    linked: follow.mayDiffer,
  })
  const resolutions = openResolutions({
    cache,
    blobs,
    engine,
    folders,
    upload,
    fetch: replica.fetch,
    copyOf: files.copyOf,
    withBytes: files.withBytes,
    isOnline: replica.isOnline,
    chooseFolder: options.chooseFolder,
    changed: replica.artifactChanged,
    signal: replica.closing,
  })

  const mutations = openMutations({
    cache,
    turns,
    server,
    ahead: options.ahead ?? (() => 0),
    tell: (change) => options.emit('mutations.changed', change),
    counted: ({ waiting, blocked }) => progress.set({ mutations: { waiting, blocked } }),
    moved: () => replica.sendSoon(),
    renamed: replica.artifactChanged,
    refresh: (projectId) => {
      replica.heard(projectId)
      void folders.poke(projectId).catch(logged('folder', 'Linked folders were not told'))
    },
  })

  const heartbeat = openHeartbeat({
    server,
    isToldOtherwise: () => live.isConnected,
    isWanted: () => replica.isOnline() && !replica.isPaused(),
    signal: replica.closing,
  })

  const handlers: AccountHandlers = {
    ...mutations.handlers,
    ...recordHandlers(cache),
    ...artifacts.handlers,
    ...adding.handlers,
    ...linking.handlers,
    ...folderHandlers({
      folders,
      chooseFolder: () => options.chooseFolder('link'),
      revealFolder: options.revealFolder,
      resetBreaker: server.resetBreaker,
      mayDiffer: follow.mayDiffer,
    }),
    ...syncHandlers({
      cache,
      replica,
      folders,
      resolutions,
      progress,
      server,
      mayDiffer: follow.mayDiffer,
    }),
    ...liveHandlers({
      live,
      followed: follow.now,
      heard: (projectId) => {
        replica.heard(projectId)
        return folders.poke(projectId)
      },
    }),
  }

  const stop = async (): Promise<void> => {
    live.close()
    await Promise.all([mutations.finish(), artifacts.finish()])
    linking.close()
    adding.close()
    await Promise.all([replica.close(), folders.close(), mutations.close()])
  }

  await replica.start()
  mutations.count()
  return {
    handlers,
    preview: (request, place) => previewResponse(request, files.preview, place),
    setOnline: (now) => {
      if (now) server.resetBreaker()
      void folders.setOnline(now).catch(logged('folder', 'Linked folders do not follow'))
      replica.setOnline(now)
      mutations.setOnline(now)
      // Nobody is signed in without a word from it.
      if (now) server.reachability.answered()
    },
    liveInWords: () => live.inWords,
    pageGone: () => live.tell(null),
    ping: heartbeat.ping,
    mutationFigures: mutations.figures,
    setTransfers: async ({ upLimit, downLimit, keepLimit, paused, ...settings }) => {
      up.setRate(upLimit)
      down.setRate(downLimit)
      replica.setKeepLimit(keepLimit)
      if (settings.metered !== metered) {
        metered = settings.metered
        await replica.networkChanged()
        folders.pokeAll()
      }
      if (paused !== replica.isPaused())
        await Promise.all([replica.setPaused(paused), folders.setSuspended(paused)])
    },
    removeLocalCopies: async () => {
      await stop()
      await cache.forgetAll()
      const unsent = new Set((await cache.outbox()).map(({ sha256 }) => sha256))
      await blobs.clear(unsent)
      const isOwed = (await cache.mutations()).length > 0
      if (unsent.size > 0 || isOwed || (await cache.drafts()).length > 0) return
      await cache.close()
      await rm(options.folder, { recursive: true, force: true })
    },
    close: async () => {
      await stop()
      progress.close()
      closeNotifier()
      await cache.close().catch(logged('cache', 'The cache did not close'))
    },
  }
}
