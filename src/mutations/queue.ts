import { Failure, type FailureCode } from '../domain/failure.ts'

/** One that this computer owes the server. */
export type QueuedMutation = {
  id: string
  name: string
  /** As JSON. */
  input: string
  thing: string
  replaces: string | null
  /** Ascending in the order in which they go out. */
  sequence: number
  queuedAt: string
  /** Sendings that began: from the first on it may be applied there, whatever was heard. */
  attempts: number
  /** Why the server refused it; null: it waits. */
  refused: FailureCode | null
}
export type NewMutation = Pick<QueuedMutation, 'id' | 'name' | 'input' | 'thing' | 'replaces'>

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

/** The first of each thing that nothing holds up. */
export const nextToSend = (
  queue: readonly QueuedMutation[],
  isHeldUp: (thing: string) => boolean,
  atMost: number,
): QueuedMutation[] => {
  const things = new Set<string>()
  const next: QueuedMutation[] = []
  for (const mutation of queue) {
    if (next.length >= atMost) break
    if (mutation.refused !== null || things.has(mutation.thing)) continue
    things.add(mutation.thing)
    if (!isHeldUp(mutation.thing)) next.push(mutation)
  }
  return next
}

/** What the same mutation asked once more would come to again. */
const refusals: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'server.denied',
  'server.not-found',
  'server.conflict',
  'server.gone',
  'server.refused-input',
  'billing.no-tokens',
  'file.too-large',
  'file.type-refused',
  'file.name-refused',
  'sync.file-refused',
])
/** Everything else is trouble on the way: it is sent again until there is an answer. */
export const isRefusal = (code: FailureCode): boolean => refusals.has(code)

/** Whether a person can take it back: nothing of it can be at the server. */
export const canDiscard = ({ refused, attempts }: QueuedMutation): boolean =>
  refused !== null || attempts === 0

/** The server remembers what it did for longer than this, and does nothing of an id older than it. */
const idLifetimeMs = 150 * 86_400_000
/** Whether it can go out under its own id again. Late enough, it can under a new one alone, by its person's word. */
export const hasLivingId = ({ queuedAt }: QueuedMutation, now: number): boolean =>
  now - Date.parse(queuedAt) < idLifetimeMs
