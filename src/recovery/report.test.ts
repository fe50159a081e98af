import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactor } from '../log/redact.ts'
import { failuresIn, isOfSync, type ReportFacts, reportText } from './report.ts'

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
      area: 'request',
      code: 'server.unavailable',
      message: 'sync.run: no',
      count: 2,
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
    failures: failuresIn([line('warn', 'sync.run: no', undefined, 'server.unavailable')]),
    syncFailures: failuresIn([line('warn', 'folders.link: no', undefined, 'disk.full')]),
  }
  const text = reportText(facts, as)
  expect(text).toContain('\n  accounts: at least 12.3 MB\n')
  expect(text).toContain('\n  2026-11-29 09:00:00 pending/1.dmp 2 kB\n')
  expect(text).toContain('\n  2026-11-30 10:00:00 request server.unavailable: sync.run: no\n')
  expect(text).toContain('\n  2026-11-30 10:00:00 request disk.full: folders.link: no\n')
  expect(text).toContain(`\n  ${facts.lines[0]}\n`)
  const empty = { ...facts, dumps: [], lines: [], failures: [], syncFailures: [] }
  expect(reportText(empty, as).match(/\n {2}none\n/g)).toHaveLength(4)
})

test('of a whole log the newest lines are there, and nothing that nobody may see', () => {
  const lines = Array.from({ length: 200 }, (_, index) =>
    JSON.stringify({
      time: '2026-11-30T10:00:00.000Z',
      level: 'warn',
      area: 'sync',
      code: 'ECONNRESET',
      message: `pass ${index} of ada@atelier.example ended: read ECONNRESET`,
      stack: `    at run (<app>/out/main/index.js:${index}:2)\n    at later (<app>/out/main/index.js:1:2)`,
    }),
  )
  const text = reportText(
    {
      made: '2026-11-30T10:00:00.000Z',
      versions: {},
      system: {},
      state: {},
      stores: [],
      dumps: [],
      lines,
      failures: failuresIn(lines),
      syncFailures: [],
    },
    redactor([]),
  )
  for (const index of [0, 100, 199]) {
    expect(text).toContain(`"message":"pass ${index} of <e-mail> ended: read ECONNRESET"`)
    expect(text).toContain(`index.js:${index}:2`)
  }
  expect(text).not.toContain('ada@')
})

test('what failed of sync is there however much was said since by others', () => {
  const ofSync = {
    ...JSON.parse(line('warn', 'A pass ended', undefined, 'disk.full')),
    area: 'sync',
  }
  const others = Array.from({ length: 1_000 }, (_, index) => line('warn', `app.info: ${index}`))
  const lines = [line('warn', 'folders.link: no'), JSON.stringify(ofSync), ...others]
  expect(failuresIn(lines, isOfSync).map(({ message }) => message)).toEqual([
    'folders.link: no',
    'A pass ended',
  ])
})

/** What nobody may read, as it stands in a text, and what must not be found of it. */
const letters = (count: number) =>
  fc.string({
    unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'),
    minLength: count,
    maxLength: count,
  })
const secret = fc.oneof(
  fc.tuple(letters(20), letters(30), letters(43)).map(([head, body, end]) => {
    const hidden = `eyJ${head}.eyJ${body}.${end}`
    return { written: hidden, hidden }
  }),
  letters(24).map((hidden) => ({ written: `refresh_token=${hidden}`, hidden })),
  letters(24).map((hidden) => ({ written: `https://x.supabase.co/a?token=${hidden}`, hidden })),
  letters(16).map((hidden) => ({ written: `${hidden}@atelier.example`, hidden })),
  letters(16).map((hidden) => ({ written: `open '/home/ada/${hidden}.md'`, hidden })),
  letters(24).map((hidden) => ({ written: `sb_secret_${hidden}`, hidden })),
)
const iso = '2026-11-30T10:00:00.000Z'
/** A report with a text in one of its fields, whichever there is. */
const places: Record<string, (text: string) => Partial<ReportFacts>> = {
  versions: (text) => ({ versions: { Atelier: text } }),
  'a name in versions': (text) => ({ versions: { [text]: '1' } }),
  system: (text) => ({ system: { session: text } }),
  state: (text) => ({ state: { backend: text } }),
  'a name in state': (text) => ({ state: { [text]: 'on' } }),
  stores: (text) => ({ stores: [{ name: text, bytes: 1, isWhole: true }] }),
  dumps: (text) => ({ dumps: [{ path: text, bytes: 1, time: 0 }] }),
  lines: (text) => ({ lines: [line('warn', text)] }),
  'a line that is none': (text) => ({ lines: [text] }),
  failures: (text) => ({ failures: failuresIn([line('warn', text)]) }),
  'a code': (text) => ({
    failures: [{ area: 'sync', code: text, message: 'no', count: 1, last: iso }],
  }),
  syncFailures: (text) => ({ syncFailures: failuresIn([line('warn', `sync.run: ${text}`)]) }),
}

test('nothing that nobody may see is in a report, whichever part of it had it', () => {
  const empty: ReportFacts = {
    made: iso,
    versions: {},
    system: {},
    state: {},
    stores: [],
    dumps: [],
    lines: [],
    failures: [],
    syncFailures: [],
  }
  const redact = redactor([{ path: '/home/ada/.config/Atelier', name: '<data>' }])
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(places)),
      secret,
      fc.constantFrom('', 'ended: ', 'failed at '),
      (place, { written, hidden }, before) => {
        const facts = { ...empty, ...places[place]?.(`${before}${written}`) }
        // It is there to be taken out.
        expect(reportText(facts, as)).toContain(hidden)
        expect(reportText(facts, redact), place).not.toContain(hidden)
      },
    ),
    { numRuns: 600 },
  )
})
