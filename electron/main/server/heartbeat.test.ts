import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/log/record.ts'
import { setLogSink } from '../../log/log.ts'
import type { ApiClient } from './api-client.ts'
import { openHeartbeat } from './heartbeat.ts'

afterEach(() => setLogSink(() => {}))

test('a server that could not be asked for a sign of life is asked again, and the log says why', async () => {
  const records: LogRecord[] = []
  setLogSink((record) => records.push(record))
  const closing = new AbortController()
  let asked = 0
  const ping = vi.fn(async () => {
    asked += 1
    if (asked === 3) closing.abort()
    throw new Error('the keychain is closed')
  })
  const sleep = async (_milliseconds: number, signal: AbortSignal): Promise<void> => {
    await turn()
    signal.throwIfAborted()
  }
  openHeartbeat({
    server: {
      reachability: { missedSince: 1, silence: 0 },
      time: { sleep },
      ping,
    } as unknown as ApiClient,
    isWanted: () => true,
    isToldOtherwise: () => false,
    signal: closing.signal,
  })
  await vi.waitFor(() => expect(closing.signal.aborted).toBe(true))
  expect(ping).toHaveBeenCalledTimes(3)
  expect(records.map(({ message }) => message)).toEqual([
    'The server could not be asked for a sign of life: the keychain is closed',
  ])
})
