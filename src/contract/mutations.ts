import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { type MutationCall, type MutationName, mutations } from '../domain/mutation-table.ts'
import { accountRequest, event, nothing } from './ipc.ts'

/** A change that this computer owes the server. */
const pendingMutation = z.object({
  id: z.uuid(),
  /** Of the table (src/domain/mutation-table.ts), or of a newer one. */
  name: z.string(),
  /** As JSON. */
  input: z.string(),
  queuedAt: z.string(),
  state: z.discriminatedUnion('kind', [
    /**
     * `canDiscard`: nothing of it can be at the server. `failure`: what its last sending came to, which is tried again by
     * itself; null where none has failed since the start.
     */
    z.object({
      kind: z.literal('waiting'),
      canDiscard: z.boolean(),
      failure: failureCode.nullable(),
    }),
    z.object({ kind: z.literal('sending') }),
    /**
     * For minutes the server had no final word for it, and answered others. It may be done already. It holds up nothing;
     * `isTriedAgain`: now and then by itself, else by a person's word alone, as others have gone past it.
     */
    z.object({
      kind: z.literal('unanswered'),
      failure: failureCode,
      isTriedAgain: z.boolean(),
    }),
    /** By the server, for good; it goes out again by a person's word alone. */
    z.object({ kind: z.literal('refused'), failure: failureCode }),
  ]),
})
export type PendingMutation = z.infer<typeof pendingMutation>

/** One that is owed no more: `replaced` by a newer one that says the same anew. */
const leftMutation = z.object({
  id: z.uuid(),
  name: z.string(),
  input: z.string(),
  how: z.enum(['applied', 'discarded', 'replaced']),
})
export type LeftMutation = z.infer<typeof leftMutation>

const mutationsChange = z.object({
  changed: z.array(pendingMutation),
  left: z.array(leftMutation),
})
export type MutationsChange = z.infer<typeof mutationsChange>

const names = Object.keys(mutations) as MutationName[]
/** What a page asks for: its id is the page's, and a UUID of version 7; of the account alone that made it. */
const mutationOrder = z.union(
  names.map((name) =>
    z.object({
      id: z.uuidv7(),
      accountId: z.string(),
      name: z.literal(name),
      input: mutations[name].input,
    }),
  ),
) as unknown as z.ZodType<MutationCall & { id: string; accountId: string }>

export const mutationRequests = {
  /**
   * Answers once it is durable here; the server has it later, or refuses it. The same id again is the same one.
   * @throws mutation.queue-full, mutation.too-large
   */
  'mutations.enqueue': accountRequest(mutationOrder, pendingMutation),
  /** Everything that is owed, in order. */
  'mutations.list': accountRequest(nothing, z.array(pendingMutation), { signedOut: [] }),
  /** One that was refused or not answered, once more, and behind what is owed of the same thing. */
  'mutations.retry': accountRequest(z.object({ id: z.uuid() }), nothing),
  /**
   * It is owed no more. `evenIfDone`: though it may be done at the server already; without that only one that was refused
   * or never sent. One that is being sent has to come to its end. @throws mutation.under-way
   */
  'mutations.discard': accountRequest(
    z.object({ id: z.uuid(), evenIfDone: z.literal(true).optional() }),
    nothing,
  ),
}

export const mutationEvents = {
  'mutations.changed': event(mutationsChange),
}
