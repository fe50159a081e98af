import type { SyncState } from '../../../../src/contract/sync.ts'
import { asFailure, Failure, type FailureCode } from '../../../../src/domain/failure.ts'
import { refusalOf } from '../../../../src/domain/file-path.ts'
import { type Operation, plan, type RemoteFile } from '../../../../src/sync/cache/plan.ts'
import { blocksOneFile } from '../../../../src/sync/failure-policy.ts'
import type { CancellationRegistry } from '../../../../src/transfer/cancellation.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import { eachByClass } from '../../../../src/transfer/concurrency-limiter.ts'
import { FailureDebouncer } from '../../../../src/transfer/failure-debouncer.ts'
import { InFlightTransfers } from '../../../../src/transfer/in-flight.ts'
import {
  openPreemption,
  type PreemptionSignal,
  type Quantum,
} from '../../../../src/transfer/preemption.ts'
import { runTransfer } from '../../../../src/transfer/transfer.ts'
import { log, logged, loggedOnce, loggedOncePerCode } from '../../../log/log.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import type { Cache } from '../../store/client.ts'
import type { FileRow } from '../../store/rows.ts'
import type { openDownloader } from './downloader.ts'
import { namedAtOnce, OutboxStatus } from './outbox-status.ts'
import type { Progress } from './progress.ts'
import { openPuller, type Puller } from './puller.ts'
import { keyOfUpload, type openPusher, type RunTransfer } from './pusher.ts'

const said = log('sync')

export type EngineOptions = {
  cache: Cache
  /** What lies in linked folders by now, which need not come, is known to the cache then. */
  hearOfCopies: () => Promise<void>
  remote: ArtifactApi
  downloader: ReturnType<typeof openDownloader>
  send: ReturnType<typeof openPusher>
  progress: Progress
  time: Time
  quantum?: Quantum
  /** Rows of everything in one answer of the server. */
  rowsAtOnce?: number | undefined
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest: () => number | null
  /** The person wants nothing to go or come. */
  isPaused: () => boolean
  /** The person stopped it: a pass only asks what there is. */
  isStopped: () => boolean
  cancellations: CancellationRegistry
  changed: (projectId: string, artifactIds: string[]) => void
  /** A pass asks what there is. */
  began: (projectId: string) => void
  /** A pass has ended: all was done that there was to do, or not, or only looked at. */
  passed: (projectId: string, end: FailureCode | 'well' | 'looked', isNews: boolean) => void
}

type Download = Extract<Operation, { kind: 'download' }>
type Send = Exclude<Operation, Download>
/** What somebody asked for: passes over one project, until nothing moves and nobody asks for more. */
type Job = {
  projectId: string
  all: boolean
  /** Somebody asked since its pass began. */
  isAgain: boolean
  hasBegun: boolean
  abort: AbortController
  inFlight: InFlightTransfers
  titles: ReadonlyMap<string, string>
  result: Promise<SyncState>
  done: (state: SyncState) => void
}

/** How one pass went, as far as it went. */
type Course = { isAll: boolean; failure: Failure | null }

const remoteFile = (row: FileRow): RemoteFile => ({ ...row, deleted: row.deleted === 1 })
const isDownload = (operation: Operation): operation is Download => operation.kind === 'download'
const isSend = (operation: Operation): operation is Send => operation.kind !== 'download'
const bytesOf = (operation: Operation): number =>
  operation.kind === 'download'
    ? operation.file.size
    : operation.kind === 'settle'
      ? 0
      : operation.edit.size
const keyOfDownload = ({ id, sha256 }: RemoteFile): string => `down ${id} ${sha256}`
const keyOf = (operation: Operation): string =>
  isDownload(operation) ? keyOfDownload(operation.file) : keyOfUpload(operation.edit)

/** One pass at a time: pull, send, receive. While bytes move it gives way to whoever asks. Never throws. */
export class SyncEngine {
  /** What went wrong in a pass; its state says the code alone. */
  readonly #ended = loggedOnce('sync', 'A pass over a project ended')
  readonly #fileBlocked = loggedOncePerCode('sync', 'A file could not be received')
  readonly #o: EngineOptions
  readonly #puller: Puller
  readonly outbox: OutboxStatus
  /** The first is under way. */
  readonly #jobs: Job[] = []
  #isWorking = false
  #preemption: ReturnType<typeof openPreemption> | null = null
  #closed = false
  readonly #patience = new FailureDebouncer()
  /** Edits that went since somebody was last told what waits. */
  #untold = 0

  constructor(options: EngineOptions) {
    this.#o = options
    const { cache, remote, changed, time } = options
    this.#puller = openPuller({
      cache,
      remote,
      changed,
      now: time.now,
      rowsAtOnce: options.rowsAtOnce,
      demoted: (projectId, role) => this.outbox.downloads.demote(projectId, role),
    })
    const { progress, largest } = options
    const { retryContext } = this.#puller
    this.outbox = new OutboxStatus({ cache, progress, largest, retryContext })
  }

  /**
   * A pass over a project that begins after now, and so sees every edit made before. Who asks for what is under way
   * already shares its end.
   */
  run(projectId: string, all: boolean): Promise<SyncState> {
    if (this.#closed || this.#o.isPaused()) return Promise.resolve(this.#o.progress.snapshot())
    this.#preemption?.tell()
    // Two would move the same bytes.
    const known = this.#jobs.find((job) => job.projectId === projectId)
    if (known) {
      known.isAgain = true
      known.all ||= all
      return known.result
    }
    const { promise: result, resolve: done } = Promise.withResolvers<SyncState>()
    this.#jobs.push({
      projectId,
      all,
      result,
      done,
      titles: new Map(),
      inFlight: new InFlightTransfers(),
      isAgain: false,
      hasBegun: false,
      abort: new AbortController(),
    })
    if (!this.#isWorking) void this.#work()
    return result
  }

  /** Asks what there is, beside whatever moves. @throws Failure */
  async refresh(projectId: string, signal: AbortSignal): Promise<void> {
    await this.#puller.pull(projectId, signal)
  }

  /** What is under way, and what waits for it. */
  get jobs(): readonly { projectId: string; all: boolean }[] {
    return this.#jobs
  }

  async cancel(): Promise<void> {
    const begun = this.#jobs.filter(({ hasBegun }) => hasBegun)
    for (const job of begun) {
      job.isAgain = false
      job.abort.abort()
    }
    await Promise.all(begun.map(({ result }) => result))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.cancel()
  }

  role(projectId: string): string | null {
    return this.#puller.retryContext(projectId).role
  }

  /** Something that could not come may come by now: time was all that it waited for. */
  hasBlockedDue(projectId: string): boolean {
    return this.outbox.downloads.isDue(projectId, this.#puller.retryContext(projectId))
  }

  /** A person waits for it: whatever it waits for. */
  async retryBlocked(projectId: string | null, but: FailureCode | null): Promise<void> {
    this.#patience.asked()
    await this.outbox.retry(projectId, but)
  }

  /** Jobs in turn; one that gave way goes on when the others have had theirs. */
  async #work(): Promise<void> {
    this.#isWorking = true
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      const isHalted = this.#closed || this.#o.isPaused()
      // Whatever goes wrong at its very end, the others have their turn.
      const isOver =
        isHalted ||
        (await this.#pass(job).catch((error: unknown) => {
          said.error('A pass broke at its very end', error)
          return true
        }))
      if (isOver) {
        await job.inFlight.end()
        job.hasBegun = false
      }
      this.#jobs.shift()
      if (isHalted || (isOver && !job.isAgain)) job.done(this.#o.progress.snapshot())
      else this.#jobs.push(job)
    }
    this.#isWorking = false
  }

  /** Answers whether it came to its end, well or not. */
  async #pass(job: Job): Promise<boolean> {
    const { progress, cache, time } = this.#o
    const { projectId } = job
    job.isAgain = false
    if (!job.hasBegun) job.abort = new AbortController()
    if (!job.hasBegun || progress.snapshot().projectId !== projectId) progress.begin(projectId)
    job.hasBegun = true
    this.#o.began(projectId)
    const { signal } = job.abort
    const preemption = openPreemption(time, this.#o.quantum)
    this.#preemption = preemption
    const isLook = this.#o.isStopped()
    let isOver = true
    let isNews = false
    let end: FailureCode | 'well' | 'looked' = isLook ? 'looked' : 'well'
    try {
      isNews = await this.#puller.pull(projectId, signal)
      if (!isLook) isOver = await this.#move(job, preemption)
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      const syncedAt = (await cache.cursor(projectId))?.syncedAt ?? null
      await this.outbox.tell()
      this.#patience.went()
      progress.set({ ...(isOver ? { phase: 'idle' } : {}), lastSyncedAt: syncedAt })
    } catch (error) {
      isOver = true
      const { code } = signal.aborted
        ? new Failure('sync.cancelled', 'Cancelled.')
        : asFailure(error)
      end = code
      if (code !== 'sync.cancelled') this.#ended(error)
      await this.outbox.tell().catch(logged('sync', 'What waits could not be told'))
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
    } finally {
      preemption.end()
      this.#preemption = null
      // One that gave way goes on when the others have had their turn.
      this.#o.passed(projectId, isOver ? end : 'looked', isNews)
    }
    return isOver
  }

  /** Answers whether all of it was done; not so when it gave way. */
  async #move(job: Job, preemption: PreemptionSignal): Promise<boolean> {
    const { signal } = job.abort
    const { projectId, inFlight } = job
    const course: Course = { isAll: true, failure: null }
    const { cancellations, remote } = this.#o
    const run: RunTransfer = (transfer) =>
      runTransfer(transfer, {
        inFlight,
        cancellations,
        preemption,
        signal,
        runLimited: (bytes, work, own) => remote.limiter.run(bytes, work, own),
        isClosed: () => course.failure !== null,
      })
    let operations = await this.#plan(job)
    await inFlight.keepOnly(new Set(operations.map(keyOf)))
    this.#announce(operations)
    preemption.moves()
    const sends = operations.filter(isSend)
    // Unsent bytes are the only ones that can be lost: they go first.
    const ends: Promise<void>[] = []
    await eachByClass(sends, bytesOf, (operation) => {
      const { promise: isThere, resolve: brought } = Promise.withResolvers<void>()
      const retryContext = this.#puller.retryContext(projectId)
      const under = { signal, retryContext, runTransfer: run, brought }
      const ended = this.#o.send(operation, under).then(
        (end) => {
          if (end === 'preempted') course.isAll = false
          else if (end === 'other-role') this.#puller.doubt(projectId)
          this.#tellSometimes()
        },
        (error: unknown) => {
          course.failure ??= asFailure(error)
          throw error
        },
      )
      ends.push(ended)
      // Once its bytes are there the next ones go, and its commit goes with those of others.
      return Promise.race([isThere, ended])
    }).catch((error: unknown) => {
      course.failure ??= asFailure(error)
    })
    await Promise.allSettled(ends)
    if (course.failure) throw course.failure
    if (!course.isAll) return false
    if (sends.length > 0) {
      await this.#puller.pull(projectId, signal)
      // What came of sending (theirs beside ours) belongs to this pass too.
      operations = (await this.#plan(job)).filter(isDownload)
      this.#announce(operations)
    }
    await eachByClass(operations.filter(isDownload), bytesOf, (operation) =>
      this.#receive(operation, job, run, course),
    )
    if (course.failure) throw course.failure
    return course.isAll
  }

  /** Those who wait are named in part: the next of them when these have gone. */
  #tellSometimes(): void {
    this.#untold += 1
    if (this.#untold < namedAtOnce / 2) return
    this.#untold = 0
    void this.outbox.tell().catch(logged('sync', 'What waits could not be told'))
  }

  #announce(operations: readonly Operation[]): void {
    this.#o.progress.announce(
      operations.map((operation) => [
        isDownload(operation) ? operation.file.id : operation.edit.fileId,
        bytesOf(operation),
      ]),
    )
  }

  async #plan(job: Job): Promise<Operation[]> {
    const { projectId, all } = job
    const { cache, hearOfCopies } = this.#o
    await hearOfCopies()
    const step = await cache.outOfStep(projectId, all)
    const { isWanted, files, edits, kept } = step
    const here = new Map(step.titles)
    job.titles = here
    const linked = new Set(step.linked)
    const now = this.#puller.retryContext(projectId)
    const isAgain = this.outbox.downloads.again(projectId, now)
    const behind = new Set(step.behind)
    const waiting = new Set(
      edits.flatMap((edit) => (this.outbox.mustWait(edit, projectId) ? [edit.fileId] : [])),
    )
    const isTooLarge = (bytes: number): boolean => this.outbox.isTooLarge(bytes)
    const operations = plan({
      remote: files.map(remoteFile),
      local: edits,
      cached: new Set(kept),
      wanted: (file) => {
        if (!isWanted || !here.has(file.artifactId)) return false
        if (linked.has(file.id)) return false
        if (refusalOf(file.path) !== null) {
          this.#block({ ...file, path: file.path.slice(0, 200) }, job, 'file.name-refused')
          return false
        }
        if (isTooLarge(file.size)) {
          this.#block(file, job, 'sync.metered')
          return false
        }
        return isAgain(file)
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
        // What goes before it may change the very bytes that are there.
        (!behind.has(operation.edit.fileId) &&
          // The server has the very bytes by now: nothing is left to be refused.
          (operation.kind === 'settle' ||
            (!waiting.has(operation.edit.fileId) && !isTooLarge(operation.edit.size)))),
    )
  }

  #block(file: RemoteFile, { projectId, titles }: Job, failure: FailureCode): void {
    const title = titles.get(file.artifactId) ?? null
    this.outbox.downloads.block(
      file,
      { projectId, title },
      failure,
      this.#puller.retryContext(projectId),
    )
  }

  async #receive({ file }: Download, job: Job, run: RunTransfer, course: Course): Promise<void> {
    const { progress, downloader, changed } = this.#o
    const { id: fileId, artifactId, path, size: bytesTotal } = file
    if (job.abort.signal.aborted || course.failure) return
    const end = await run({
      key: keyOfDownload(file),
      name: fileId,
      bytes: bytesTotal,
      move: async (own, moved) => {
        await downloader.bring(file, own, moved)
        progress.finished(fileId, 'down')
        changed(job.projectId, [artifactId])
      },
      moved: (bytesDone) =>
        progress.transfer({ fileId, artifactId, path, direction: 'down', bytesDone, bytesTotal }),
      failed: ({ code }) => {
        progress.dropped(fileId)
        if (code === 'sync.stopped') this.#block(file, job, code)
      },
    }).catch(asFailure)
    if (end === 'preempted') course.isAll = false
    if (!(end instanceof Failure)) return
    if (blocksOneFile(end.code, 'store')) {
      this.#block(file, job, end.code)
      if (end.code === 'sync.stopped') await this.outbox.tell()
      else this.#fileBlocked(end)
    }
    // A full disk or a dead network stops the downloads; what is here stays.
    else course.failure ??= end
  }
}
