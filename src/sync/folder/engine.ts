import type { LeftOutSummary, LinkDirection } from '../../contract/folders.ts'
import type { LeftOutList, LinkRules } from '../../contract/left-out.ts'
import { Failure, type FailureCode } from '../../domain/failure.ts'
import { CancellationRegistry } from '../../transfer/cancellation.ts'
import { InFlightTransfers } from '../../transfer/in-flight.ts'
import { neverPreempt, type PreemptionSignal } from '../../transfer/preemption.ts'
import { shouldRetry } from '../blocked.ts'
import { defaultLinkRules } from '../policy.ts'
import { execute } from './execute.ts'
import type { FolderProgress } from './execution-context.ts'
import { isRuleFile } from './ignore/level.ts'
import { LeavingOut } from './left-out.ts'
import { isUnread, LocalScan, settleMs } from './local-scan.ts'
import type { Operation } from './operation.ts'
import { type Kept, PlanFilter } from './plan-filter.ts'
import type { BaseChange, Clock, Cursor, Disk, Remote, Store } from './ports.ts'
import { Recovery } from './recovery.ts'
import { changesOf, fill } from './rows.ts'
import {
  type Blocked,
  type BlockedSince,
  compareLoaded,
  emptyState,
  type FolderState,
  retryWhereChanged,
} from './state.ts'

export type FolderPorts = { disk: Disk; remote: Remote; store: Store; clock: Clock }
export type FolderOptions = {
  deviceName: string
  newId: () => string
  progress?: FolderProgress
  /** Why a file cannot be done, for the log. */
  blocked?: (failure: Failure) => void
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest?: () => number | null
  /** `down`: nothing is sent, and what is the person's own stays here. */
  direction?: LinkDirection
  /** What its person said of what is left out. */
  rules?: LinkRules
  /** Milliseconds a file must have been left alone before it is read, if not `settle`. */
  settle?: number
}
export type PassResult = {
  /** Operations that were done. */
  done: number
  /** Milliseconds until it is worth looking again, null when folder and server are the same as far as they can be. */
  again: number | null
  blocked: Blocked[]
  leftOut: LeftOutSummary
  /** Deletions that wait for the person: how many, those of them that were found here, and the first of them. */
  held: { count: number; here: number; paths: string[] } | null
  /** What the folder has of its person's own and does not send: how many, and the first of them. */
  kept: { count: number; files: Kept[] }
  /** Bytes are on their way still, because there was news: the next pass goes on with them. */
  goesOn: boolean
  /** False when the artifact is gone, or not ours to see any more: nothing in the folder is touched then. */
  present: boolean
}

/** Rounds of one pass: what is left after them comes with the next one. */
const maxRounds = 12
/** Its person's word, and what would be sent again whole only to be refused again. */
const outlivesFailure: readonly FailureCode[] = [
  'sync.stopped',
  'sync.file-refused',
  'file.too-large',
  'file.type-refused',
]
const dayMs = 24 * 3600_000
/** Milliseconds. */
const maxPauseMs = 5_000
/** Milliseconds after which what sync put here itself is looked at once more. */
const secondScanMs = 1_000
/** So many paths are quicker looked at with all the others. */
const wholeScanFromPaths = 500

const sooner = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/**
 * Keeps one folder and one artifact the same. One pass at a time: look at the folder, ask the server, plan, do it,
 * until there is nothing left to do. Everything it knows is in the store before it counts on it.
 */
export class FolderSync {
  readonly #ports: FolderPorts
  readonly #options: FolderOptions
  #state: FolderState | null = null
  #cursor: Cursor | null = null
  #wholeAt = Number.NEGATIVE_INFINITY
  #isGone = false
  readonly #recovery: Recovery
  readonly #localScan: LocalScan
  readonly #planFilter: PlanFilter
  readonly #leavingOut = new LeavingOut()
  #touched: string[] = []
  readonly #taken = new Set<string>()
  readonly #cancellations = new CancellationRegistry()
  readonly #inFlight = new InFlightTransfers()
  /** Where this pass placed files, and their folders. */
  readonly #own = new Set<string>()
  /** What was blocked before a pass that failed, and stays so. */
  #stopped: [key: string, BlockedSince][] = []
  /** Passes in a row in which something was not as it had been looked at. */
  #staleRounds = 0
  /** The last plan left nothing to do, nothing to wait for and nothing unsure: as long as nothing changes, the next is the same. */
  #isAtRest = false
  /** A person said something since the last pass began. */
  #isTold = false

  constructor(ports: FolderPorts, options: FolderOptions) {
    this.#ports = ports
    this.#options = options
    this.#recovery = new Recovery(ports)
    this.#leavingOut.setRules(options.rules ?? defaultLinkRules)
    this.#localScan = new LocalScan(ports, options.settle ?? settleMs, this.#leavingOut)
    this.#planFilter = new PlanFilter(ports.clock, this.#leavingOut, options)
  }

  /**
   * `paths`: what a watcher noticed; without, the whole folder is looked at. With `news` it may end before all bytes
   * have moved; an abort of `signal` ends those too. @throws Failure for what ends a pass
   */
  async pass(
    signal: AbortSignal,
    paths: string[] | null = null,
    preemption: PreemptionSignal = neverPreempt,
  ): Promise<PassResult> {
    this.#own.clear()
    try {
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      return await this.#pass(signal, paths, preemption)
    } catch (error) {
      await this.#inFlight.end()
      throw error
    }
  }

  /** Whether any of these paths that a watcher tells of is more than what the pass under way did itself. */
  isNews(paths: readonly string[]): boolean {
    return paths.some((path) => !this.#own.has(path))
  }

  async #pass(
    signal: AbortSignal,
    paths: string[] | null,
    preemption: PreemptionSignal,
  ): Promise<PassResult> {
    const wasAtRest = this.#isAtRest && !this.#isTold
    this.#isAtRest = false
    this.#isTold = false
    // Which of two names of one spelling counts only who sees both can say; and a name that is none finds nothing.
    const isOfNames = ({ code }: Blocked): boolean => /^file\.name-/.test(code)
    const whole =
      this.#state === null ||
      this.#localScan.refused.some(isOfNames) ||
      this.#staleRounds > 0 ||
      // Other rules may mean any file.
      [...(paths ?? []), ...this.#touched].some(isRuleFile)
    const state = this.#state ?? (await this.#open())
    if (paths) retryWhereChanged(state, paths)
    const echo = this.#touched.splice(0)
    const wanted = paths && new Set([...paths, ...echo])
    const together = wanted && wanted.size < wholeScanFromPaths ? [...wanted] : null
    const looked = whole ? null : together
    let isWhole = looked === null
    let settling = await this.#localScan.scan(looked, state, signal)
    if (settling !== null) preemption.within(settling)
    await this.#recovery.recallPlaced(state, (path) => isUnread(path, this.#localScan.unread))
    const pulled = await this.#pull(state, signal)
    if (pulled === 'gone') {
      await this.#inFlight.end()
      return this.#result(0, settling, state, false)
    }
    if (wasAtRest && looked?.length === 0 && pulled === 'nothing' && !this.#isAnyDue(state)) {
      this.#isAtRest = true
      return this.#result(0, null, state, true)
    }
    let done = 0
    let isDone = false
    for (let round = 0; round < maxRounds; round += 1) {
      let operations = this.#planFilter.plan(state, this.#localScan.unread)
      if (await this.#localScan.meet([...operations, ...this.#planFilter.held], state))
        operations = this.#planFilter.plan(state, this.#localScan.unread)
      if (operations.length === 0) {
        await this.#inFlight.end()
        // Of bytes that were to come and were then superseded nobody else would ever think again.
        if (state.blocked.size === 0) await this.#ports.disk.clearStaging()
        isDone = true
        break
      }
      // What is missed may lie where nobody has looked yet: no file is deleted for others before all was seen.
      if (!isWhole && operations.some(({ kind }) => kind === 'remove')) {
        isWhole = true
        settling = sooner(settling, await this.#localScan.scan(null, state, signal))
        continue
      }
      const result = await this.#execute(operations, state, signal, preemption)
      done += result.done
      this.#touched.push(...result.touched)
      this.#recovery.add(result.unconfirmed)
      await this.#recovery.forget(new Set(result.displaced))
      this.#staleRounds = result.isStale ? this.#staleRounds + 1 : 0
      // Somebody was faster: what is there now is looked at before anything else is done.
      if (result.isStale)
        return this.#result(done, Math.min(maxPauseMs, 25 * 2 ** this.#staleRounds), state, true)
      if (result.isPreempted) {
        this.#taken.clear()
        return this.#result(done, 0, state, true, true)
      }
      if (result.done === 0) break
    }
    this.#staleRounds = 0
    this.#taken.clear()
    const isSoon = this.#touched.length > 0 || this.#localScan.hasVanished
    const again = isSoon ? sooner(settling, secondScanMs) : settling
    const open = [
      this.#localScan.unread,
      this.#localScan.refused,
      this.#planFilter.deferred,
      this.#planFilter.held,
      [...state.unknown],
    ]
    this.#isAtRest =
      isDone &&
      again === null &&
      !this.#recovery.isPending &&
      open.every(({ length }) => length === 0)
    return this.#result(done, again, state, true)
  }

  /** Whether something that was blocked is worth another try. */
  #isAnyDue({ blocked, role, uploadRules }: FolderState): boolean {
    const now = this.#ports.clock.now()
    return [...blocked.values()].some(({ code, since }) =>
      shouldRetry(code, since, { now, role, uploadRules }),
    )
  }

  async #execute(
    operations: Operation[],
    state: FolderState,
    signal: AbortSignal,
    preemption: PreemptionSignal,
  ) {
    try {
      const options = {
        ...this.#options,
        placed: this.#recovery.placed,
        taken: this.#taken,
        cancellations: this.#cancellations,
        inFlight: this.#inFlight,
        own: this.#own,
        preemption,
      }
      return await execute(operations, state, this.#ports, options, signal)
    } catch (error) {
      // What was half done is ended as after a crash, before anybody looks at the folder again.
      this.#state = null
      this.#stopped = [...state.blocked].filter(([, { code }]) => outlivesFailure.includes(code))
      throw error
    }
  }

  /** The person wants the deletions that are held. */
  allowDeletions(): void {
    this.#isTold = true
    this.#planFilter.allow()
  }

  /** The person does not: what is held comes back, from the other side. */
  async refuseDeletions(): Promise<void> {
    this.#isTold = true
    const state = this.#state
    if (!state) return
    const forgotten: BaseChange[] = this.#planFilter.held.flatMap((operation) =>
      operation.kind === 'remove'
        ? [{ forget: operation.fileId }]
        : operation.kind === 'discard' && operation.base
          ? [{ forget: operation.base.fileId }]
          : [],
    )
    await this.#ports.store.finish([], forgotten, [], [])
    for (const change of forgotten) if ('forget' in change) state.base.delete(change.forget)
    this.#planFilter.held = []
  }

  /**
   * The person wants what the server has instead of their own, of one path or wherever the server does not let them
   * send it. Answers of how many files.
   */
  revert(path: string | null): number {
    this.#isTold = true
    const own = [...(this.#state?.blocked.values() ?? []), ...this.#planFilter.kept]
    const fingerprints = own.flatMap(({ path: of, own }) =>
      own && (path === null || of === path) ? [own.fingerprint] : [],
    )
    this.#planFilter.revert(fingerprints)
    return fingerprints.length
  }

  /** Other rules hold from the next whole look on. */
  setRules(rules: LinkRules): void {
    this.#isTold = true
    this.#leavingOut.setRules(rules)
  }

  /** What is not synced, as it was looked at last. */
  leftOut(): LeftOutList {
    return this.#leavingOut.list(this.#state ?? emptyState(), this.#localScan.refused)
  }

  /** What of a path that is left out the server has goes from there. Here it stays. @throws server.conflict when it is not left out */
  async removeLeftOut(path: string): Promise<void> {
    const isOut =
      this.#leavingOut.isApart(path) || (await this.#ports.disk.leftOut([path])).length > 0
    if (!isOut) throw new Failure('server.conflict', 'This is not left out any more.')
    this.#isTold = true
    this.#leavingOut.remove(path)
  }

  /** Stops one transfer, by the path it is shown under. Answers whether there was any. */
  stopTransfer(path: string): boolean {
    return this.#cancellations.stop(path)
  }

  /** A person wishes so: what was blocked is tried again, whatever it waits for. */
  retryBlocked(): void {
    this.#isTold = true
    this.#state?.blocked.clear()
    this.#stopped = []
    this.#wholeAt = Number.NEGATIVE_INFINITY
  }

  async #open(): Promise<FolderState> {
    const { store } = this.#ports
    const loaded = await store.load()
    const state = emptyState()
    for (const [key, entry] of this.#stopped.splice(0)) state.blocked.set(key, entry)
    const { known, base, remote } = state
    await fill(
      known,
      (after) => store.knownAfter(after),
      ({ path }) => path,
    )
    await fill(
      base,
      (after) => store.baseAfter(after),
      ({ fileId }) => fileId,
    )
    await fill(
      remote,
      (after) => store.remoteAfter(after),
      ({ fileId }) => fileId,
    )
    compareLoaded(state)
    for (const fileId of loaded.decided) state.decided.add(fileId)
    this.#cursor = loaded.cursor
    await this.#recovery.begin(loaded.intents, state)
    this.#state = state
    return state
  }

  /** Of files that are not among all there are: those that the server says were removed since it was asked last. */
  async #removedByName(missing: readonly string[], signal: AbortSignal): Promise<string[]> {
    if (missing.length === 0 || this.#cursor === null) return []
    const since = await this.#ports.remote.pull(this.#cursor, signal)
    if (!since.present || since.whole) return []
    const removed = new Set(since.removed)
    return missing.filter((fileId) => removed.has(fileId))
  }

  async #pull(state: FolderState, signal: AbortSignal): Promise<'gone' | 'nothing' | 'news'> {
    const { remote, store, clock } = this.#ports
    // Whatever was taken away sends nothing: at the start and once a day everything is compared.
    const old = Math.abs(clock.now() - this.#wholeAt) >= dayMs
    // To compare all of it is work, and vain every few seconds of an artifact that is gone.
    const known = this.#isGone ? undefined : state.remote.values()
    const pulled = await remote.pull(old ? null : this.#cursor, signal, known)
    this.#isGone = !pulled.present
    const isNews =
      pulled.whole !== null ||
      pulled.files.length + pulled.removed.length > 0 ||
      pulled.role !== state.role ||
      pulled.uploadRules !== state.uploadRules
    state.role = pulled.role
    state.uploadRules = pulled.uploadRules
    if (!pulled.present) return 'gone'
    const changes = pulled.whole
      ? await changesOf(pulled, pulled.whole, state.remote, remote, signal)
      : pulled
    if (changes === 'gone') return changes
    const decided = pulled.whole
      ? await this.#removedByName(changes.removed, signal)
      : changes.removed.filter((fileId) => state.base.has(fileId))
    await store.savePull(changes, decided)
    for (const fileId of decided) state.decided.add(fileId)
    for (const fileId of changes.removed) state.remote.delete(fileId)
    for (const file of changes.files) state.remote.set(file.fileId, file)
    await this.#recovery.recallSent(state, signal)
    this.#cursor = changes.cursor
    if (old || pulled.whole) this.#wholeAt = clock.now()
    return isNews ? 'news' : 'nothing'
  }

  #result(
    done: number,
    again: number | null,
    state: FolderState,
    present: boolean,
    goesOn = this.#inFlight.size > 0,
  ): PassResult {
    const { held, kept, deferred } = this.#planFilter
    const { length: count } = held
    return {
      done,
      again,
      present,
      goesOn,
      kept: { count: kept.length, files: kept.slice(0, 100) },
      leftOut: this.#leavingOut.summary(this.#localScan.refused),
      // A link needs nobody: it is among what is left out.
      blocked: [...this.#localScan.refused, ...deferred, ...state.blocked.values()].filter(
        ({ code }) => code !== 'file.not-regular',
      ),
      held:
        count > 0
          ? {
              count,
              here: held.filter(({ kind }) => kind === 'remove').length,
              paths: held.slice(0, 100).flatMap((operation) => {
                if (operation.kind === 'discard') return [operation.local.path]
                const base = operation.kind === 'remove' && state.base.get(operation.fileId)
                return base ? [base.path] : []
              }),
            }
          : null,
    }
  }
}
