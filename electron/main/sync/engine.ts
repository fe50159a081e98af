import { asFailure, Failure, type FailureCode, failureCode } from '../../../src/contract/failure.ts'
import type { ParkedItem, SyncState } from '../../../src/contract/sync.ts'
import { refusalOf } from '../../../src/domain/file-path.ts'
import { inLanesOf } from '../../../src/sync/lanes.ts'
import {
  type Circumstances,
  isDue,
  lowered,
  rolesAbove,
  waitsForNetwork,
} from '../../../src/sync/parking.ts'
import { Patience } from '../../../src/sync/patience.ts'
import { type Operation, plan, type RemoteFile } from '../../../src/sync/plan.ts'
import type { Stops } from '../../../src/sync/stops.ts'
import type { Cache } from '../cache/client.ts'
import type { FileRow, OutboxRow } from '../cache/rows.ts'
import type { Pulled } from './answers.ts'
import { blocksOneFile, isDenial } from './blocks-one-file.ts'
import type { Progress } from './progress.ts'
import type { openReceiver } from './receiver.ts'
import type { Remote } from './remote.ts'
import type { openSender } from './sender.ts'

export type EngineOptions = {
  cache: Cache
  remote: Remote
  receiver: ReturnType<typeof openReceiver>
  send: ReturnType<typeof openSender>
  progress: Progress
  /** Milliseconds since 1970. */
  now: () => number
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest: () => number | null
  /** The person wants nothing to go or come. */
  isPaused: () => boolean
  /** The person stopped it: a pass only asks what there is. */
  isStopped: () => boolean
  stops: Stops
  changed: (projectId: string, artifactIds: string[]) => void
  /** A pass has ended, well or not. */
  passed: () => void
}

/** What was parked and with what; another hash is another matter. */
type ParkedDownload = { item: ParkedItem; sha256: string; since: Circumstances }
type Download = Extract<Operation, { kind: 'download' }>
type Send = Exclude<Operation, Download>
type Run = {
  projectId: string
  all: boolean
  /** It only asks what there is. */
  isLook: boolean
  abort: AbortController
  result: Promise<SyncState>
}

const dayLong = 24 * 3600_000

const remoteFile = (row: FileRow): RemoteFile => ({ ...row, deleted: row.deleted === 1 })
const isDownload = (operation: Operation): operation is Download => operation.kind === 'download'
const isSend = (operation: Operation): operation is Send => operation.kind !== 'download'
const bytesOf = (operation: Operation): number =>
  operation.kind === 'download'
    ? operation.file.size
    : operation.kind === 'settle'
      ? 0
      : operation.edit.size

const rowsOf = (projectId: string, answer: Pulled) => ({
  projectId,
  cursor: answer.cursor,
  epoch: answer.epoch,
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
  removedArtifacts: [
    ...answer.artifacts.filter((row) => row.deleted_at !== null).map((row) => row.id),
    ...(answer.removed_artifact_ids ?? []),
  ],
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

/** One pass at a time over one project: pull, send, receive. A pass always ends in a state, never throws. */
export class SyncEngine {
  readonly #o: EngineOptions
  #run: Run | null = null
  #closed = false
  readonly #pushes = new Map<string, Promise<SyncState>>()
  /** When a project's ids were last checked against the server's, since the application started. */
  readonly #reconciled = new Map<string, number>()
  readonly #parkedDownloads = new Map<string, ParkedDownload>()
  #titles: ReadonlyMap<string, string> = new Map()
  /** What the server said last of each project. */
  readonly #said = new Map<string, Omit<Circumstances, 'now'>>()
  readonly #patience = new Patience()
  #stalled: Failure | null = null

  constructor(options: EngineOptions) {
    this.#o = options
  }

  /** One pass over a project. A second request for the same pass joins it. */
  async run(projectId: string, all: boolean): Promise<SyncState> {
    for (let current = this.#run; current; current = this.#run) {
      const isEnough = (current.all || !all) && (!current.isLook || this.#o.isStopped())
      if (current.projectId === projectId && isEnough) return current.result
      await current.result
    }
    if (this.#closed || this.#o.isPaused()) return this.#o.progress.snapshot()
    const abort = new AbortController()
    const isLook = this.#o.isStopped()
    const result = this.#pass(projectId, isLook ? null : all, abort.signal).finally(() => {
      this.#run = null
      this.#o.passed()
    })
    this.#run = { projectId, all, isLook, abort, result }
    return result
  }

  /** A pass that begins after now, and so sees every edit made before. Many edits share one. */
  push(projectId: string): Promise<SyncState> {
    const known = this.#pushes.get(projectId)
    if (known) return known
    const next = Promise.resolve().then(async () => {
      while (this.#run) await this.#run.result
      this.#pushes.delete(projectId)
      return this.run(projectId, false)
    })
    this.#pushes.set(projectId, next)
    return next
  }

  /** The pass under way. */
  get current(): { projectId: string; all: boolean } | null {
    return this.#run
  }

  async cancel(): Promise<void> {
    this.#run?.abort.abort()
    await this.#run?.result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.cancel()
  }

  role(projectId: string): string | null {
    return this.#circumstances(projectId).role
  }

  #circumstances(projectId: string): Circumstances {
    const said = this.#said.get(projectId) ?? { role: null, uploadRules: null }
    return { now: this.#o.now(), ...said }
  }

  #mustWait(edit: OutboxRow, projectId: string): boolean {
    const code = failureCode.safeParse(edit.parked)
    if (!code.success) return false
    const { parkedAt: now, parkedRole: role, parkedRules: uploadRules } = edit
    const since = { now: now ?? Number.NEGATIVE_INFINITY, role, uploadRules }
    return !isDue(code.data, since, this.#circumstances(projectId))
  }

  /** Projects with edits that are worth a try now. */
  async unsent(): Promise<Set<string>> {
    const waiting = await this.#o.cache.waiting()
    return new Set(
      waiting.flatMap((edit) =>
        edit.projectId !== null &&
        !this.#mustWait(edit, edit.projectId) &&
        !waitsForNetwork(edit.size, this.#o.largest())
          ? [edit.projectId]
          : [],
      ),
    )
  }

  /**
   * A person waits for it: whatever it waits for. Null is all projects; what no pass follows for stays as it is.
   * `but` stays parked.
   */
  async retryParked(projectId: string | null, but: FailureCode | null): Promise<void> {
    this.#patience.asked()
    for (const [fileId, { item }] of this.#parkedDownloads)
      if ((projectId === null || item.projectId === projectId) && item.failure !== but)
        this.#parkedDownloads.delete(fileId)
    await this.#o.cache.unparkEdits(null, projectId, but)
  }

  async refreshWaiting(): Promise<void> {
    const waiting = await this.#o.cache.waiting()
    const parked = waiting.flatMap((edit): ParkedItem[] => {
      // The artifact is gone or not ours to see any more; the edit stays until somebody decides.
      const code = failureCode.safeParse(
        edit.projectId === null
          ? 'server.not-found'
          : (edit.parked ??
              (waitsForNetwork(edit.size, this.#o.largest()) ? 'sync.metered' : null)),
      )
      const { fileId, artifactId, projectId, title, path } = edit
      const item = { fileId, artifactId, projectId, title, path, direction: 'up' as const }
      return code.success ? [{ ...item, failure: code.data }] : []
    })
    this.#o.progress.waiting(
      waiting.map(({ fileId, artifactId, title, path }) => [
        fileId,
        { artifactId, title, path, direction: 'up' },
      ]),
      [...parked, ...[...this.#parkedDownloads.values()].map(({ item }) => item)],
    )
  }

  /** It came by another way: it is not parked any more. */
  async arrived(fileId: string): Promise<void> {
    if (this.#parkedDownloads.delete(fileId)) await this.refreshWaiting()
  }

  /** `all` null: neither sends nor receives. */
  async #pass(projectId: string, all: boolean | null, signal: AbortSignal): Promise<SyncState> {
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
      if (all !== null) await this.#move(projectId, all, signal)
      if (this.#stalled) throw this.#stalled
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      const syncedAt = (await cache.cursor(projectId))?.syncedAt ?? null
      await this.refreshWaiting()
      this.#patience.went()
      progress.set({ phase: 'idle', lastSyncedAt: syncedAt })
    } catch (error) {
      const { code } = signal.aborted
        ? new Failure('sync.cancelled', 'Cancelled.')
        : asFailure(error)
      await this.refreshWaiting().catch(() => {})
      // What is tried again soon by itself is no news yet.
      const isQuiet = this.#patience.failed(code, performance.now()) === 'wait'
      progress.set({
        phase:
          code === 'sync.cancelled' || isQuiet
            ? 'idle'
            : code === 'disk.full'
              ? 'paused'
              : code.startsWith('network.')
                ? 'offline'
                : 'failed',
        failure: isQuiet ? null : code,
      })
    }
    return progress.snapshot()
  }

  async #move(projectId: string, all: boolean, signal: AbortSignal): Promise<void> {
    let operations = await this.#plan(projectId, all)
    this.#announce(operations, 0, 0)
    const sends = operations.filter(isSend)
    // Unsent bytes are the only ones that can be lost: they go first.
    const { lanes } = this.#o.remote
    await inLanesOf(lanes, sends, bytesOf, async (operation) => {
      if (await this.#o.send(operation, signal, this.#circumstances(projectId)))
        this.#reconciled.delete(projectId)
    })
    if (sends.length > 0) {
      await this.#pull(projectId, signal)
      // What came of sending (theirs beside ours) belongs to this pass too.
      operations = (await this.#plan(projectId, all)).filter(isDownload)
      this.#announce(
        operations,
        sends.length,
        sends.reduce((sum, operation) => sum + bytesOf(operation), 0),
      )
    }
    await inLanesOf(lanes, operations.filter(isDownload), bytesOf, (operation) =>
      this.#receive(operation, projectId, signal),
    )
  }

  #announce(operations: readonly Operation[], filesBefore: number, bytesBefore: number): void {
    this.#o.progress.set({
      phase: operations.length > 0 ? 'transferring' : 'checking',
      filesTotal: filesBefore + operations.length,
      bytesTotal: operations.reduce((sum, operation) => sum + bytesOf(operation), bytesBefore),
    })
  }

  async #pull(projectId: string, signal: AbortSignal): Promise<void> {
    const { cache, remote, now } = this.#o
    const at = this.#reconciled.get(projectId)
    // What is taken away from somebody sends nothing: at the start, after any sign of it and once a day all is compared.
    const isWhole = at === undefined || Math.abs(now() - at) >= dayLong
    const known = isWhole ? null : await cache.cursor(projectId)
    const answer = await remote.pull(projectId, known, signal).catch(async (error: unknown) => {
      const { code } = asFailure(error)
      if (isDenial(code)) this.#reconciled.delete(projectId)
      if (code === 'server.not-found')
        await this.#heard(projectId, { role: 'none', uploadRules: null })
      throw error
    })
    const before = this.#said.get(projectId)?.role ?? null
    const role = answer.role ?? null
    await this.#heard(projectId, { role, uploadRules: answer.upload_rules ?? null })
    const touched = await cache.applyPull(rowsOf(projectId, answer))
    // With another role other rows may be to be seen: the next pull is whole.
    if (answer.file_ids) this.#reconciled.set(projectId, now())
    else if (before !== null && role !== before) this.#reconciled.delete(projectId)
    if (touched.length) this.#o.changed(projectId, touched)
  }

  async #heard(projectId: string, said: Omit<Circumstances, 'now'>): Promise<void> {
    this.#said.set(projectId, said)
    const { role } = said
    const above = rolesAbove(role)
    if (role === null || above.length === 0) return
    await this.#o.cache.lowerParked(projectId, role, above)
    for (const [id, parked] of this.#parkedDownloads)
      if (parked.item.projectId === projectId)
        this.#parkedDownloads.set(id, { ...parked, since: lowered(parked.since, role) })
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
    const here = new Map(artifacts.map(({ id, title }) => [id, title]))
    this.#titles = here
    const wantAll = all || pins.includes(projectId)
    const parkedBefore = new Map(this.#parkedDownloads)
    for (const { item } of parkedBefore.values())
      if (item.projectId === projectId) this.#parkedDownloads.delete(item.fileId)
    const waiting = new Set(
      outbox.flatMap((edit) => (this.#mustWait(edit, projectId) ? [edit.fileId] : [])),
    )
    const now = this.#circumstances(projectId)
    const kept = new Set(blobs)
    const largest = this.#o.largest()
    const isTooLarge = (size: number): boolean => waitsForNetwork(size, largest)
    const operations = plan({
      remote: files.map(remoteFile),
      local: outbox.filter((edit) => here.has(edit.artifactId)),
      cached: kept,
      wanted: (file) => {
        if (!wantAll || !here.has(file.artifactId)) return false
        if (refusalOf(file.path) !== null) {
          this.#park({ ...file, path: file.path.slice(0, 200) }, 'file.name-refused', now)
          return false
        }
        if (isTooLarge(file.size) && !kept.has(file.sha256)) {
          this.#park(file, 'sync.metered', now)
          return false
        }
        const before = parkedBefore.get(file.id)
        if (before?.sha256 !== file.sha256 || isDue(before.item.failure, before.since, now))
          return true
        this.#parkedDownloads.set(file.id, before)
        return false
      },
    })
    this.#o.progress.planned(
      operations.filter(isDownload).map(({ file: { id, artifactId, path } }) => {
        const title = here.get(artifactId) ?? null
        return [id, { artifactId, title, path, direction: 'down' }]
      }),
    )
    return operations.filter(
      (operation) =>
        isDownload(operation) ||
        // The server has the very bytes by now: nothing is left to be refused.
        operation.kind === 'settle' ||
        (!waiting.has(operation.edit.fileId) && !isTooLarge(operation.edit.size)),
    )
  }

  #park(
    { id, artifactId, path, sha256 }: RemoteFile,
    failure: FailureCode,
    since: Circumstances,
  ): void {
    const item: ParkedItem = {
      fileId: id,
      artifactId,
      projectId: this.#run?.projectId ?? null,
      title: this.#titles.get(artifactId) ?? null,
      path,
      direction: 'down',
      failure,
    }
    this.#parkedDownloads.set(id, { item, sha256, since })
  }

  async #receive({ file }: Download, projectId: string, signal: AbortSignal): Promise<void> {
    const { progress, receiver, changed } = this.#o
    const { id: fileId, artifactId, path } = file
    if (signal.aborted || this.#stalled) return
    const outcome = await this.#o.stops
      .during(fileId, signal, (either) =>
        receiver.bring(file, either, (bytesDone) =>
          progress.transfer({
            fileId,
            artifactId,
            path,
            direction: 'down',
            bytesDone,
            bytesTotal: file.size,
          }),
        ),
      )
      .then(() => null, asFailure)
    if (outcome === null) {
      progress.finished(fileId)
      changed(projectId, [artifactId])
      return
    }
    progress.dropped(fileId)
    if (blocksOneFile(outcome)) {
      this.#park(file, outcome.code, this.#circumstances(projectId))
      if (outcome.code === 'sync.stopped') await this.refreshWaiting()
    }
    // A full disk or a dead network stops the downloads; what is here stays.
    else this.#stalled ??= outcome
  }
}
