import { asFailure, Failure } from '../../contract/failure.ts'
import { foldPath } from '../../domain/file-path.ts'
import { isDue, waitsForNetwork } from '../parking.ts'
import { execute } from './execute.ts'
import { inLanes } from './lanes.ts'
import { areTooMany, keyOf, type Operation, planFolder, type Trees } from './plan.ts'
import type {
  BaseChange,
  Clock,
  Cursor,
  Disk,
  DiskFile,
  KnownFile,
  Pulled,
  Remote,
  RemoteChanges,
  RemoteFile,
  Scan,
  Stamp,
  Store,
} from './ports.ts'
import { Recovery } from './recovery.ts'
import type { FolderProgress } from './run.ts'
import { commonSpelling } from './spelling.ts'
import { sameStamp } from './stamp.ts'
import {
  emptyState,
  type FolderState,
  hashesAtServer,
  outOfStep,
  type Parked,
  unpark,
} from './state.ts'
import type { Tree } from './tree.ts'

export type FolderPorts = { disk: Disk; remote: Remote; store: Store; clock: Clock }
export type FolderOptions = {
  deviceName: string
  newId: () => string
  progress?: FolderProgress
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest?: () => number | null
  /** Milliseconds a file must have been left alone before it is read, if not `settle`. */
  settle?: number
}
export type PassResult = {
  /** Operations that were done. */
  done: number
  /** Milliseconds until it is worth looking again, null when folder and server are the same as far as they can be. */
  again: number | null
  parked: Parked[]
  /** Deletions that wait for the person: how many, and the first of them. */
  held: { count: number; paths: string[] } | null
  /** False when the artifact is gone, or not ours to see any more: nothing in the folder is touched then. */
  present: boolean
}

/** Milliseconds a file must have been left alone before it is read, if nobody says otherwise. */
export const settle = 200

/** Rounds of one pass: what is left after them comes with the next one. */
const rounds = 12
const dayLong = 24 * 3600_000
/** Milliseconds. */
const longestPause = 5_000
/** Milliseconds after which what sync put here itself is looked at once more. */
const secondLook = 1_000
/** So many paths are quicker looked at with all the others. */
const manyPaths = 500
/** A clock that tells whole seconds alone says of two writes in one second that they are one. */
const coarseClock = 3_000
const fineClock = 100

const millisecondsOf = (nanoseconds: string): number => Number(nanoseconds.slice(0, -6) || '0')
const isCoarse = ({ modified }: Stamp): boolean => modified.endsWith('000000000')
/** A hash of the future was made before the clock was set back: when, compared with the file, nobody knows. */
const mayHaveChangedSince = ({ stamp, hashedAt }: KnownFile, now: number): boolean =>
  Math.abs(hashedAt - millisecondsOf(stamp.modified)) <
    (isCoarse(stamp) ? coarseClock : fineClock) ||
  hashedAt < millisecondsOf(stamp.modified) ||
  hashedAt > now
const isWithin = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`)
/** Of many folders at once: by a path's own parents, however many they are. */
const withinAny = (folders: readonly string[]): ((path: string) => boolean) => {
  const all = new Set(folders)
  return (path) => {
    if (all.has('') || all.has(path)) return true
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (all.has(path.slice(0, end))) return true
    return false
  }
}
/** Whatever the case: on many disks a folder that cannot be read is known under other spellings too. */
const isUnread = (path: string, unread: readonly string[]): boolean =>
  unread.some((folder) => isWithin(foldPath(path), foldPath(folder)))

const isSameFile = (a: RemoteFile, b: RemoteFile): boolean =>
  a.path === b.path && a.sha256 === b.sha256 && a.size === b.size && a.revision === b.revision

/** Of what is known, what was not found where these paths were looked at; and more, but nothing that was. */
const unseenAmong = (looked: string[], { files }: Scan, { known }: FolderState): string[] => {
  const found = new Set(files.map(({ path }) => path))
  // Files where files were: of a hundred thousand others none needs to be asked.
  if (looked.every((path) => found.has(path)) && files.every(({ path }) => known.has(path)))
    return []
  return [...known.keys()].filter((path) => !found.has(path))
}

/** All rows of the store, as they come. */
const fill = async <Row>(
  tree: Tree<Row>,
  rowsAfter: (key: string) => Promise<Row[]>,
  keyIn: (row: Row) => string,
): Promise<void> => {
  for (let after = ''; ; ) {
    const rows = await rowsAfter(after)
    for (const row of rows) {
      after = keyIn(row)
      tree.set(after, row)
    }
    if (rows.length === 0) return
  }
}

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
  #refused: Parked[] = []
  #unread: string[] = []
  #allowed = new Set<string>()
  #spared: Parked[] = []
  #held: Operation[] = []
  readonly #recovery: Recovery
  #touched: string[] = []
  readonly #taken = new Set<string>()
  /** Passes in a row in which something was not as it had been looked at. */
  #surprises = 0
  /** The last plan left nothing to do, nothing to wait for and nothing unsure: as long as nothing changes, the next is the same. */
  #isAtRest = false
  /** A person said something since the last pass began. */
  #isTold = false

  constructor(ports: FolderPorts, options: FolderOptions) {
    this.#ports = ports
    this.#options = options
    this.#recovery = new Recovery(ports)
  }

  /** `paths`: what a watcher noticed; without, the whole folder is looked at. @throws Failure for what ends a pass */
  async pass(signal: AbortSignal, paths: string[] | null = null): Promise<PassResult> {
    const wasAtRest = this.#isAtRest && !this.#isTold
    this.#isAtRest = false
    this.#isTold = false
    // Which of two names of one spelling counts only who sees both can say; and a name that is none finds nothing.
    const isOfNames = ({ code }: Parked): boolean => /^file\.name-/.test(code)
    const whole = this.#state === null || this.#refused.some(isOfNames) || this.#surprises > 0
    const state = this.#state ?? (await this.#open())
    const echo = this.#touched.splice(0)
    const wanted = paths && new Set([...paths, ...echo])
    const together = wanted && wanted.size < manyPaths ? [...wanted] : null
    const looked = whole ? null : together
    const settling = await this.#look(looked, state, signal)
    await this.#recovery.recallPlaced(state, (path) => isUnread(path, this.#unread))
    const news = await this.#pull(state, signal)
    if (news === 'gone') return this.#result(0, settling, state, false)
    if (wasAtRest && looked?.length === 0 && news === 'nothing' && !this.#isAnyDue(state)) {
      this.#isAtRest = true
      return this.#result(0, null, state, true)
    }
    let done = 0
    let isDone = false
    for (let round = 0; round < rounds; round += 1) {
      const operations = this.#plan(state)
      if (operations.length === 0) {
        // Of bytes that were to come and were then superseded nobody else would ever think again.
        if (state.parked.size === 0) await this.#ports.disk.clearStaging()
        isDone = true
        break
      }
      const outcome = await this.#execute(operations, state, signal)
      done += outcome.done
      this.#touched.push(...outcome.touched)
      this.#recovery.add(outcome.unclear)
      await this.#recovery.forget(new Set(outcome.aside))
      this.#surprises = outcome.surprised ? this.#surprises + 1 : 0
      // Somebody was faster: what is there now is looked at before anything else is done.
      if (outcome.surprised)
        return this.#result(done, Math.min(longestPause, 25 * 2 ** this.#surprises), state, true)
      if (outcome.done === 0) break
    }
    this.#surprises = 0
    this.#taken.clear()
    const again = this.#touched.length > 0 ? Math.min(settling ?? secondLook, secondLook) : settling
    const open = [this.#unread, this.#refused, this.#spared, this.#held, [...state.unknown]]
    this.#isAtRest =
      isDone &&
      again === null &&
      !this.#recovery.isPending &&
      open.every(({ length }) => length === 0)
    return this.#result(done, again, state, true)
  }

  /** Whether something that was parked is worth another try. */
  #isAnyDue({ parked, role, uploadRules }: FolderState): boolean {
    const now = this.#ports.clock.now()
    return [...parked.values()].some(({ code, since }) =>
      isDue(code, since, { now, role, uploadRules }),
    )
  }

  async #execute(operations: Operation[], state: FolderState, signal: AbortSignal) {
    try {
      const options = { ...this.#options, placed: this.#recovery.placed, taken: this.#taken }
      return await execute(operations, state, this.#ports, options, signal)
    } catch (error) {
      // What was half done is ended as after a crash, before anybody looks at the folder again.
      this.#state = null
      throw error
    }
  }

  /** The person wants the deletions that are held. */
  allowDeletions(): void {
    this.#isTold = true
    for (const operation of this.#held) this.#allowed.add(keyOf(operation))
  }

  /** The person does not: what is held comes back, from the other side. */
  async refuseDeletions(): Promise<void> {
    this.#isTold = true
    const state = this.#state
    if (!state) return
    const forgotten: BaseChange[] = this.#held.flatMap((operation) =>
      operation.kind === 'remove'
        ? [{ forget: operation.fileId }]
        : operation.kind === 'discard'
          ? [{ forget: operation.base.fileId }]
          : [],
    )
    await this.#ports.store.finish([], forgotten, [], [])
    for (const change of forgotten) if ('forget' in change) state.base.delete(change.forget)
    this.#held = []
  }

  /** A person wishes so: what was parked is tried again, whatever it waits for. */
  retryParked(): void {
    this.#isTold = true
    this.#state?.parked.clear()
    this.#wholeAt = Number.NEGATIVE_INFINITY
  }

  async #open(): Promise<FolderState> {
    const { store } = this.#ports
    const loaded = await store.load()
    const state = emptyState()
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
    this.#cursor = loaded.cursor
    await this.#recovery.begin(loaded.intents, state)
    this.#state = state
    return state
  }

  /** Brings the local tree up to date. Answers when what was being written is worth another look. */
  async #look(
    paths: string[] | null,
    state: FolderState,
    signal: AbortSignal,
  ): Promise<number | null> {
    const { disk, store, clock } = this.#ports
    // What could not be looked at last time is worth another look, whether or not it changed since.
    const looked = paths && [...new Set([...paths, ...state.unknown.keys(), ...this.#unread])]
    const unseen = new Set(looked ? [] : state.known.keys())
    /** Not known under these names: on a disk without case one may be known under another spelling. */
    const respelled = new Set<string>()
    const toHash: DiskFile[] = []
    const compare = (files: DiskFile[]): void => {
      for (const file of files) {
        const { path, stamp } = file
        unseen.delete(path)
        const known = state.known.get(path)
        if (!known) respelled.add(`${stamp.identity} ${foldPath(path)}`)
        else if (sameStamp(known.stamp, stamp) && !mayHaveChangedSince(known, clock.now())) continue
        toHash.push(file)
      }
    }
    const scan = looked ? await disk.look(looked) : { files: [], ...(await disk.scan(compare)) }
    // Of a hundred thousand files none was meant, only that the folder is there.
    if (looked?.length === 0) return null
    const isAmong = withinAny(looked ?? [''])
    const isLookedAt = (path: string): boolean => isAmong(path) && !isUnread(path, scan.unread)
    this.#noteRefused(scan, looked)
    for (const path of state.unknown.keys()) if (isLookedAt(path)) state.unknown.delete(path)
    for (const { path } of scan.refused) state.unknown.set(path, '')
    compare(scan.files)
    const isRespelled = (path: string): boolean =>
      respelled.size > 0 &&
      respelled.has(`${state.known.get(path)?.stamp.identity} ${foldPath(path)}`)
    const gone = [...(looked ? unseenAmong(looked, scan, state) : unseen)].filter(
      (path) => isLookedAt(path) || isRespelled(path),
    )
    let again: number | null = null
    const fresh: KnownFile[] = []
    await inLanes(toHash, 4, async ({ path, stamp }) => {
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      const age = clock.now() - millisecondsOf(stamp.modified)
      // After that, whoever writes once more leaves another stamp.
      const rest = isCoarse(stamp) ? coarseClock : (this.#options.settle ?? settle)
      const hashed = age >= 0 && age < rest ? 'changed' : await this.#hash({ path, stamp })
      if (hashed === 'refused') state.unknown.set(path, stamp.identity)
      else if (typeof hashed === 'string') {
        state.unknown.set(path, stamp.identity)
        again = Math.min(again ?? dayLong, hashed === 'busy' ? 2_000 : rest)
      } else fresh.push({ path, stamp, sha256: hashed.sha256, hashedAt: clock.now() })
    })
    if (fresh.length > 0 || gone.length > 0) await store.saveKnown(fresh, gone)
    for (const path of gone) state.known.delete(path)
    for (const file of fresh) state.known.set(file.path, file)
    return again
  }

  /** A file that cannot be read is shown, and holds up no other. */
  async #hash({ path, stamp }: DiskFile) {
    try {
      return await this.#ports.disk.hash(path, stamp)
    } catch (error) {
      const { code } = asFailure(error)
      if (code !== 'disk.denied' && code !== 'disk.unreadable' && !code.startsWith('file.'))
        throw error
      this.#refused.push({ path, fileId: null, code })
      return 'refused'
    }
  }

  #noteRefused(scan: Scan, paths: string[] | null): void {
    const parked = scan.refused.map(({ path, code }) => ({ path, fileId: null, code }))
    this.#refused =
      paths === null
        ? parked
        : [
            ...this.#refused.filter(({ path }) => !paths.some((looked) => isWithin(path, looked))),
            ...parked,
          ]
    const before = paths === null ? [] : this.#unread
    const isAgain = (folder: string) => paths?.some((looked) => isWithin(folder, looked)) ?? true
    this.#unread = [...before.filter((folder) => !isAgain(folder)), ...scan.unread]
  }

  async #pull(state: FolderState, signal: AbortSignal): Promise<'gone' | 'nothing' | 'news'> {
    const { remote, store, clock } = this.#ports
    // Whatever was taken away sends nothing: at the start and once a day everything is compared.
    const old = Math.abs(clock.now() - this.#wholeAt) >= dayLong
    const pulled = await remote.pull(old ? null : this.#cursor, signal)
    const isNews =
      pulled.whole !== null ||
      pulled.files.length + pulled.removed.length > 0 ||
      pulled.role !== state.role ||
      pulled.uploadRules !== state.uploadRules
    state.role = pulled.role
    state.uploadRules = pulled.uploadRules
    if (!pulled.present) return 'gone'
    const changes = pulled.whole ? await this.#compare(pulled, pulled.whole, state, signal) : pulled
    if (changes === 'gone') return changes
    await store.savePull(changes)
    for (const fileId of changes.removed) state.remote.delete(fileId)
    for (const file of changes.files) state.remote.set(file.fileId, file)
    await this.#recovery.recallSent(state, signal)
    this.#cursor = changes.cursor
    if (pulled.whole) this.#wholeAt = clock.now()
    return isNews ? 'news' : 'nothing'
  }

  /** What of everything there is at the server is not as it was known. */
  async #compare(
    { cursor }: Pulled,
    whole: AsyncIterable<RemoteFile[]>,
    state: FolderState,
    signal: AbortSignal,
  ): Promise<RemoteChanges | 'gone'> {
    const files = new Map<string, RemoteFile>()
    const removed = new Set(state.remote.keys())
    let pieces = 0
    for await (const piece of whole) {
      pieces += 1
      for (const file of piece) {
        removed.delete(file.fileId)
        const before = state.remote.get(file.fileId)
        if (!before || !isSameFile(before, file)) files.set(file.fileId, file)
      }
    }
    if (pieces < 2) return { cursor, files: [...files.values()], removed: [...removed] }
    // Two pieces may both have a name that went from one file to another between them.
    const since = await this.#ports.remote.pull(cursor, signal)
    if (!since.present) return 'gone'
    if (since.whole)
      throw new Failure('server.unavailable', 'The server’s history is another one meanwhile.')
    for (const fileId of since.removed) {
      files.delete(fileId)
      if (state.remote.has(fileId)) removed.add(fileId)
    }
    for (const file of since.files) {
      removed.delete(file.fileId)
      files.set(file.fileId, file)
    }
    return { cursor: since.cursor, files: [...files.values()], removed: [...removed] }
  }

  #plan(state: FolderState): Operation[] {
    const unknownPaths = new Set([...state.unknown.keys()].map(foldPath))
    const unknownIdentities = new Set(state.unknown.values())
    unknownIdentities.delete('')
    let spell: ((path: string) => string) | null = null
    const { local, ...rest } = outOfStep(state)
    const trees: Trees = {
      ...rest,
      // Of a folder that cannot be read nobody knows what is in it now.
      local: local.filter(({ path }) => !isUnread(path, this.#unread)),
      isUnknown: ({ path, identity }) =>
        unknownPaths.has(foldPath(path)) ||
        unknownIdentities.has(identity) ||
        isUnread(path, this.#unread),
      spell: (path) => {
        spell ??= commonSpelling(
          state.known.keys(),
          [...state.remote.values()].map((file) => file.path),
        )
        return spell(path)
      },
    }
    let taken: Set<string> | null = null
    const plan = planFolder(trees, {
      deviceName: this.#options.deviceName,
      now: new Date(this.#ports.clock.now()),
      isTaken: (folded) => {
        taken ??= new Set(
          [...state.known.values(), ...state.remote.values()].map(({ path }) => foldPath(path)),
        )
        return taken.has(folded)
      },
    })
    const asked = plan.deletions.filter((operation) => !this.#allowed.has(keyOf(operation)))
    const hold = areTooMany(asked.length, state.base.size)
    this.#held = hold ? asked : []
    const deletions = hold
      ? plan.deletions.filter((operation) => this.#allowed.has(keyOf(operation)))
      : plan.deletions
    if (state.parked.size > 0)
      unpark(
        state,
        new Set([...plan.operations, ...plan.deletions].map(keyOf)),
        this.#ports.clock.now(),
      )
    const operations = [...plan.operations, ...deletions].filter(
      (operation) => !state.parked.has(keyOf(operation)),
    )
    return this.#spare(operations, state)
  }

  /** Leaves out what is too large for a metered network. It is planned again each time. */
  #spare(operations: Operation[], state: FolderState): Operation[] {
    this.#spared = []
    const largest = this.#options.largest?.() ?? null
    if (largest === null) return operations
    const held = new Set<Operation>()
    const atServer = hashesAtServer(state)
    for (const operation of operations) {
      const file =
        operation.kind === 'put'
          ? operation.local
          : operation.kind === 'download'
            ? operation.remote
            : null
      // Bytes that the server has cost nothing to name.
      const isFree = operation.kind === 'put' && atServer.has(operation.local.sha256)
      if (!file || !waitsForNetwork(file.size, largest) || isFree) continue
      held.add(operation)
      const fileId = operation.kind === 'download' ? operation.remote.fileId : null
      this.#spared.push({ path: file.path, fileId, code: 'sync.metered' })
    }
    return operations.filter((operation) => !held.has(operation))
  }

  #result(done: number, again: number | null, state: FolderState, present: boolean): PassResult {
    const { length: count } = this.#held
    return {
      done,
      again,
      present,
      parked: [...this.#refused, ...this.#spared, ...state.parked.values()],
      held:
        count > 0
          ? {
              count,
              paths: this.#held.slice(0, 100).flatMap((operation) => {
                if (operation.kind === 'discard') return [operation.base.path]
                const base = operation.kind === 'remove' && state.base.get(operation.fileId)
                return base ? [base.path] : []
              }),
            }
          : null,
    }
  }
}
