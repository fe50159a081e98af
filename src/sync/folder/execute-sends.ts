import { asFailure, Failure } from '../../domain/failure.ts'
import { eachByClass } from '../../transfer/concurrency-limiter.ts'
import { type CommitAnswer, commitTogether } from '../commit.ts'
import { failurePolicies } from '../failure-policy.ts'
import { type ExecutionContext, moveFile } from './execution-context.ts'
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
  context: ExecutionContext,
): Promise<void> => {
  const { state, options } = context
  const putItem = (operation: Put): Item => {
    const { path, sha256, size } = operation.local
    const fileId = operation.fileId ?? options.newId()
    return {
      fileId,
      operation,
      change: { op: 'put', fileId, path, sha256, size, ...attributesOf(operation.local, context) },
      expected: operation.expected,
      local: operation.local,
    }
  }
  const removeItem = (operation: Remove): Item => ({
    fileId: operation.fileId,
    operation,
    change: { op: 'remove', fileId: operation.fileId },
    expected: operation.expected,
    local: null,
  })
  const isMove = ({ fileId, local }: Put): boolean =>
    fileId !== null && state.remote.get(fileId)?.path !== local.path
  const moves = puts.filter(isMove)
  const isWanted = meetingAny(puts.map(({ local }) => local.path))
  const isInTheWay = ({ fileId }: Remove): boolean => isWanted(nameAtServer(fileId, context))
  const leaving = [...moves, ...removes.filter(isInTheWay)]
  /** Takes a name, or a place below it or above it, that another one gives up: no one sees both. */
  const isLeft = meetingAny(leaving.map(({ fileId }) => nameAtServer(fileId ?? '', context)))
  const isFirst = (put: Put): boolean => isMove(put) || isLeft(put.local.path)

  const first = [
    ...puts.filter(isFirst).map(putItem),
    ...removes.filter(isInTheWay).map(removeItem),
  ]
  const brought = await broughtOf(first, context)
  const { free, isHeld } = freeFrom(first, brought, context)
  await commit(free, context)

  const others = puts.filter((put) => !isFirst(put) && !isHeld(put.local.path))
  const coming = new Set(others.filter(({ fileId }) => fileId === null))
  const ready: Item[] = []
  let committing: Promise<void> = Promise.resolve()
  let last = context.ports.clock.now()
  const flush = (): Promise<void> => {
    last = context.ports.clock.now()
    const items = ready.splice(0)
    committing = committing
      .then(() => commit(items, context))
      .catch((error: unknown) => {
        // Its transfers need not go to their end.
        context.result.failed.add('up')
        throw error
      })
    // It is awaited by whoever ends next; beside a long transfer that may be late.
    committing.catch(() => {})
    return committing
  }
  /** What is ready need not wait for a long transfer, once no more comes. */
  const flushWhenQuiet = (): void => {
    const { length: before } = ready
    options.preemption.after(quietMs, () => {
      if (ready.length === before) void flush()
      else if (ready.length > 0) flushWhenQuiet()
    })
  }
  await bringAll(
    others.map(putItem),
    context,
    (item) => {
      if (item.operation.kind === 'put') coming.delete(item.operation)
      if (ready.push(item) === 1) flushWhenQuiet()
    },
    async () => {
      const late = Math.abs(context.ports.clock.now() - last) > commitAfterMs
      if (ready.length >= commitAtFiles || (late && ready.length > 0)) await flush()
    },
  ).finally(flush)
  // What was saved under a new name is not gone for others until its bytes are there.
  if (context.result.isPreempted && coming.size > 0) return
  await commit(removes.filter((remove) => !isInTheWay(remove)).map(removeItem), context)
}

/** Names that are given up and taken go together: what waits for one whose bytes are on their way waits with it. */
const freeFrom = (all: readonly Item[], brought: readonly Item[], context: ExecutionContext) => {
  const there = new Set(brought.map(({ change }) => change.fileId))
  const left = context.result.isPreempted
    ? all.filter(({ change }) => !there.has(change.fileId))
    : []
  const wanted = left.flatMap(({ local }) => (local ? [local.path] : []))
  const held = left.map(({ change }) => nameAtServer(change.fileId, context))
  let free = [...brought]
  for (let before = -1; before !== free.length; ) {
    before = free.length
    const [isWanted, isHeld] = [meetingAny(wanted), meetingAny(held)]
    free = free.filter(({ change, local }) => {
      const name = nameAtServer(change.fileId, context)
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
  context: ExecutionContext,
  brought: (item: Item) => void,
  after: () => Promise<void>,
  again = false,
): Promise<void> => {
  const bySha = new Map<string, (Item & { local: LocalFile })[]>()
  for (const item of items) {
    const { local } = item
    if (!local || (!again && context.atServer.has(local.sha256))) brought(item)
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
        isThere ||= await bring(item, context)
        if (isThere) brought(item)
      }
    },
    after,
  )
}

/** Whether the bytes of a change are at the server now. */
const bring = async (
  { operation, change, local }: Item & { local: LocalFile },
  context: ExecutionContext,
): Promise<boolean> => {
  if (change.op === 'remove' || operation.kind === 'remove') return true
  let isThere = false
  await context.attempt(operation, local.path, async () => {
    const stamp = context.state.known.get(local.path)?.stamp
    if (!stamp) {
      context.result.isStale = true
      return
    }
    const { path, size: bytes } = local
    const { disk, remote } = context.ports
    const end = await moveFile(context, operation, { path, bytes }, (signal, moved) =>
      remote.send(change, (from, to) => disk.read(path, stamp, from, to), signal, moved),
    )
    isThere = end === 'done'
  })
  return isThere
}

const broughtOf = async (
  items: readonly Item[],
  context: ExecutionContext,
  again = false,
): Promise<Item[]> => {
  const brought: Item[] = []
  await bringAll(
    items,
    context,
    (item) => void brought.push(item),
    async () => {},
    again,
  )
  return brought
}

const commit = async (items: readonly Item[], context: ExecutionContext): Promise<void> => {
  for (let from = 0; from < items.length; from += maxRequestFiles)
    await commitOnce(items.slice(from, from + maxRequestFiles), context)
}

/** Whether another file has the name. */
type Conflict = { isTaken: boolean }

const commitOnce = async (items: readonly Item[], context: ExecutionContext): Promise<void> => {
  const taken: Item[] = []
  const refused = new Map<Failure, Item[]>()
  await commitTogether(items, {
    ask: (some) => ask(some, context),
    tell: (item, end) => {
      if (end instanceof Failure) refused.set(end, [...(refused.get(end) ?? []), item])
      else if (end.status === 'conflict' && end.conflict?.isTaken) taken.push(item)
    },
    // They are sent, whatever its rows say.
    bringAgain: (some) => broughtOf(some, context, true),
  })
  for (const item of taken) await nameTaken(item, context)
  let ended: Failure | null = null
  for (const [failure, some] of refused) {
    const { refusal } = failurePolicies[failure.code]
    // What is said of several at once is about the artifact, or the project: nothing else is tried then.
    const isOfAll = refusal === 'all' && some.length > 1 && failure.code !== 'server.denied'
    if (!refusal || isOfAll) ended ??= failure
    else
      for (const item of some)
        await context.attempt(item.operation, pathOf(item, context), () => Promise.reject(failure))
  }
  if (ended) throw ended
}

/** One commit, which is remembered before it is made, and with what came of it afterwards. */
const ask = async (
  items: readonly Item[],
  context: ExecutionContext,
): Promise<CommitAnswer<Conflict>> => {
  const expected: Record<string, number> = {}
  for (const { fileId, expected: revision } of items)
    if (revision !== null) expected[fileId] = revision
  const intents = await begin(items, context)
  const changes = items.map(({ change }) => change)
  const answer = await context.ports.remote
    .commit(expected, changes, context.signal)
    .catch((error) => {
      // Refused, as far as was heard.
      if (failurePolicies[asFailure(error).code].refusal)
        context.result.unconfirmed.push(...intents)
      throw error
    })
  if (answer.status === 'committed') {
    await accept(items, answer.revisions, intents, context)
    // Of what is removed there is no revision, and what is not named is looked at again.
    const revisions = items.map(
      ({ fileId }) => [fileId, answer.revisions[fileId] ?? noRevision] as const,
    )
    return { status: answer.status, revisions: new Map(revisions) }
  }
  context.result.unconfirmed.push(...intents)
  context.result.isStale = true
  const names = new Set(answer.taken)
  const conflicts = answer.fileIds.map((id) => [id, { isTaken: names.has(id) }] as const)
  return { status: answer.status, conflicts: new Map(conflicts) }
}

/** Once it may be a file that goes in this very pass; twice the server spells names otherwise than this computer. */
const nameTaken = (item: Item, context: ExecutionContext): Promise<void> =>
  context.attempt(item.operation, pathOf(item, context), () =>
    Promise.reject(new Failure('file.name-collision', 'Another file has this name.')),
  )

/** Remembers what is on its way, so that it is known again at the server should its answer be lost. */
const begin = async (items: readonly Item[], context: ExecutionContext): Promise<Sent[]> => {
  const files = items.flatMap(({ change, expected, local }): BaseFile[] => {
    if (change.op === 'remove' || !local) return []
    const { fileId, path, sha256, size } = change
    const [revision, permissions] = [(expected ?? 0) + 1, permissionsOf(change, context)]
    return [{ fileId, path, sha256, size, revision, identity: local.identity, permissions }]
  })
  if (files.length === 0) return []
  const sent: Sent = { id: context.options.newId(), kind: 'commit', files }
  await context.ports.store.begin([sent])
  return [sent]
}

const pathOf = ({ local, change }: Item, { state }: ExecutionContext): string =>
  local?.path ?? state.base.get(change.fileId)?.path ?? change.fileId

/** What was committed is the same on both sides. */
const accept = async (
  items: readonly Item[],
  revisions: Record<string, number>,
  intents: readonly Sent[],
  context: ExecutionContext,
): Promise<void> => {
  const base: BaseChange[] = []
  const remote: RemoteFile[] = []
  const gone: string[] = []
  for (const { change, local } of items) {
    const revision = revisions[change.fileId]
    if (change.op === 'remove' || !local) {
      base.push({ forget: change.fileId })
      gone.push(change.fileId)
    } else if (revision === undefined) context.result.isStale = true
    else {
      const { fileId, path, sha256, size, modifiedAt } = change
      const permissions = permissionsOf(change, context)
      const file = { fileId, path, sha256, size, revision, permissions, modifiedAt }
      remote.push(file)
      context.atServer.add(sha256)
      base.push({ put: { ...file, identity: local.identity } })
    }
  }
  await context.settle({ base, intents: intents.map(({ id }) => id), remote, gone })
  context.result.done += base.length
  for (const { local } of items) if (local) context.options.progress?.finished(local.path)
}
