import type { HandlersOf } from '../../../src/contract/table.ts'
import type { Cache } from '../store/client.ts'

/** What the page keeps of answers, in the partition of the account that is open. */
export const recordHandlers = (
  cache: Pick<Cache, 'readRecord' | 'writeRecord'>,
): HandlersOf<'records'> => ({
  'records.read': async ({ key }) => cache.readRecord(key),
  'records.write': async ({ key, value }) => cache.writeRecord(key, value),
})
