import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { Failure } from '../../../src/contract/failure.ts'
import type {
  Argument,
  Channel,
  EventName,
  EventPayload,
  Result,
} from '../../../src/contract/table.ts'
import { foldPath, parseFilePath, refusalOf } from '../../../src/domain/file-path.ts'
import { isText, mediaTypeOf } from '../../../src/domain/media-type.ts'
import { openBlobs } from '../cache/blobs.ts'
import { openCache } from '../cache/client.ts'
import type { FileRow, OutboxRow } from '../cache/database.ts'
import { previewResponse } from '../preview/preview.ts'
import { SyncEngine } from './engine.ts'
import { openProgress } from './progress.ts'
import { openRemote, type RemoteOptions } from './remote.ts'

type Area = 'records' | 'artifacts' | 'sync'
type AreaChannel = Extract<Channel, `${Area}.${string}`>
export type ArtifactHandlers = { [C in AreaChannel]: (argument: Argument<C>) => Promise<Result<C>> }

export type ArtifactService = {
  handlers: ArtifactHandlers
  /** `artifact://<artifact id>/<path>` */
  preview(request: Request): Promise<Response>
  setOnline(online: boolean): void
  removeLocalCopies(): Promise<void>
  close(): Promise<void>
}

export type ArtifactServiceOptions = RemoteOptions & {
  /** The partition of one person on one server. */
  folder: string
  /** The built cache worker. */
  worker: URL
  accountId: string
  deviceName: string
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
}

const largestText = 20_000_000

export const openArtifactService = async (
  options: ArtifactServiceOptions,
): Promise<ArtifactService> => {
  const cache = await openCache(options.folder, options.worker)
  const blobs = openBlobs(join(options.folder, 'blobs'))
  const progress = openProgress((state) => options.emit('sync.changed', state))
  const closing = new AbortController()
  let online = false

  // One message for a burst of finished files.
  const touched = new Map<string, Set<string>>()
  let telling: NodeJS.Timeout | null = null
  const changed = (projectId: string, artifactIds: string[]): void => {
    const ids = touched.get(projectId) ?? new Set()
    for (const id of artifactIds) ids.add(id)
    touched.set(projectId, ids)
    telling ??= setTimeout(() => {
      telling = null
      for (const [project, set] of touched)
        if (project)
          options.emit('artifacts.changed', { projectId: project, artifactIds: [...set] })
      touched.clear()
    }, 150)
  }
  const engine = new SyncEngine({
    cache,
    blobs,
    remote: openRemote(options),
    progress,
    deviceName: options.deviceName,
    changed,
  })

  const summarise = async (
    file: FileRow | null,
    edit: OutboxRow | undefined,
    known?: ReadonlySet<string>,
  ): Promise<ArtifactFile> => {
    if (edit)
      return {
        id: edit.fileId,
        artifactId: edit.artifactId,
        path: edit.path,
        mediaType: edit.mediaType,
        size: edit.size,
        sha256: edit.sha256,
        revision: file?.revision ?? 0,
        isMain: file?.isMain === 1,
        state: edit.parked ? 'parked' : 'edited',
      }
    if (!file) throw new Failure('server.not-found', 'There is no such file.')
    const here = known ? known.has(file.sha256) : await blobs.has(file.sha256, file.size)
    return {
      id: file.id,
      artifactId: file.artifactId,
      path: file.path,
      mediaType: file.mediaType,
      size: file.size,
      sha256: file.sha256,
      revision: file.revision,
      isMain: file.isMain === 1,
      state: here ? 'cached' : 'remote',
    }
  }

  const editOf = async (fileId: string) =>
    (await cache.outbox()).find((edit) => edit.fileId === fileId)
  const projectOf = async (artifactId: string): Promise<string> => {
    const artifact = await cache.artifact(artifactId)
    if (!artifact)
      throw new Failure('server.not-found', 'This artifact is not known on this computer.')
    return artifact.projectId
  }

  /** What is here of a file: the edit if there is one, else the server's bytes, fetched if need be. */
  const contentOf = async (
    fileId: string,
    artifactId: string,
  ): Promise<{ sha256: string; size: number; mediaType: string; path: string }> => {
    const edit = await editOf(fileId)
    if (edit) return edit
    const file = await cache.file(fileId)
    if (!file || file.deleted || file.artifactId !== artifactId)
      throw new Failure('server.not-found', 'There is no such file.')
    if (!(await blobs.has(file.sha256, file.size))) {
      if (!online) throw new Failure('file.not-cached', 'This file is not on this computer.')
      await engine.fetch(file, closing.signal)
      changed(await projectOf(artifactId), [artifactId])
    }
    return file
  }

  const queue = async (edit: OutboxRow): Promise<void> => {
    await cache.queueEdit(edit)
    await engine.refreshWaiting()
    const projectId = await projectOf(edit.artifactId)
    changed(projectId, [edit.artifactId])
    if (online) void engine.run(projectId, false, true)
  }

  const state = async () => progress.snapshot()
  const handlers: ArtifactHandlers = {
    'records.read': async ({ key }) => cache.readRecord(key),
    'records.write': async ({ key, value }) => cache.writeRecord(key, value),
    'artifacts.list': async ({ projectId }) =>
      (await cache.artifacts(projectId)).map((row) => ({ ...row, isPublic: row.isPublic === 1 })),
    'artifacts.files': async ({ artifactId }) => {
      const [files, outbox, known] = await Promise.all([
        cache.files(artifactId),
        cache.outbox(),
        cache.blobs(),
      ])
      const set = new Set(known)
      const edits = new Map(
        outbox.filter((edit) => edit.artifactId === artifactId).map((edit) => [edit.fileId, edit]),
      )
      const ids = new Set(files.map(({ id }) => id))
      const rows = files
        .filter((file) => !file.deleted || edits.has(file.id))
        .map((file) => summarise(file, edits.get(file.id), set))
      const fresh = [...edits.values()]
        .filter((edit) => !ids.has(edit.fileId))
        .map((edit) => summarise(null, edit, set))
      return Promise.all([...rows, ...fresh])
    },
    'artifacts.read': async ({ artifactId, fileId }) => {
      const content = await contentOf(fileId, artifactId)
      const type = isText(content.mediaType) ? content.mediaType : mediaTypeOf(content.path)
      if (!isText(type) || content.size > largestText)
        return { kind: 'binary', size: content.size, sha256: content.sha256 }
      return {
        kind: 'text',
        text: (await blobs.read(content.sha256)).toString('utf8'),
        sha256: content.sha256,
      }
    },
    'artifacts.edit': async ({ artifactId, fileId, text }) => {
      const [file, before] = await Promise.all([cache.file(fileId), editOf(fileId)])
      const base = before ?? file
      if (!base || base.artifactId !== artifactId)
        throw new Failure('server.not-found', 'There is no such file.')
      const blob = await blobs.put(Buffer.from(text, 'utf8'))
      await cache.addBlob(blob.sha256, blob.size)
      const edit: OutboxRow = {
        fileId,
        artifactId,
        path: base.path,
        mediaType: base.mediaType,
        ...blob,
        baseRevision: before?.baseRevision ?? file?.revision ?? 0,
        queuedAt: new Date().toISOString(),
        parked: null,
      }
      await queue(edit)
      return summarise(file, edit)
    },
    'artifacts.create': async ({ artifactId, path: text, text: content }) => {
      const path = parseFilePath(text)
      await projectOf(artifactId)
      const taken = [
        ...(await cache.files(artifactId)).filter((f) => !f.deleted),
        ...(await cache.outbox()).filter((e) => e.artifactId === artifactId),
      ]
      if (taken.some((other) => foldPath(other.path) === foldPath(path)))
        throw new Failure('file.name-collision', 'There is a file of this name already.')
      const blob = await blobs.put(Buffer.from(content, 'utf8'))
      await cache.addBlob(blob.sha256, blob.size)
      const edit: OutboxRow = {
        fileId: randomUUID(),
        artifactId,
        path,
        mediaType: mediaTypeOf(path),
        ...blob,
        baseRevision: 0,
        queuedAt: new Date().toISOString(),
        parked: null,
      }
      await queue(edit)
      return summarise(null, edit)
    },
    'artifacts.previewUrl': async ({ artifactId, path }) =>
      `artifact://${artifactId}/${path.split('/').map(encodeURIComponent).join('/')}`,
    'artifacts.search': async ({ query }) => cache.search(query),
    'sync.state': state,
    'sync.run': async ({ projectId, files }) => {
      if (!online) {
        progress.set({ phase: 'offline', failure: 'network.offline' })
        return progress.snapshot()
      }
      return engine.run(projectId, files === 'all')
    },
    'sync.cancel': async () => {
      await engine.cancel()
      return progress.snapshot()
    },
    'sync.pin': async ({ projectId, pinned }) => cache.pin(projectId, pinned),
    'sync.pinned': () => cache.pins(),
  }

  /** Edits made offline go out by themselves once the server answers again. */
  const sendWaiting = async (): Promise<void> => {
    const projects = new Set<string>()
    for (const edit of await cache.outbox()) {
      const artifact = await cache.artifact(edit.artifactId)
      if (artifact) projects.add(artifact.projectId)
    }
    for (const projectId of projects) await engine.run(projectId, false)
  }

  await engine.refreshWaiting()
  return {
    handlers,
    preview: (request) =>
      previewResponse(request, {
        find: async (artifactId, path) => {
          if (refusalOf(path) !== null) return null
          const [files, outbox] = await Promise.all([cache.files(artifactId), cache.outbox()])
          const edit = outbox.find((e) => e.artifactId === artifactId && e.path === path)
          const file = files.find((f) => f.path === path && !f.deleted)
          const id = edit?.fileId ?? file?.id
          return id ? contentOf(id, artifactId) : null
        },
        stream: (sha256, start, end) => blobs.stream(sha256, start, end),
      }),
    setOnline: (now) => {
      const before = online
      online = now
      if (!now) progress.set({ phase: 'offline' })
      else if (!before) {
        progress.set({ phase: 'idle', failure: null })
        void sendWaiting().catch(() => {})
      }
    },
    removeLocalCopies: async () => {
      await engine.cancel()
      await cache.close()
      await rm(options.folder, { recursive: true, force: true })
    },
    close: async () => {
      closing.abort()
      await engine.cancel()
      progress.close()
      if (telling) clearTimeout(telling)
      await cache.close().catch(() => {})
    },
  }
}
