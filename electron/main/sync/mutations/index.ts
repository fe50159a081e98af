import { v7 } from 'uuid'
import { z } from 'zod'
import type {
  LeftMutation,
  MutationsChange,
  PendingMutation,
} from '../../../../src/contract/mutations.ts'
import type { Argument } from '../../../../src/contract/table.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { declared } from '../../../../src/domain/mutation-table.ts'
import { parsedJson } from '../../../../src/domain/parsed-json.ts'
import {
  canDiscard,
  hasLivingId,
  type NewMutation,
  type QueuedMutation,
} from '../../../../src/mutations/queue.ts'
import type { ApiClient } from '../../server/api-client.ts'
import type { Cache } from '../../store/client.ts'
import { MutationSender } from './sender.ts'

export type MutationOptions = {
  cache: Cache
  server: Pick<ApiClient, 'json' | 'time'>
  tell: (change: MutationsChange) => void
  /** The server has rows of a project that this computer has not seen. */
  refresh: (projectId: string) => void
}

const declaredOf = ({ name, input }: Pick<QueuedMutation, 'name' | 'input'>) =>
  declared(name, parsedJson(input))

/** The queue of one person's changes on one server. */
export const openMutations = ({ cache, server, tell, refresh }: MutationOptions) => {
  const pending = (mutation: QueuedMutation): PendingMutation => ({
    id: mutation.id,
    name: mutation.name,
    input: mutation.input,
    queuedAt: mutation.queuedAt,
    state: mutation.refused
      ? { kind: 'refused', failure: mutation.refused }
      : sender.isSending(mutation.id)
        ? { kind: 'sending' }
        : { kind: 'waiting', canDiscard: canDiscard(mutation) },
  })
  const left = (mutation: QueuedMutation, how: LeftMutation['how']): LeftMutation => ({
    id: mutation.id,
    name: mutation.name,
    input: mutation.input,
    how,
  })
  const changed = (mutation: QueuedMutation): void =>
    tell({ changed: [pending(mutation)], left: [] })

  const sender: MutationSender = new MutationSender({
    store: cache,
    send: async (mutation, signal) => {
      const known = declaredOf(mutation)
      // Of a newer version that was here before: that one is to send it, or its person lets it go.
      if (known === null)
        throw new Failure('server.refused-input', 'Nobody knows this change here.')
      const { function: name, arguments: given } = known.request
      // Whatever else says that all is well is not the server.
      await server.json(
        z.literal(true),
        `/rest/v1/rpc/${name}`,
        { mutation: mutation.id, ...given },
        signal,
      )
    },
    time: server.time,
    changed,
    applied: async (mutation) => {
      const known = declaredOf(mutation)
      if (known?.call.name === 'artifacts.rename')
        await cache.renameArtifact(known.call.input.artifactId, known.call.input.title)
    },
    left: (mutation) => {
      tell({ changed: [], left: [left(mutation, 'applied')] })
      const project = declaredOf(mutation)?.project
      if (project) refresh(project)
    },
  })

  const add = async (mutation: NewMutation): Promise<PendingMutation> => {
    const { queued, replaced } = await cache.queueMutation(mutation)
    const now = pending(queued)
    tell({ changed: [now], left: replaced.map((each) => left(each, 'replaced')) })
    sender.poke()
    return now
  }

  const enqueue = async ({ id, ...call }: Argument<'mutations.enqueue'>) => {
    const known = declared(call.name, call.input)
    if (known === null) throw new Failure('ipc.bad-arguments', 'There is no such change.')
    const { name, input } = known.call
    return add({
      ...{ id, name, input: JSON.stringify(input) },
      ...{ thing: known.thing, replaces: known.replaces },
    })
  }

  const retry = async ({ id }: { id: string }): Promise<void> => {
    const refused = (await cache.mutations()).find((each) => each.id === id)
    if (refused?.refused == null) return
    if (!hasLivingId(refused, server.time.now())) {
      await add({ ...refused, id: v7() })
      return discard({ id })
    }
    const waiting = await cache.retryMutation(id)
    if (waiting) changed(waiting)
    // A person waits for it.
    sender.hurry()
  }

  const discard = async ({ id }: { id: string }): Promise<void> => {
    const gone = await cache.discardMutation(id)
    if (gone) tell({ changed: [], left: [left(gone, 'discarded')] })
  }

  return {
    handlers: {
      'mutations.enqueue': enqueue,
      'mutations.list': async () => (await cache.mutations()).map(pending),
      'mutations.retry': retry,
      'mutations.discard': discard,
    },
    setOnline: (isOnline: boolean) => sender.setOpen(isOnline),
    /** There is a way to the server again. */
    hurry: () => sender.hurry(),
    close: () => sender.close(),
  }
}
