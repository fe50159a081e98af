import { expect, test } from 'vitest'
import { httpVersionOf } from './http-version.ts'

const chromium = { httpVersion: '1.1' }

test('an answer over HTTP/2 has no reason phrase and lower-case names, whatever its first line says', () => {
  const head = { statusMessage: '', rawHeaders: ['content-type', 'Text/HTML', 'date', 'Mon'] }
  expect(httpVersionOf({ ...chromium, ...head })).toBe('2')
})

test('a reason phrase, or a capital in a name, is of HTTP/1.1', () => {
  const names = ['content-type', 'text/html']
  expect(httpVersionOf({ ...chromium, statusMessage: 'OK', rawHeaders: names })).toBe('1.1')
  expect(
    httpVersionOf({ ...chromium, statusMessage: '', rawHeaders: ['Content-Type', 'text/html'] }),
  ).toBe('1.1')
})

test('without anything to tell by it is the version that takes less', () => {
  expect(httpVersionOf({ ...chromium, statusMessage: '', rawHeaders: [] })).toBe('1.1')
})

test('who says another version is believed', () => {
  expect(httpVersionOf({ httpVersion: '2.0', statusMessage: 'OK', rawHeaders: [] })).toBe('2')
})
