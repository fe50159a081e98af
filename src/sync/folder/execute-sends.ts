import { asFailure, Failure } from '../../domain/failure.ts'
import { eachByClass } from '../../transfer/concurrency-limiter.ts'
import { type CommitAnswer, commitTogether } from '../commit.ts'
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
  fileId: string
  operation: Put | Remove
  change: Change
  expected: number | null
  local: LocalFile | null
}

/** Changes in one commit: a folder of ten thousand files that was renamed is one request. */
const maxRequestFiles = 10_000
/** Sent files that wait for a commit, and milliseconds they wait at most. */
const commitAtFiles = 1_000
const commitAfterMs = 2_000
/** What is told of a change that has none. */
const noRevision = 0
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
      ...{ fileId, operation },
      change: { op: 'put', fileId, path, sha256, size, ...attributesOf(operation.local, run) },
      expected: operation.expected,
      local: operation.local,
    }
  }
  const removeItem = (operation: Remove): Item => ({
    ...{ fileId: operation.fileId, operation },
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

const commit = async (items: readonly Item[], run: ExecutionContext): Promise<void> => {
  for (let from = 0; from < items.length; from += maxRequestFiles)
    await commitOnce(items.slice(from, from + maxRequestFiles), run)
}

/** Whether another file has the name. */
type Conflict = { isTaken: boolean }

const commitOnce = async (items: readonly Item[], run: ExecutionContext): Promise<void> => {
  const taken: Item[] = []
  const refused = new Map<Failure, Item[]>()
  await commitTogether(items, {
    ask: (some) => ask(some, run),
    tell: (item, end) => {
      if (end instanceof Failure) refused.set(end, [...(refused.get(end) ?? []), item])
      else if (end.status === 'conflict' && end.conflict?.isTaken) taken.push(item)
    },
    // They are sent, whatever its rows say.
    bringAgain: (some) => broughtOf(some, run, true),
  })
  for (const item of taken) await nameTaken(item, run)
  let ended: Failure | null = null
  for (const [failure, some] of refused) {
    const { refusal } = failurePolicies[failure.code]
    // What is said of several at once is about the artifact, or the project: nothing else is tried then.
    const isOfAll = refusal === 'all' && some.length > 1 && failure.code !== 'server.denied'
    if (!refusal || isOfAll) ended ??= failure
    else
      for (const item of some)
        await run.attempt(item.operation, pathOf(item, run), () => Promise.reject(failure))
  }
  if (ended) throw ended
}

/** One commit, which is remembered before it is made, and with what came of it afterwards. */
const ask = async (
  items: readonly Item[],
  run: ExecutionContext,
): Promise<CommitAnswer<Conflict>> => {
  const expected: Record<string, number> = {}
  for (const { fileId, expected: revision } of items)
    if (revision !== null) expected[fileId] = revision
  const intents = await begin(items, run)
  const changes = items.map(({ change }) => change)
  const answer = await run.ports.remote.commit(expected, changes, run.signal).catch((error) => {
    // Refused, as far as was heard.
    if (failurePolicies[asFailure(error).code].refusal) run.outcome.unconfirmed.push(...intents)
    throw error
  })
  if (answer.status === 'committed') {
    await accept(items, answer.revisions, intents, run)
    // Of what is removed there is no revision, and what is not named is looked at again.
    const revisions = items.map(
      ({ fileId }) => [fileId, answer.revisions[fileId] ?? noRevision] as const,
    )
    return { status: answer.status, revisions: new Map(revisions) }
  }
  run.outcome.unconfirmed.push(...intents)
  run.outcome.isStale = true
  const names = new Set(answer.taken)
  const conflicts = answer.fileIds.map((id) => [id, { isTaken: names.has(id) }] as const)
  return { status: answer.status, conflicts: new Map(conflicts) }
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
