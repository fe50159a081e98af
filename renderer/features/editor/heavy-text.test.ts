import { expect, it } from 'vitest'
import { isHeavy } from './heavy-text.ts'

it('a text is heavy by its length or by one of its lines', () => {
  const line = 'x'.repeat(20_000)
  expect(isHeavy('')).toBe(false)
  expect(isHeavy(`${line}\n`.repeat(20))).toBe(false)
  expect(isHeavy(`${line}\r`.repeat(20))).toBe(false)
  expect(isHeavy(`a\r${line}x\rb`)).toBe(true)
  expect(isHeavy(`a\n${line}x\nb`)).toBe(true)
  expect(isHeavy(`${line}x`)).toBe(true)
  expect(isHeavy('ab\n'.repeat(400_000))).toBe(true)
})
