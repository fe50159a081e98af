import { expect, test } from 'vitest'
import { redactor } from '../log/redact.ts'
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

const as = (text: string): string => text

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
  const text = reportText(facts, as)
  expect(text).toContain('\n  accounts: at least 12.3 MB\n')
  expect(text).toContain('\n  2026-11-29 09:00:00 pending/1.dmp 2 kB\n')
  expect(text).toContain('\n  2026-11-30 10:00:00 request server.unavailable: sync.run: no\n')
  expect(text).toContain(`\n  ${facts.lines[0]}\n`)
  expect(reportText({ ...facts, dumps: [], lines: [] }, as).match(/\n {2}none\n/g)).toHaveLength(3)
})

test('of a whole log the newest lines are there, and nothing that nobody may see', () => {
  const lines = Array.from({ length: 200 }, (_, index) =>
    JSON.stringify({
      ...{ time: '2026-11-30T10:00:00.000Z', level: 'warn', area: 'sync', code: 'ECONNRESET' },
      message: `pass ${index} of ada@atelier.example ended: read ECONNRESET`,
      stack: `    at run (<app>/out/main/index.js:${index}:2)\n    at later (<app>/out/main/index.js:1:2)`,
    }),
  )
  const text = reportText(
    {
      ...{ made: '2026-11-30T10:00:00.000Z', versions: {}, system: {}, state: {} },
      ...{ stores: [], dumps: [], lines },
    },
    redactor([]),
  )
  for (const index of [0, 100, 199]) {
    expect(text).toContain(`"message":"pass ${index} of <e-mail> ended: read ECONNRESET"`)
    expect(text).toContain(`index.js:${index}:2`)
  }
  expect(text).not.toContain('ada@')
})
