import { afterEach, expect, test, vi } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import type { LogRecord } from '../../../src/log/record.ts'
import { setLogSink } from '../../log/log.ts'
import { Events, toPage } from './events.ts'

afterEach(() => setLogSink(() => {}))
const heard = (): LogRecord[] => {
  const records: LogRecord[] = []
  setLogSink((record) => records.push(record))
  return records
}

test('everybody who listens hears, in the order they came, and who comes later only what comes later', () => {
  const events = new Events()
  const told: string[] = []
  events.listen((name) => told.push(`first ${name}`))
  events.emit('app.leaving', undefined)
  events.listen((name) => told.push(`second ${name}`))
  events.emit('desktop.commanded', undefined)
  expect(told).toEqual(['first app.leaving', 'first desktop.commanded', 'second desktop.commanded'])
})

test('a failure that a person is told has its code, and the log has the cause', () => {
  const records = heard()
  const events = new Events()
  const told = vi.fn()
  events.listen(told)
  const cause = new Error('EIO at the disk')
  events.tellFailure(new Failure('disk.unreadable', 'The cache could not be read.', { cause }))
  expect(told).toHaveBeenCalledExactlyOnceWith('app.failure', {
    code: 'disk.unreadable',
    message: 'The cache could not be read.',
  })
  expect(records[0]).toMatchObject({ level: 'warn', area: 'app', code: 'disk.unreadable' })
  expect(records[0]?.stack).toContain('EIO at the disk')
})

test('a failure that is told again with every word of progress is written down once', () => {
  const records = heard()
  const events = new Events()
  const failed = { failure: 'network.offline' } as never
  events.emit('sync.changed', failed)
  events.emit('sync.changed', failed)
  events.emit('sync.changed', { failure: null } as never)
  events.emit('sync.changed', failed)
  expect(records.map(({ code }) => code)).toEqual(['network.offline', 'network.offline'])
})

test('a page that is gone is told nothing', () => {
  const send = vi.fn()
  const window = { isDestroyed: () => false, webContents: { send } }
  toPage(() => window as never)('app.leaving', undefined)
  toPage(() => null)('app.leaving', undefined)
  toPage(() => ({ ...window, isDestroyed: () => true }) as never)('app.leaving', undefined)
  expect(send).toHaveBeenCalledExactlyOnceWith('atelier:event', 'app.leaving', undefined)
})
