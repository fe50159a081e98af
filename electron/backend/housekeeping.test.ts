import type { SupabaseClient } from '@supabase/supabase-js'
import type { Sql } from 'postgres'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../src/log/record.ts'
import { setLogSink } from '../log/log.ts'
import { firstJobsMs, keepHouse } from './housekeeping.ts'

vi.mock('./storage/remove-unreferenced.ts', () => ({
  removeUnreferenced: async () => {
    throw new Error('the storage is closed')
  },
}))
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout'] }))
afterEach(() => {
  setLogSink(() => {})
  vi.useRealTimers()
})

test('what the database does by itself is in the log where it fails, once', async () => {
  const records: LogRecord[] = []
  setLogSink((record) => records.push(record))
  const sql = vi.fn(async () => {
    throw new Error('no such procedure')
  })
  const end = keepHouse(sql as unknown as Sql, {} as SupabaseClient)
  await vi.advanceTimersByTimeAsync(20 * firstJobsMs)
  end()
  expect(sql.mock.calls.length).toBeGreaterThan(2)
  expect(records.map(({ area, message }) => [area, message])).toEqual([
    ['backend', 'The database’s own jobs were not run: no such procedure'],
    ['backend', 'What nothing names any more was not removed: the storage is closed'],
  ])
})
