import { asFailure, Failure } from '../../domain/failure.ts'
import { eachByClass } from '../../transfer/concurrency-limiter.ts'
import { failurePolicies } from '../failure-policy.ts'
import { type ExecutionContext, runTransfer } from './execution-context.ts'
import type { LocalFile, Of } from './operation.ts'
import { meetingAny } from './path-collisions.ts'
import type { Permissions } from './permissions.ts'
import type { BaseChange, BaseFile, Change, RemoteFile, Sent } from './ports.ts'
import { fileTimeOf } from './stamp.ts'

type Put = Of<'put'>
type Remove = Of<'remove'>
type Item = {
  operation: Put | Remove
  change: Change
  expected: number | null
  local: LocalFile | null
}

/** Changes in one commit: a folder of ten thousand files that was renamed is one request. */
const maxCommitFiles = 10_000
/** Sent files that wait for a commit, and milliseconds they wait at most. */
const commitAtFiles = 1_000
const commitAfterMs = 2_000
/** Milliseconds after which no more come, but for long transfers. */
const quietMs = 300

/** Bytes first, then their rows. Names that are given up go before those that take them. */
export const send = async (
  puts: Put[],
  removes: Remove[],
  run: ExecutionContext,
): Promise<void> => {
  const { state, options } = run
  const putItem = (operation: Put): Item => {
    const { path, sha256, size } = operation.local
    const fileId = operation.fileId ?? options.newId()
    return {
      operation,
      change: { op: 'put', fileId, path, sha256, size, ...attributesOf(operation.local, run) },
      expected: operation.expected,
      local: operation.local,
    }
  }
  const removeItem = (operation: Remove): Item => ({
    operation,
    change: { op: 'remove', fileId: operation.fileId },
    expected: operation.expected,
    local: null,
  })
  const isMove = ({ fileId, local }: Put): boolean =>
    fileId !== null && state.remote.get(fileId)?.path !== local.path
  const moves = puts.filter(isMove)
  const isWanted = meetingAny(puts.map(({ local }) => local.path))
  const isInTheWay = ({ fileId }: Remove): boolean => isWanted(nameAtServer(fileId, run))
  const leaving = [...moves, ...removes.filter(isInTheWay)]
  /** Takes a name, or a place below it or above it, that another one gives up: no one sees both. */
  const isLeft = meetingAny(leaving.map(({ fileId }) => nameAtServer(fileId ?? '', run)))
  const isFirst = (put: Put): boolean => isMove(put) || isLeft(put.local.path)

  const first = [
    ...puts.filter(isFirst).map(putItem),
    ...removes.filter(isInTheWay).map(removeItem),
  ]
  const brought = await broughtOf(first, run)
  const { free, isHeld } = freeFrom(first, brought, run)
  await commit(free, run)

  const others = puts.filter((put) => !isFirst(put) && !isHeld(put.local.path))
  const coming = new Set(others.filter(({ fileId }) => fileId === null))
  const ready: Item[] = []
  let committing: Promise<void> = Promise.resolve()
  let last = run.ports.clock.now()
  const flush = (): Promise<void> => {
    last = run.ports.clock.now()
    const items = ready.splice(0)
    committing = committing
      .then(() => commit(items, run))
      .catch((error: unknown) => {
        // Its transfers need not go to their end.
        run.outcome.failed.add('up')
        throw error
      })
    // It is awaited by whoever ends next; beside a long transfer that may be late.
    committing.catch(() => {})
    return committing
  }
  /** What is ready need not wait for a long transfer, once no more comes. */
  const flushWhenQuiet = (): void => {
    const { length: before } = ready
    options.news.after(quietMs, () => {
      if (ready.length === before) void flush()
      else if (ready.length > 0) flushWhenQuiet()
    })
  }
  await bringAll(
    others.map(putItem),
    run,
    (item) => {
      if (item.operation.kind === 'put') coming.delete(item.operation)
      if (ready.push(item) === 1) flushWhenQuiet()
    },
    async () => {
      const late = Math.abs(run.ports.clock.now() - last) > commitAfterMs
      if (ready.length >= commitAtFiles || (late && ready.length > 0)) await flush()
    },
  ).finally(flush)
  // What was saved under a new name is not gone for others until its bytes are there.
  if (run.outcome.isPreempted && coming.size > 0) return
  await commit(removes.filter((remove) => !isInTheWay(remove)).map(removeItem), run)
}

/** Names that are given up and taken go together: what waits for one whose bytes are on their way waits with it. */
const freeFrom = (all: readonly Item[], brought: readonly Item[], run: ExecutionContext) => {
  const there = new Set(brought.map(({ change }) => change.fileId))
  const left = run.outcome.isPreempted ? all.filter(({ change }) => !there.has(change.fileId)) : []
  const wanted = left.flatMap(({ local }) => (local ? [local.path] : []))
  const held = left.map(({ change }) => nameAtServer(change.fileId, run))
  let free = [...brought]
  for (let before = -1; before !== free.length; ) {
    before = free.length
    const [isWanted, isHeld] = [meetingAny(wanted), meetingAny(held)]
    free = free.filter(({ change, local }) => {
      const name = nameAtServer(change.fileId, run)
      if (local ? !isHeld(local.path) : !isWanted(name)) return true
      held.push(name)
      return false
    })
  }
  return { free, isHeld: meetingAny(held) }
}

/** What of a file goes with its bytes, as far as this disk tells. */
const attributesOf = ({ path, permissions }: LocalFile, { state }: ExecutionContext) => {
  const modified = state.known.get(path)?.stamp.modified
  return {
    ...(permissions && { permissions }),
    ...(modified !== undefined && { modifiedAt: fileTimeOf(modified) }),
  }
}
/** What the server has of them then. */
const permissionsOf = (
  { fileId, permissions }: Extract<Change, { op: 'put' }>,
  { state }: ExecutionContext,
): Permissions | undefined => {
  const there = state.remote.get(fileId)
  return permissions ?? (there ? there.permissions : { isExecutable: false, isOwnerOnly: false })
}

/** '' of what the server does not have, which nothing meets. */
const nameAtServer = (fileId: string, { state }: ExecutionContext): string =>
  state.remote.get(fileId)?.path ?? ''

/**
 * Sends the bytes that the server has not; the same bytes once, whoever has them. `brought` hears of each change whose
 * bytes are there. `again`: whatever its rows say.
 */
const bringAll = async (
  items: readonly Item[],
  run: ExecutionContext,
  brought: (item: Item) => void,
  after: () => Promise<void>,
  again = false,
): Promise<void> => {
  const bySha = new Map<string, (Item & { local: LocalFile })[]>()
  for (const item of items) {
    const { local } = item
    if (!local || (!again && run.atServer.has(local.sha256))) brought(item)
    else {
      const same = bySha.get(local.sha256) ?? []
      same.push({ ...item, local })
      bySha.set(local.sha256, same)
    }
  }
  if (bySha.size < items.length) await after()
  await eachByClass(
    [...bySha.values()],
    ([first]) => first?.local.size ?? 0,
    async (group) => {
      let isThere = false
      for (const item of group) {
        isThere ||= await bring(item, run)
        if (isThere) brought(item)
      }
    },
    after,
  )
}

/** Whether the bytes of a change are at the server now. */
const bring = async (
  { operation, change, local }: Item & { local: LocalFile },
  run: ExecutionContext,
): Promise<boolean> => {
  if (change.op === 'remove' || operation.kind === 'remove') return true
  let isThere = false
  await run.attempt(operation, local.path, async () => {
    const stamp = run.state.known.get(local.path)?.stamp
    if (!stamp) {
      run.outcome.isStale = true
      return
    }
    const { path, size: bytes } = local
    const end = await runTransfer(run, operation, { path, bytes }, (signal) =>
      run.ports.remote.send(
        change,
        (from, to) => run.ports.disk.read(path, stamp, from, to),
        signal,
        (bytesDone) => {
          if (!signal.aborted)
            run.options.progress?.transfer({ path, direction: 'up', bytesDone, bytesTotal: bytes })
        },
      ),
    )
    isThere = end === 'done'
  })
  return isThere
}

const broughtOf = async (
  items: readonly Item[],
  run: ExecutionContext,
  again = false,
): Promise<Item[]> => {
  const brought: Item[] = []
  await bringAll(
    items,
    run,
    (item) => void brought.push(item),
    async () => {},
    again,
  )
  return brought
}

const commit = async (
  items: readonly Item[],
  run: ExecutionContext,
  retried = false,
): Promise<void> => {
  for (let from = 0; from < items.length; from += maxCommitFiles)
    await commitOnce(items.slice(from, from + maxCommitFiles), run, retried)
}

const commitOnce = async (
  items: readonly Item[],
  run: ExecutionContext,
  retried: boolean,
): Promise<void> => {
  const only = items[0]
  if (!only) return
  const expected: Record<string, number> = {}
  for (const { change, expected: revision } of items)
    if (revision !== null) expected[change.fileId] = revision
  const intents = await begin(items, run)
  try {
    const answer = await run.ports.remote.commit(
      expected,
      items.map(({ change }) => change),
      run.signal,
    )
    if (answer.status === 'committed') return await accept(items, answer.revisions, intents, run)
    run.outcome.unconfirmed.push(...intents)
    run.outcome.isStale = true
    const taken = new Set(answer.taken)
    for (const item of items) if (taken.has(item.change.fileId)) await nameTaken(item, run)
    const refused = new Set(answer.fileIds)
    const rest = items.filter(({ change }) => !refused.has(change.fileId))
    if (rest.length < items.length) await commitOnce(rest, run, retried)
  } catch (error) {
    const { code } = asFailure(error)
    const { refusal } = failurePolicies[code]
    if (!refusal) throw error
    run.outcome.unconfirmed.push(...intents)
    // The server has not the bytes it had: they are sent, whatever its rows say.
    if (code === 'server.conflict' && !retried) {
      return commitOnce(await broughtOf(items, run, true), run, true)
    }
    if (items.length === 1 || code === 'server.denied') {
      for (const item of items)
        await run.attempt(item.operation, pathOf(item, run), () => Promise.reject(error))
      return
    }
    if (refusal === 'all') throw error
    // One of them is refused; the others should not have to wait for it.
    const half = Math.ceil(items.length / 2)
    await commitOnce(items.slice(0, half), run, retried)
    await commitOnce(items.slice(half), run, retried)
  }
}

/** Once it may be a file that goes in this very pass; twice the server spells names otherwise than this computer. */
const nameTaken = (item: Item, run: ExecutionContext): Promise<void> =>
  run.attempt(item.operation, pathOf(item, run), () =>
    Promise.reject(new Failure('file.name-collision', 'Another file has this name.')),
  )

/** Remembers what is on its way, so that it is known again at the server should its answer be lost. */
const begin = async (items: readonly Item[], run: ExecutionContext): Promise<Sent[]> => {
  const files = items.flatMap(({ change, expected, local }): BaseFile[] => {
    if (change.op === 'remove' || !local) return []
    const { fileId, path, sha256, size } = change
    const [revision, permissions] = [(expected ?? 0) + 1, permissionsOf(change, run)]
    return [{ fileId, path, sha256, size, revision, identity: local.identity, permissions }]
  })
  if (files.length === 0) return []
  const sent: Sent = { id: run.options.newId(), kind: 'commit', files }
  await run.ports.store.begin([sent])
  return [sent]
}

const pathOf = ({ local, change }: Item, { state }: ExecutionContext): string =>
  local?.path ?? state.base.get(change.fileId)?.path ?? change.fileId

/** What was committed is the same on both sides. */
const accept = async (
  items: readonly Item[],
  revisions: Record<string, number>,
  intents: readonly Sent[],
  run: ExecutionContext,
): Promise<void> => {
  const base: BaseChange[] = []
  const remote: RemoteFile[] = []
  const gone: string[] = []
  for (const { change, local } of items) {
    const revision = revisions[change.fileId]
    if (change.op === 'remove' || !local) {
      base.push({ forget: change.fileId })
      gone.push(change.fileId)
    } else if (revision === undefined) run.outcome.isStale = true
    else {
      const { fileId, path, sha256, size, modifiedAt } = change
      const permissions = permissionsOf(change, run)
      const file = { fileId, path, sha256, size, revision, permissions, modifiedAt }
      remote.push(file)
      run.atServer.add(sha256)
      base.push({ put: { ...file, identity: local.identity } })
    }
  }
  await run.settle({ base, intents: intents.map(({ id }) => id), remote, gone })
  run.outcome.done += base.length
  for (const { local } of items) if (local) run.options.progress?.finished(local.path)
}
