import { expect, test } from 'vitest'
import { formatBytes, formatRelativeTime } from './format.ts'

test('bytes step at a thousand and keep one digit below a hundred', () => {
  expect(formatBytes(0)).toMatch(/^0/)
  expect(formatBytes(999)).toMatch(/^999 byte/)
  expect(formatBytes(1000)).toBe('1 kB')
  expect(formatBytes(3_140_000)).toBe('3.1 MB')
  expect(formatBytes(214_400_000)).toBe('214 MB')
  expect(formatBytes(5e15)).toMatch(/5,?000 TB/)
})

test('relative time picks the largest whole span', () => {
  const now = Date.parse('2026-06-15T12:00:00Z')
  expect(formatRelativeTime('2026-06-15T11:59:40Z', now)).toBe('just now')
  expect(formatRelativeTime('2026-06-15T11:57:00Z', now)).toBe('3 minutes ago')
  expect(formatRelativeTime('2026-06-14T11:00:00Z', now)).toBe('yesterday')
  expect(formatRelativeTime('not a time', now)).toBe('')
})
