import { v7 } from 'uuid'
import { z } from 'zod'
import type {
  LeftMutation,
  MutationsChange,
  PendingMutation,
} from '../../../../src/contract/mutations.ts'
import type { Argument, HandlersOf } from '../../../../src/contract/table.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { declared } from '../../../../src/domain/mutation-table.ts'
import { parsedJson } from '../../../../src/domain/parsed-json.ts'
import type { ArtifactTurns } from '../../../../src/mutations/artifact-turns.ts'
import { canDiscard, hasLivingId, type QueuedMutation } from '../../../../src/mutations/queue.ts'
import { logged } from '../../../log/log.ts'
import type { ApiClient } from '../../server/api-client.ts'
import type { Cache } from '../../store/client.ts'
import type { MutationFigures } from '../../store/mutations.ts'
import { MutationSender } from './sender.ts'

export type MutationOptions = {
  cache: Cache
  turns: ArtifactTurns
  server: Pick<ApiClient, 'json' | 'time' | 'answersOthers' | 'resetBreaker'>
  /** Milliseconds by which the server's clock is ahead of ours. */
  ahead: () => number
  tell: (change: MutationsChange) => void
  /** How much is owed, whenever that may be another number. */
  counted: (figures: MutationFigures) => void
  /** One was blocked or is owed no more: edits may have waited for it. */
  moved: () => void
  /** The cache has another title of an artifact. */
  renamed: (artifactId: string) => void
  /** The server has rows of a project that this computer has not seen. */
  refresh: (projectId: string) => void
}

const declaredOf = ({ name, input }: Pick<QueuedMutation, 'name' | 'input'>) =>
  declared(name, parsedJson(input))

/** The queue of one person's changes on one server. */
export const openMutations = (options: MutationOptions) => {
  const { cache, server, tell, refresh } = options
  const pending = (mutation: QueuedMutation): PendingMutation => ({
    id: mutation.id,
    name: mutation.name,
    input: mutation.input,
    queuedAt: mutation.queuedAt,
    state: stateOf(mutation),
  })
  const stateOf = (mutation: QueuedMutation): PendingMutation['state'] => {
    const { id, refused, unanswered, triesItself } = mutation
    if (sender.isSending(id)) return { kind: 'sending' }
    if (refused && unanswered === 1)
      return { kind: 'unanswered', failure: refused, isTriedAgain: triesItself === 1 }
    if (refused) return { kind: 'refused', failure: refused }
    const canBeTakenBack = canDiscard(mutation)
    return { kind: 'waiting', canDiscard: canBeTakenBack, failure: sender.troubleOf(id) }
  }
  const left = (mutation: QueuedMutation, how: LeftMutation['how']): LeftMutation => ({
    id: mutation.id,
    name: mutation.name,
    input: mutation.input,
    how,
  })
  const count = (): void =>
    void cache
      .mutationFigures()
      .then(options.counted)
      .catch(logged('mutations', 'What waits for the server could not be counted'))
  const say = (change: MutationsChange): void => {
    tell(change)
    count()
    const isOver = change.changed.some(
      ({ state }) => state.kind === 'refused' || state.kind === 'unanswered',
    )
    if (isOver || change.left.length > 0) options.moved()
  }
  const changed = (mutation: QueuedMutation): void =>
    say({ changed: [pending(mutation)], left: [] })

  const sender: MutationSender = new MutationSender({
    store: cache,
    turns: options.turns,
    send: async (mutation, begin, signal) => {
      const known = declaredOf(mutation)
      // Of a newer version that was here before: that one is to send it, or its person lets it go.
      if (known === null)
        throw new Failure('server.refused-input', 'Nobody knows this change here.')
      const { function: name, arguments: asked } = known.request
      const revisions = z.array(z.number()).catch([]).parse(parsedJson(mutation.sinceRevisions))
      const given =
        known.files !== null && revisions.length > 0
          ? { ...asked, since_revisions: revisions }
          : asked
      // Whatever else says that all is well is not the server.
      await server
        .json(
          z.literal(true),
          `/rest/v1/rpc/${name}`,
          { mutation: mutation.id, ...given },
          signal,
          { of: 'change', begin },
        )
        .catch((error: unknown) => {
          if (!(error instanceof Failure) || error.code !== 'server.gone') throw error
          throw new Failure('mutation.too-old', 'The server does not know it any more.', {
            cause: error,
          })
        })
    },
    answersOthers: server.answersOthers,
    time: server.time,
    changed,
    applied: async (mutation) => {
      const known = declaredOf(mutation)
      if (known?.call.name !== 'artifacts.rename') return
      const { artifactId, title } = known.call.input
      await cache.renameArtifact(artifactId, title)
      options.renamed(artifactId)
    },
    left: (mutation) => {
      say({ changed: [], left: [left(mutation, 'applied')] })
      const project = declaredOf(mutation)?.project
      if (project) refresh(project)
    },
  })

  const added = ({ queued, replaced }: Awaited<ReturnType<Cache['queueMutation']>>) => {
    const now = pending(queued)
    for (const { id } of replaced) sender.forget(id)
    say({ changed: [now], left: replaced.map((each) => left(each, 'replaced')) })
    sender.poke()
    return now
  }

  /** One after the other: each knows those before it. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const ended = turn.then(work)
    turn = ended.catch(() => {})
    return ended
  }

  const enqueue = ({ id, accountId: _, ...call }: Argument<'mutations.enqueue'>) =>
    inTurn(async () => {
      const known = declared(call.name, call.input)
      if (known === null) throw new Failure('ipc.bad-arguments', 'There is no such change.')
      const { thing, replaces } = known
      const earlier = (await cache.mutationsOf(thing)).map((each) => ({
        id: each.id,
        name: each.name,
        input: parsedJson(each.input),
      }))
      const queued = await cache.queueMutation({
        id,
        name: known.call.name,
        input: known.behind(earlier),
        thing,
        replaces,
        artifactId: known.files,
      })
      return added(queued)
    })

  const retry = async ({ id }: { id: string }): Promise<void> => {
    const blocked = await cache.mutation(id)
    if (blocked?.refused == null || sender.isSending(id)) return
    // A person waits for it.
    server.resetBreaker()
    // Who was faster is known by now.
    const isConflict = blocked.refused === 'server.conflict'
    const input = (isConflict && declaredOf(blocked)?.anyway()) || blocked.input
    const now = server.time.now() + options.ahead()
    if (blocked.refused === 'mutation.too-old' || !hasLivingId(blocked, now)) {
      // The server goes by the time that is in it, which is the server's.
      const renewed = await cache.renewMutation(id, { ...blocked, input, id: v7({ msecs: now }) })
      if (renewed) added(renewed)
      return
    }
    sender.forget(id)
    const waiting = await cache.retryMutation(id, input)
    if (waiting) changed(waiting)
    sender.retryNow()
  }

  const discard = async ({ id, evenIfDone }: Argument<'mutations.discard'>): Promise<void> => {
    if (sender.isSending(id))
      throw new Failure('mutation.under-way', 'It is on its way to the server.')
    const gone = await cache.discardMutation(id, evenIfDone === true)
    sender.forget(id)
    if (gone) say({ changed: [], left: [left(gone, 'discarded')] })
    // What waited behind it.
    sender.poke()
  }

  let isClosing = false
  const handlers: HandlersOf<'mutations'> = {
    'mutations.enqueue': async (order) => {
      // What is promised now nobody would keep.
      if (isClosing) throw new Failure('auth.signed-out', 'This account is being closed.')
      return enqueue(order)
    },
    'mutations.list': async () => (await cache.mutations()).map(pending),
    'mutations.retry': retry,
    'mutations.discard': discard,
  }

  return {
    handlers,
    count,
    figures: () => cache.mutationFigures(),
    setOnline: (isOnline: boolean) => sender.setOpen(isOnline),
    /** Edits may have gone that one waited for. */
    poke: () => sender.poke(),
    /** There is a way to the server again. */
    retryNow: () => sender.retryNow(),
    /** Takes no more; what it took is durable then. */
    finish: async (): Promise<void> => {
      isClosing = true
      await turn
    },
    close: () => sender.close(),
  }
}
