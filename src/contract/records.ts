import { z } from 'zod'
import { accountRequest, nothing } from './ipc.ts'

export const recordRequests = {
  /** Persisted query results (JSON), so that every view once seen opens offline. Partitioned by account and server. */
  'records.read': accountRequest(
    z.object({ key: z.string().max(512) }),
    z.object({ value: z.string(), savedAt: z.string() }).nullable(),
    { signedOut: null },
  ),
  'records.write': accountRequest(
    z.object({
      /** Whose answers they are: another account's by now keeps nothing of them. */
      accountId: z.string(),
      key: z.string().max(512),
      value: z.string().max(4_000_000),
    }),
    nothing,
    { signedOut: undefined },
  ),
}
