import { randomUUID } from 'node:crypto'
import PQueue from 'p-queue'
import { asFailure, Failure, failureCode } from '../../../src/contract/failure.ts'
import type { ParkedItem, SyncState } from '../../../src/contract/sync.ts'
import { conflictPath, foldPath, refusalOf } from '../../../src/domain/file-path.ts'
import { type Operation, plan, type RemoteFile } from '../../../src/sync/plan.ts'
import type { BlobStore } from '../cache/blobs.ts'
import type { Cache } from '../cache/client.ts'
import type { FileRow, OutboxRow } from '../cache/database.ts'
import type { openProgress } from './progress.ts'
import type { Remote } from './remote.ts'

export type EngineOptions = {
  cache: Cache
  blobs: BlobStore
  remote: Remote
  progress: ReturnType<typeof openProgress>
  deviceName: string
  changed: (projectId: string, artifactIds: string[]) => void
}

const smallFile = 256 * 1024
const remoteFile = (row: FileRow): RemoteFile => ({ ...row, deleted: row.deleted === 1 })

/** What blocks a file for good, and not the whole run. */
const parks = (failure: Failure): boolean =>
  [
    'server.denied',
    'sync.remote-object-missing',
    'file.too-large',
    'file.name-refused',
    'file.hash-mismatch',
    'file.name-collision',
    'disk.unreadable',
  ].includes(failure.code)

export class SyncEngine {
  readonly #o: EngineOptions
  readonly #small = new PQueue({ concurrency: 8 })
  readonly #large = new PQueue({ concurrency: 3 })
  #run: {
    projectId: string
    all: boolean
    abort: AbortController
    result: Promise<SyncState>
  } | null = null
  /** Projects whose ids were checked against the server's since the application started. */
  readonly #reconciled = new Set<string>()
  readonly #parkedDownloads = new Map<string, ParkedItem>()
  #stalled: Failure | null = null

  constructor(options: EngineOptions) {
    this.#o = options
  }

  /**
   * One pass over a project. A second request for the same pass joins it, unless it brings something
   * the running pass may have planned without: then another follows.
   */
  async run(projectId: string, all: boolean, news = false): Promise<SyncState> {
    for (let current = this.#run; current; current = this.#run) {
      if (!news && current.projectId === projectId && (current.all || !all)) return current.result
      await current.result
    }
    const abort = new AbortController()
    const result = this.#pass(projectId, all, abort.signal).finally(() => {
      this.#run = null
    })
    this.#run = { projectId, all, abort, result }
    return result
  }

  async cancel(): Promise<void> {
    const current = this.#run
    current?.abort.abort()
    this.#small.clear()
    this.#large.clear()
    await current?.result
  }

  /** One blob, now: somebody is waiting to see it. */
  async fetch(file: FileRow, signal: AbortSignal): Promise<void> {
    if (await this.#o.blobs.has(file.sha256, file.size)) return
    await this.#o.blobs.receive(
      file,
      (from) => this.#o.remote.download(file.artifactId, file.sha256, from, signal),
      () => {},
    )
    await this.#o.cache.addBlob(file.sha256, file.size)
  }

  async refreshWaiting(): Promise<void> {
    const outbox = await this.#o.cache.outbox()
    const parked = outbox.flatMap((edit): ParkedItem[] => {
      const code = failureCode.safeParse(edit.parked)
      return code.success
        ? [
            {
              fileId: edit.fileId,
              artifactId: edit.artifactId,
              path: edit.path,
              failure: code.data,
            },
          ]
        : []
    })
    this.#o.progress.waiting(outbox.length, [...parked, ...this.#parkedDownloads.values()])
  }

  async #pass(projectId: string, all: boolean, signal: AbortSignal): Promise<SyncState> {
    const { progress, cache } = this.#o
    this.#stalled = null
    progress.set({
      phase: 'checking',
      projectId,
      filesDone: 0,
      filesTotal: 0,
      bytesDone: 0,
      bytesTotal: 0,
      failure: null,
    })
    try {
      await this.#pull(projectId, signal)
      const operations = await this.#plan(projectId, all)
      const sends = operations.filter((operation) => operation.kind !== 'download')
      const downloads = operations.filter((operation) => operation.kind === 'download')
      const total = operations.reduce(
        (sum, o) =>
          sum + (o.kind === 'download' ? o.file.size : o.kind === 'settle' ? 0 : o.edit.size),
        0,
      )
      progress.set({
        phase: operations.length ? 'transferring' : 'checking',
        filesTotal: operations.length,
        bytesTotal: total,
      })
      for (const operation of sends) await this.#send(operation, signal)
      await Promise.all(downloads.map((operation) => this.#receive(operation, signal)))
      if (sends.length > 0) await this.#pull(projectId, signal)
      if (this.#stalled) throw this.#stalled
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      const syncedAt = (await cache.cursor(projectId))?.syncedAt ?? null
      await this.refreshWaiting()
      progress.set({ phase: 'idle', lastSyncedAt: syncedAt })
    } catch (error) {
      const failure = signal.aborted
        ? new Failure('sync.cancelled', 'Cancelled.')
        : asFailure(error)
      await this.refreshWaiting().catch(() => {})
      if (failure.code === 'sync.cancelled') progress.set({ phase: 'idle', failure: failure.code })
      else
        progress.set({
          phase: failure.code.startsWith('network.') ? 'offline' : 'failed',
          failure: failure.code,
        })
    }
    return progress.snapshot()
  }

  async #pull(projectId: string, signal: AbortSignal): Promise<void> {
    const { cache, remote } = this.#o
    const first = !this.#reconciled.has(projectId)
    const since = first ? null : ((await cache.cursor(projectId))?.cursor ?? null)
    const answer = await remote.pull(projectId, since, signal)
    const touched = await cache.applyPull({
      projectId,
      cursor: answer.cursor,
      artifacts: answer.artifacts
        .filter((row) => row.deleted_at === null)
        .map((row) => ({
          id: row.id,
          projectId: row.project_id,
          title: row.title,
          description: row.description,
          kind: row.artifact_type,
          status: row.status,
          isPublic: row.is_public ? 1 : 0,
          updatedAt: row.updated_at,
        })),
      removedArtifacts: answer.artifacts
        .filter((row) => row.deleted_at !== null)
        .map((row) => row.id),
      files: answer.files.map((row) => ({
        id: row.id,
        artifactId: row.artifact_id,
        path: row.file_path,
        mediaType: row.file_type,
        size: row.file_size,
        sha256: row.sha256,
        revision: row.revision,
        isMain: row.is_main_file ? 1 : 0,
        deleted: row.deleted_at === null ? 0 : 1,
      })),
      reconcile:
        answer.artifact_ids && answer.file_ids
          ? { artifactIds: answer.artifact_ids, fileIds: answer.file_ids }
          : null,
    })
    this.#reconciled.add(projectId)
    if (touched.length) this.#o.changed(projectId, touched)
  }

  async #plan(projectId: string, all: boolean): Promise<Operation[]> {
    const { cache } = this.#o
    const [files, outbox, blobs, pins, artifacts] = await Promise.all([
      cache.projectFiles(projectId),
      cache.outbox(),
      cache.blobs(),
      cache.pins(),
      cache.artifacts(projectId),
    ])
    const here = new Set(artifacts.map(({ id }) => id))
    const wantAll = all || pins.includes(projectId)
    this.#parkedDownloads.clear()
    return plan({
      remote: files.map(remoteFile),
      local: outbox.filter((edit) => here.has(edit.artifactId)),
      cached: new Set(blobs),
      wanted: (file) => {
        if (!wantAll || !here.has(file.artifactId)) return false
        if (refusalOf(file.path) === null) return true
        this.#parkedDownloads.set(file.id, {
          fileId: file.id,
          artifactId: file.artifactId,
          path: file.path.slice(0, 200),
          failure: 'file.name-refused',
        })
        return false
      },
    })
  }

  #receive(
    operation: Extract<Operation, { kind: 'download' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { file } = operation
    const { blobs, cache, progress, remote } = this.#o
    const queue = file.size <= smallFile ? this.#small : this.#large
    const work = async (): Promise<void> => {
      if (signal.aborted || this.#stalled) return
      const transfer = {
        fileId: file.id,
        artifactId: file.artifactId,
        path: file.path,
        direction: 'down' as const,
        bytesTotal: file.size,
      }
      try {
        await blobs.receive(
          file,
          (from) => remote.download(file.artifactId, file.sha256, from, signal),
          (bytesDone) => progress.transfer({ ...transfer, bytesDone }),
        )
        await cache.addBlob(file.sha256, file.size)
        progress.finished(file.id)
        this.#o.changed(this.#run?.projectId ?? '', [file.artifactId])
      } catch (error) {
        progress.dropped(file.id)
        const failure = asFailure(error)
        if (parks(failure))
          this.#parkedDownloads.set(file.id, {
            fileId: file.id,
            artifactId: file.artifactId,
            path: file.path,
            failure: failure.code,
          })
        // A full disk or a dead network stops the downloads; what is here stays.
        else this.#stalled ??= failure
      }
    }
    // A cleared queue never runs what was in it, so a cancelled pass must not wait for that.
    const cancelled = new Promise<void>((done) =>
      signal.addEventListener('abort', () => done(), { once: true }),
    )
    const running = queue.add(work)
    return Promise.race([
      running.then(() => {}),
      cancelled.then(() =>
        queue.pending > 0
          ? running.then(
              () => {},
              () => {},
            )
          : undefined,
      ),
    ]).then(() => {})
  }

  async #send(
    operation: Exclude<Operation, { kind: 'download' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { cache, progress } = this.#o
    const edit = (await cache.outbox()).find(({ fileId }) => fileId === operation.edit.fileId)
    if (!edit || signal.aborted) return
    try {
      if (operation.kind === 'settle') await cache.dropEdit(edit.fileId)
      else if (operation.kind === 'keepBoth') await this.#keepBoth(edit, signal)
      else await this.#commit(edit, operation.expectedRevision, signal)
      progress.finished(edit.fileId)
    } catch (error) {
      progress.dropped(edit.fileId)
      const failure = asFailure(error)
      if (!parks(failure)) throw failure
      await cache.parkEdit(edit.fileId, failure.code)
    }
  }

  async #commit(edit: OutboxRow, expectedRevision: number, signal: AbortSignal): Promise<void> {
    const { blobs, cache, progress, remote } = this.#o
    const bytes = async (from: number, to: number): Promise<Uint8Array> => {
      const chunks: Buffer[] = []
      if (to > from)
        for await (const chunk of blobs.stream(edit.sha256, from, to - 1))
          chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    }
    const transfer = {
      fileId: edit.fileId,
      artifactId: edit.artifactId,
      path: edit.path,
      direction: 'up' as const,
      bytesTotal: edit.size,
    }
    await remote.upload(edit, bytes, signal, (bytesDone) =>
      progress.transfer({ ...transfer, bytesDone }),
    )
    const answer = await remote.commit(
      edit.artifactId,
      { [edit.fileId]: expectedRevision },
      [
        {
          op: 'put',
          file_id: edit.fileId,
          path: edit.path,
          sha256: edit.sha256,
          size: edit.size,
          media_type: edit.mediaType,
        },
      ],
      signal,
    )
    const revision = answer.status === 'committed' ? answer.files[0]?.revision : undefined
    if (revision !== undefined) await cache.committed(edit, revision)
    // Somebody was faster between our pull and our commit: the same case, found later.
    else await this.#keepBoth(edit, signal)
  }

  /** Theirs stays the file; ours becomes a new one beside it, and goes out at once. */
  async #keepBoth(edit: OutboxRow, signal: AbortSignal): Promise<void> {
    const { cache, deviceName } = this.#o
    const taken = new Set((await cache.files(edit.artifactId)).map(({ path }) => foldPath(path)))
    const path = conflictPath(edit.path, deviceName, new Date(), taken)
    const beside: OutboxRow = {
      ...edit,
      fileId: randomUUID(),
      path,
      baseRevision: 0,
      queuedAt: new Date().toISOString(),
      parked: null,
    }
    await cache.keepBoth(edit, beside)
    await this.#commit(beside, 0, signal)
  }
}
