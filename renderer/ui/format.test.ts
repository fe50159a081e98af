import { i18n } from '@lingui/core'
import { afterEach, expect, test } from 'vitest'
import {
  compareNames,
  formatBytes,
  formatRelativeTime,
  inCapitals,
  withoutCapitals,
} from './format.ts'

afterEach(() => i18n.activate('en'))

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

test('names are in the order of the language that is spoken, whatever the system’s is', () => {
  const names = ['zebra', 'äpple', 'page 10', 'page 9']
  const sorted = (): string[] => names.toSorted(compareNames)
  expect(sorted()).toEqual(['äpple', 'page 9', 'page 10', 'zebra'])
  i18n.activate('en', 'sv')
  expect(sorted()).toEqual(['page 9', 'page 10', 'zebra', 'äpple'])
})

test('so are capitals', () => {
  i18n.activate('en', 'tr')
  expect([inCapitals('i'), withoutCapitals('I')]).toEqual(['İ', 'ı'])
})
