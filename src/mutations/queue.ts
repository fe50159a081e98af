import { Failure, type FailureCode } from '../domain/failure.ts'

/** One that this computer owes the server. */
export type QueuedMutation = {
  id: string
  name: string
  /** As JSON. */
  input: string
  thing: string
  replaces: string | null
  /** Whose files it changes: it keeps its order with edits of them. Null: no files. */
  artifactId: string | null
  /** As JSON: revisions that one's own edits made since it was queued. */
  sinceRevisions: string
  /** Ascending in the order in which they go out. */
  sequence: number
  queuedAt: string
  /** Sendings that began: from the first on it may be applied there, whatever was heard. */
  attempts: number
  /** Why it is blocked; null: it waits. */
  refused: FailureCode | null
  /** 1: it is blocked without the server's word, and may be done. */
  unanswered: number
  /** 1: nothing of its thing went past it since, so it is tried again by itself. */
  triesItself: number
}
export type NewMutation = Pick<
  QueuedMutation,
  'id' | 'name' | 'input' | 'thing' | 'replaces' | 'artifactId'
>

export const maxQueued = 1_000
export const maxInputBytes = 1_200_000
export const maxQueuedBytes = 64_000_000

/**
 * Those that give way to a new one: it says the same anew, and none of them was ever sent, or the server refused them.
 * Only where nothing of the thing was queued between, which may count on them.
 */
export const replacedBy = (
  queue: readonly QueuedMutation[],
  { replaces, thing }: Pick<NewMutation, 'replaces' | 'thing'>,
): string[] => {
  if (replaces === null) return []
  const sameThing = queue.filter((one) => one.thing === thing)
  const refused = sameThing.filter((one) => one.refused !== null && one.replaces === replaces)
  const last = sameThing.findLast((one) => one.refused === null)
  const isUnsent = last !== undefined && last.replaces === replaces && last.attempts === 0
  return [...refused, ...(isUnsent ? [last] : [])].map(({ id }) => id)
}

/** @throws mutation.queue-full, mutation.too-large */
export const checkRoom = (queue: { count: number; bytes: number }, bytes: number): void => {
  if (bytes > maxInputBytes)
    throw new Failure('mutation.too-large', 'A change is larger than one may be.')
  if (queue.count >= maxQueued || queue.bytes + bytes > maxQueuedBytes)
    throw new Failure('mutation.queue-full', 'Too many changes wait for the server.')
}

/** What the same mutation asked once more would come to again. */
const refusals: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'server.denied',
  'server.not-found',
  'server.conflict',
  'server.gone',
  'mutation.too-old',
  'server.refused-input',
  'billing.no-tokens',
  'file.too-large',
  'file.type-refused',
  'file.name-refused',
  'sync.file-refused',
])
/** Everything else is trouble on the way: it is sent again until there is an answer. */
export const isRefusal = (code: FailureCode): boolean => refusals.has(code)

/** Answers that are no final word, though somebody gave them. */
const answersOfNobody: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'server.unavailable',
  'server.unexpected-answer',
  'server.older',
])
/** Whether it may be the trouble of this one change. Of a network, a limit or a token it never is. */
export const mayBeItsOwn = (code: FailureCode): boolean => answersOfNobody.has(code)

/** Milliseconds of such answers, while others pass, after which one is blocked. */
export const unansweredAfterMs = 3 * 60_000
/** Milliseconds, about, after which one that is blocked so is tried again. */
export const triesItselfAfterMs = 15 * 60_000

/** Whether nothing of it can be at the server. */
export const canDiscard = ({ refused, attempts, unanswered }: QueuedMutation): boolean =>
  (refused !== null && unanswered === 0) || attempts === 0

/** The server remembers what it did for longer than this, and does nothing of an id older than it. */
const idLifetimeMs = 150 * 86_400_000
/** Whether it can go out under its own id again. Late enough, it can under a new one alone, by its person's word. */
export const hasLivingId = ({ id }: Pick<QueuedMutation, 'id'>, serverNow: number): boolean => {
  // A UUID of version 7 begins with its time.
  const madeAt = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
  return serverNow - madeAt < idLifetimeMs
}
