import { asFailure, Failure } from '../../domain/failure.ts'
import { eachByClass } from '../../transfer/concurrency-limiter.ts'
import type { PreemptionSignal } from '../../transfer/preemption.ts'
import { resumeWhileAdvancing } from '../../transfer/transfer.ts'
import { blocksOneFile } from '../failure-policy.ts'
import { foldersOf } from './case-folding.ts'
import { setExecutable } from './execute-modes.ts'
import { move, stepAside } from './execute-moves.ts'
import { send } from './execute-sends.ts'
import {
  type ExecutionContext,
  type ExecutionResult,
  moveFile,
  type PlannedFile,
  type Ports,
  transferKey,
} from './execution-context.ts'
import { freeOf } from './name-conflicts.ts'
import { keyOf, type Of, type Operation, placeOf } from './operation.ts'
import type { BaseChange, BaseFile, Intent, KnownFile, Placing, RemoteFile } from './ports.ts'
import { localChangeOf } from './revert.ts'
import { type FolderState, hashesAtServer } from './state.ts'

const ofKind = <K extends Operation['kind']>(operations: readonly Operation[], kind: K): Of<K>[] =>
  operations.filter((operation): operation is Of<K> => operation.kind === kind)

/** Milliseconds that what was placed may wait for others to be written down with it. */
const maxNoteDelayMs = 500

/** Does what a plan says. Every step leaves a state that the next pass, or a restart, can go on from. */
export const execute = async (
  operations: readonly Operation[],
  state: FolderState,
  ports: Ports,
  options: ExecutionContext['options'],
  signal: AbortSignal,
): Promise<ExecutionResult> => {
  const result: ExecutionResult = {
    done: 0,
    isStale: false,
    isPreempted: false,
    failed: new Set(),
    touched: [],
    displaced: [],
    unconfirmed: [],
  }
  const noted: { file: KnownFile; base: BaseFile }[] = []
  let writtenAt = Number.NEGATIVE_INFINITY
  const writeDown = async (): Promise<void> => {
    const now = noted.splice(0)
    if (now.length === 0) return
    writtenAt = ports.clock.now()
    await ports.store.saveKnown(
      now.map(({ file }) => file),
      [],
    )
    await ports.store.finish(
      [],
      now.map(({ base: put }) => ({ put })),
      [],
      [],
    )
    for (const { base } of now) options.placed.delete(base.fileId)
  }
  /** Whoever goes on while the other way has failed is not cut short: nobody would join it. */
  const preemption: PreemptionSignal = {
    ...options.preemption,
    get isRaised() {
      return options.preemption.isRaised && result.failed.size === 0
    },
    race: async (work) =>
      (await options.preemption.race(work)) ?? (result.failed.size > 0 ? work : null),
  }
  const context: ExecutionContext = {
    state,
    ports,
    options: { ...options, preemption },
    signal,
    result,
    atServer: hashesAtServer(state),
    block: (operation, path, code) => {
      const { fileId } =
        operation.kind === 'download'
          ? operation.remote
          : 'fileId' in operation
            ? operation
            : { fileId: null }
      const { role, uploadRules } = state
      const since = { now: ports.clock.now(), role, uploadRules }
      const own = code === 'server.denied' ? localChangeOf(operation) : null
      state.blocked.set(keyOf(operation), {
        path,
        fileId,
        code,
        since,
        ...(own ? { own } : {}),
      })
    },
    attempt: async (operation, path, work) => {
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      try {
        await work()
      } catch (error) {
        const failure = asFailure(error)
        if (failure.code === 'file.changed-while-reading' || failure.code === 'file.busy')
          result.isStale = true
        // Once: what came into its way is looked at, and gives way or is given way to.
        else if (failure.code === 'file.name-collision' && !options.taken.has(keyOf(operation))) {
          options.taken.add(keyOf(operation))
          result.isStale = true
        } else if (blocksOneFile(failure.code, 'folder')) {
          context.block(operation, path, failure.code)
          if (failure.code !== 'sync.stopped') options.blocked?.(failure)
        } else {
          result.failed.add(operation.kind === 'download' ? 'down' : 'up')
          throw failure
        }
      }
    },
    note: async (file, base) => {
      result.touched.push(file.path)
      for (const path of [file.path, ...foldersOf([file.path])]) options.own.add(path)
      state.known.set(file.path, file)
      state.base.set(base.fileId, base)
      // What had this identity when it could not be looked at is gone: some disks give it out again at once.
      for (const [path, identity] of state.unknown)
        if (identity === base.identity) state.unknown.set(path, '')
      options.placed.set(base.fileId, base)
      noted.push({ file, base })
      // What is changed before it is written down, no crash can tell from what its person made alone.
      const isLate = Math.abs(ports.clock.now() - writtenAt) > maxNoteDelayMs
      if (noted.length >= 200 || isLate) await writeDown()
    },
    settle: async ({ base, intents = [], remote = [], gone = [] }) => {
      await ports.store.finish(intents, base, remote, gone)
      for (const change of base)
        if ('put' in change) state.base.set(change.put.fileId, change.put)
        else state.base.delete(change.forget)
      for (const file of remote) state.remote.set(file.fileId, file)
      for (const fileId of gone) state.remote.delete(fileId)
    },
  }
  const puts = ofKind(operations, 'put')
  const downloads = ofKind(operations, 'download')
  await options.inFlight.keepOnly(new Set([...puts, ...downloads].map(transferKey)))
  await agree(operations, context)
  const isFree = freeOf(await stepAside(ofKind(operations, 'step-aside'), context))
  if ((await move(ofKind(operations, 'move').filter(isFree), context)) === 'respelled') {
    // On some disks the files beside it have other paths now.
    result.isStale = true
    return result
  }
  await setExecutable(ofKind(operations, 'set-executable'), context)
  options.progress?.planned([
    ...puts.map(
      ({ local: { path, size } }): PlannedFile => ({ path, direction: 'up', bytes: size }),
    ),
    ...downloads.map(
      (operation): PlannedFile => ({
        path: placeOf(operation),
        direction: 'down',
        bytes: operation.remote.size,
      }),
    ),
  ])
  options.preemption.moves()
  // Both ways at once; a full disk ends the receiving, and what is to be sent still goes out.
  const ends = await Promise.allSettled([
    send(puts, ofKind(operations, 'remove'), context),
    receive(downloads.filter(isFree), context, writeDown),
  ])
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  // Why it failed tells more than that the rest was cancelled.
  if (reasons.length > 0)
    throw reasons.find((each) => asFailure(each).code !== 'sync.cancelled') ?? reasons[0]
  await discard(ofKind(operations, 'discard'), context)
  return result
}

/** What is the same, or gone, on both sides already. */
const agree = async (
  operations: readonly Operation[],
  context: ExecutionContext,
): Promise<void> => {
  const base = operations.flatMap((operation): BaseChange[] => {
    if (operation.kind === 'forget') return [{ forget: operation.fileId }]
    if (operation.kind !== 'adopt') return []
    const { local, remote } = operation
    // Where they differ nobody knows yet which of them it was.
    const isOne =
      !local.permissions || local.permissions.isExecutable === remote.permissions?.isExecutable
    const permissions = isOne ? remote.permissions : undefined
    return [{ put: { ...remote, path: local.path, identity: local.identity, permissions } }]
  })
  if (base.length === 0) return
  await context.settle({ base })
  context.result.done += base.length
}

/** Downloads in one entry of the journal. */
const maxEntryFiles = 1_000

/** Files the server has: streamed beside, hashed, and only then in their place. */
const receive = async (
  operations: Of<'download'>[],
  context: ExecutionContext,
  writeDown: () => Promise<void>,
): Promise<void> => {
  if (operations.length === 0) return
  const { disk, remote, clock, store } = context.ports
  const intents: Intent[] = []
  for (let from = 0; from < operations.length; from += maxEntryFiles)
    intents.push({
      id: context.options.newId(),
      kind: 'download',
      files: operations
        .slice(from, from + maxEntryFiles)
        .map((operation) => ({ ...operation.remote, at: placeOf(operation) })),
    })
  await store.begin(intents)
  // Two files of the same bytes share one staging place, and the second finds the first on this disk.
  const bySha = new Map<string, Of<'download'>[]>()
  for (const operation of operations) {
    const { sha256 } = operation.remote
    bySha.set(sha256, [...(bySha.get(sha256) ?? []), operation])
  }
  /** Whole, and beside its place. */
  const fetch = async (
    file: RemoteFile,
    signal: AbortSignal,
    moved: (bytesDone: number) => void,
  ): Promise<void> => {
    const staging = await disk.stage(file)
    let at = staging.kept
    const receive = async (): Promise<void> => {
      // All of it may be here already, from a try that ended just before its last step.
      if (at < file.size || file.size === 0) {
        const offer = await remote.fetch(file, at, signal)
        if (offer.from !== at) {
          if (offer.from !== 0)
            throw new Failure('server.unexpected-answer', 'The bytes begin elsewhere.')
          await staging.reset()
          at = 0
        }
        for await (const chunk of offer.body) {
          await staging.write(chunk)
          at += chunk.byteLength
          if (at > file.size)
            throw new Failure('file.hash-mismatch', 'There are more bytes than promised.')
          moved(at)
        }
        if (at < file.size) throw new Failure('network.offline', 'The transfer was cut.')
      }
      await staging.seal()
    }
    try {
      try {
        await resumeWhileAdvancing(receive, () => at)
      } catch (error) {
        if (asFailure(error).code !== 'file.hash-mismatch') throw error
        // What was kept may have been wrong from its beginning: once more, whole.
        await staging.reset()
        at = 0
        await resumeWhileAdvancing(receive, () => at)
      }
    } finally {
      await staging.close()
    }
  }
  const bring = async (operation: Of<'download'>): Promise<void> => {
    const { remote: file, over } = operation
    const path = placeOf(operation)
    const moved = { path, bytes: file.size }
    const end = await moveFile(context, operation, moved, (signal, moved) =>
      fetch(file, signal, moved),
    )
    if (end === 'preempted') return
    const as = placingOf(operation, context)
    if (operation.isLocalChange && (await makeRoom(operation, context)) === 'changed') {
      context.result.isStale = true
      return
    }
    const expects = over ? (context.state.known.get(over.path)?.stamp ?? null) : null
    const stamp = await disk.place(file, path, expects, as)
    if (stamp === 'changed') {
      context.result.isStale = true
      return
    }
    await context.note(
      { path, stamp, sha256: file.sha256, hashedAt: clock.now() },
      { ...file, identity: stamp.identity },
    )
    context.result.done += 1
    context.options.progress?.finished(path)
  }
  const sizeOf = ([first]: Of<'download'>[]): number => first?.remote.size ?? 0
  await eachByClass([...bySha.values()], sizeOf, async (group) => {
    for (const operation of group)
      await context.attempt(operation, operation.remote.path, () => bring(operation))
  }).finally(writeDown)
  await context.settle({ base: [], intents: intents.map(({ id }) => id) })
}

/**
 * As the server says, but for what is its person's own. Who opened a file for others that was its owner's alone at the
 * server already, or closed one, has said so of this disk.
 */
const placingOf = (
  { remote: { fileId, permissions, modifiedAt }, over, isLocalChange, keeps }: Of<'download'>,
  { state }: ExecutionContext,
): Placing => {
  const here = over && state.known.get(over.path)?.stamp.permissions
  const wasOwnerOnly = state.base.get(fileId)?.permissions?.isOwnerOnly === true
  const isClosed = permissions?.isOwnerOnly === true && !(over && !isLocalChange && wasOwnerOnly)
  return {
    isExecutable: keeps?.isExecutable ?? permissions?.isExecutable,
    isOwnerOnly:
      isClosed ||
      keeps?.isOwnerOnly === true ||
      (isLocalChange === true && here?.isOwnerOnly === true),
    modifiedAt,
  }
}

/** A person's own version, into the trash: what the server has is no base of its place until it is there. */
const makeRoom = async (
  { remote: { fileId }, over }: Of<'download'>,
  context: ExecutionContext,
): Promise<'done' | 'changed'> => {
  const known = over && context.state.known.get(over.path)
  if (!known) return 'changed'
  const { disk, store } = context.ports
  const { path, stamp, sha256 } = known
  const id = context.options.newId()
  await store.begin([{ id, kind: 'put-back', fileId, path }])
  const isDone = (isGone: boolean): Promise<void> =>
    context.settle({ intents: [id], base: isGone ? [{ forget: fileId }] : [] })
  const went = await disk.discard(path, stamp, { sha256 }).catch(async (error: unknown) => {
    // Should the folder itself be gone, the next pass that finds it says what became of the file.
    await disk.look([])
    await isDone((await disk.stat(path)) === null)
    throw error
  })
  await isDone(went === 'done')
  if (went === 'changed') return went
  await store.saveKnown([], [path])
  context.state.known.delete(path)
  context.result.displaced.push(fileId)
  return went
}

/** Files the server has let go, or its person has, into the trash. */
const discard = async (operations: Of<'discard'>[], context: ExecutionContext): Promise<void> => {
  const { disk, store } = context.ports
  for (const operation of operations)
    await context.attempt(operation, operation.local.path, async () => {
      const { path, sha256 } = operation.local
      const known = context.state.known.get(path)
      const entry = { sha256, fileId: operation.base?.fileId ?? null }
      const went = known ? await disk.discard(path, known.stamp, entry) : 'changed'
      if (went === 'changed') {
        context.result.isStale = true
        return
      }
      await store.saveKnown([], [path])
      context.state.known.delete(path)
      await context.settle({ base: operation.base ? [{ forget: operation.base.fileId }] : [] })
      context.result.done += 1
    })
}
