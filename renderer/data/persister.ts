import { notifyManager, type QueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { Failure } from '../../src/domain/failure.ts'
import { currentAccountId } from './account.ts'
import { desktop } from './desktop.ts'

/** Characters; what names more than that is kept under its digest. */
const maxKeyLetters = 400

/** What was read from this computer and no server has confirmed since, by the query's hash. */
const unconfirmed = new Set<string>()

export const isUnconfirmed = (queryHash: string): boolean => unconfirmed.has(queryHash)
export const forgetUnconfirmed = (queryHash: string): void => void unconfirmed.delete(queryHash)

const keyOf = async (queryHash: string): Promise<string> => {
  if (queryHash.length <= maxKeyLetters) return queryHash
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(queryHash))
  return `sha256 ${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

const envelope = z.object({ version: z.number().int(), data: z.unknown() })

type Kept<Value> = { value: Value; savedAt: number }

/** What this computer has of it; of another version or shape it is of no use, and no failure either. */
const read = async <Value>(
  queryHash: string,
  schema: z.ZodType<Value>,
  version: number,
): Promise<Kept<Value> | null> => {
  try {
    const record = await desktop.records.read({ key: await keyOf(queryHash) })
    if (!record) return null
    const kept = envelope.parse(JSON.parse(record.value))
    if (kept.version !== version) return null
    return { value: schema.parse(kept.data), savedAt: Date.parse(record.savedAt) }
  } catch {
    return null
  }
}

/** A service to later: that it fails must not cost the answer that is here. */
const write = async (
  accountId: string,
  queryHash: string,
  version: number,
  data: unknown,
): Promise<void> => {
  try {
    const value = JSON.stringify({ version, data })
    await desktop.records.write({ accountId, key: await keyOf(queryHash), value })
  } catch {
    // Too large, or a disk that is full: it is asked for again.
  }
}

/** What is done with the query itself. */
type PersistedQuery = {
  queryHash: string
  state: { data: unknown }
  setState(state: { dataUpdatedAt: number }): void
  fetch(): Promise<unknown>
}

type PersisterOptions<Value> = {
  /** Goes up where what is kept means something else in the same shape. */
  version?: number | undefined
  /** What of it is worth being kept. */
  keep?: (value: Value) => Value
}

/**
 * TanStack's `persister` of one query: its first answer is what this computer has, at once, with the time it is of; the
 * server's follows, and is kept in turn.
 */
export const persisterOf =
  <Value>(
    schema: z.ZodType<Value>,
    { version = 1, keep = (value) => value }: PersisterOptions<Value> = {},
  ) =>
  async <Context extends { client: QueryClient }>(
    ask: (context: Context) => Value | Promise<Value>,
    context: Context,
    query: PersistedQuery,
  ): Promise<Value> => {
    const { queryHash } = query
    const asker = currentAccountId()
    if (query.state.data === undefined) {
      const kept = await read(queryHash, schema, version)
      if (kept) {
        // After it has become the query's data, which had it be of now.
        notifyManager.schedule(() => {
          // Whoever it was for may have left meanwhile.
          if (context.client.getQueryCache().get(queryHash) !== (query as unknown)) return
          unconfirmed.add(queryHash)
          query.setState({ dataUpdatedAt: kept.savedAt })
          query.fetch().catch(() => {})
        })
        return kept.value
      }
    }
    // Looking took a moment: what one account wanted is not asked for another.
    if (currentAccountId() !== asker)
      throw new Failure('auth.signed-out', 'Another account is here now.')
    const value = await ask(context)
    unconfirmed.delete(queryHash)
    if (asker !== null) void write(asker, queryHash, version, keep(value))
    return value
  }
