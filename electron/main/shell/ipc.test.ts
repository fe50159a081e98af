import { ipcMain } from 'electron'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import type { LogRecord } from '../../../src/log/record.ts'
import { setLogSink } from '../../log/log.ts'
import { type Handlers, serveRequests } from './ipc.ts'

vi.mock('electron', () => ({ ipcMain: { handle: vi.fn() } }))

const origin = 'https://app.example'
const own = { senderFrame: { parent: null, origin } }
let records: LogRecord[] = []
beforeEach(() => {
  records = []
  setLogSink((record) => records.push(record))
})
afterEach(() => setLogSink(() => {}))

const serve = (handlers: Partial<Record<keyof Handlers, unknown>>) => {
  serveRequests(handlers as Handlers, origin)
  const [, ask] = vi.mocked(ipcMain.handle).mock.lastCall ?? []
  return ask as unknown as (event: unknown, channel: unknown, argument?: unknown) => unknown
}

test('a request of a stranger is refused, and is in the log once', async () => {
  const ask = serve({})
  const stranger = { senderFrame: { parent: null, origin: 'https://other.example' } }
  for (const event of [stranger, stranger, { senderFrame: null }])
    expect(await ask(event, 'app.info')).toMatchObject({ ok: false, code: 'ipc.wrong-sender' })
  expect(records.map(({ level, code }) => [level, code])).toEqual([['warn', 'ipc.wrong-sender']])
})

test('so is one that nothing answers', async () => {
  expect(await serve({})(own, 'toString')).toMatchObject({ code: 'ipc.unknown-channel' })
  expect(records).toMatchObject([{ area: 'request', code: 'ipc.unknown-channel' }])
})

test('of an argument that is not of its form the log says what is wrong with it', async () => {
  const answer = await serve({})(own, 'app.setLanguage', { choice: 'nobody speaks it' })
  expect(answer).toMatchObject({ ok: false, code: 'ipc.bad-arguments' })
  expect(records).toMatchObject([{ level: 'warn', code: 'ipc.bad-arguments' }])
  expect(records[0]?.message).toContain('app.setLanguage')
  expect(records[0]?.stack).toContain('choice')
  expect(JSON.stringify(records)).not.toContain('nobody speaks it')
})

test('what a request failed with is answered by its code, and the log has the cause', async () => {
  const cause = new Error('EIO at the disk')
  const ask = serve({
    'app.setLanguage': async () => {
      throw new Failure('disk.unreadable', 'No settings.', { cause })
    },
  })
  expect(await ask(own, 'app.setLanguage', { choice: 'de' })).toMatchObject({
    ok: false,
    code: 'disk.unreadable',
  })
  expect(records).toMatchObject([{ level: 'warn', code: 'disk.unreadable' }])
  expect(records[0]?.stack).toContain('EIO at the disk')
})
