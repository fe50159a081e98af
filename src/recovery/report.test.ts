import { expect, test } from 'vitest'
import { failuresIn, reportText } from './report.ts'

const line = (level: string, message: string, time = '2026-11-30T10:00:00.000Z', code?: string) =>
  JSON.stringify({ time, level, area: 'request', message, ...(code ? { code } : {}) })

test('a failure is listed once, with how often and when last', () => {
  const lines = [
    line('warn', 'sync.run: no', '2026-11-30T10:00:00.000Z', 'server.unavailable'),
    line('error', 'app.info: broke', '2026-11-30T10:01:00.000Z'),
    line('info', 'a fact'),
    'no line of ours',
    line('warn', 'sync.run: no', '2026-11-30T10:02:00.000Z', 'server.unavailable'),
  ]
  expect(failuresIn(lines)).toEqual([
    expect.objectContaining({ message: 'app.info: broke', count: 1 }),
    {
      ...{ area: 'request', code: 'server.unavailable', message: 'sync.run: no', count: 2 },
      last: '2026-11-30T10:02:00.000Z',
    },
  ])
  expect(
    failuresIn(Array.from({ length: 60 }, (_, index) => line('warn', `${index}`))),
  ).toHaveLength(15)
})

test('the report says all it has, and that there is nothing where there is nothing', () => {
  const facts = {
    made: '2026-11-30T10:00:00.000Z',
    versions: { Atelier: '0.1.0' },
    system: { platform: 'linux' },
    state: { backend: 'this computer, ready' },
    stores: [{ name: 'accounts', bytes: 12_345_678, isWhole: false }],
    dumps: [{ path: 'pending/1.dmp', bytes: 2_000, time: Date.parse('2026-11-29T09:00:00Z') }],
    lines: [line('warn', 'sync.run: no', undefined, 'server.unavailable')],
  }
  const text = reportText(facts)
  expect(text).toContain('\n  accounts: at least 12.3 MB\n')
  expect(text).toContain('\n  2026-11-29 09:00:00 pending/1.dmp 2 kB\n')
  expect(text).toContain('\n  2026-11-30 10:00:00 request server.unavailable: sync.run: no\n')
  expect(text).toContain(`\n  ${facts.lines[0]}\n`)
  expect(reportText({ ...facts, dumps: [], lines: [] }).match(/\n {2}none\n/g)).toHaveLength(3)
})
