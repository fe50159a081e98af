import { expect, test } from 'vitest'
import { Failure } from '../domain/failure.ts'
import { lineOf, recordOf } from './record.ts'
import { redactor } from './redact.ts'

const about = { time: '2026-11-30T10:00:00.000Z', level: 'warn', area: 'sync' } as const
const redact = redactor([])

test('what was thrown is told with its code, and with what caused it', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), {
    code: 'ECONNREFUSED',
  })
  const record = recordOf(
    about,
    'A pass failed',
    new Failure('server.unavailable', 'No answer.', { cause }),
  )
  expect(record).toMatchObject({
    ...about,
    code: 'server.unavailable',
    message: 'A pass failed: No answer.',
  })
  expect(record.stack).toContain('Caused by: ECONNREFUSED: connect ECONNREFUSED')
  expect(record.stack).toContain('record.test.ts')
})

test('a chain of causes ends, and what is no error is not written out', () => {
  const round = new Error('round')
  round.cause = round
  expect(recordOf(about, 'Odd', round).stack?.match(/Caused by/g)).toHaveLength(5)
  expect(recordOf(about, 'Odd', { text: 'my plan' }).message).toBe('Odd: object')
  expect(recordOf(about, 'Odd', { message: 'said so' }).message).toBe('Odd: said so')
})

test('a line is one line, redacted in every part, and bounded', () => {
  const error = new Error(`for ada@atelier.example\n${'x '.repeat(20_000)}`)
  error.stack = `Error\n    at f (/home/ada/x.js:1:2)`
  const line = lineOf(recordOf(about, 'Sent', error), redact)
  expect(line).not.toContain('\n')
  expect(line).not.toContain('ada')
  expect(line.length).toBeLessThan(2_400)
  expect(JSON.parse(line)).toMatchObject({ ...about, stack: '    at f (<path>:1:2)' })
})
