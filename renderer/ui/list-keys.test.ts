import { expect, test } from 'vitest'
import { nextIndex } from './list-keys.ts'

const names = ['apple', 'apricot', 'banana', 'avocado']
const press = (key: string, active: number, typed = '') =>
  nextIndex(key, active, names.length, 2, typed, (index) => names[index] ?? '')

test('arrows, pages, Home and End stay inside the list', () => {
  expect(press('ArrowDown', 3)).toBe(3)
  expect(press('ArrowUp', 0)).toBe(0)
  expect(press('PageDown', 0)).toBe(2)
  expect(press('PageUp', 3)).toBe(1)
  expect(press('Home', 2)).toBe(0)
  expect(press('End', 0)).toBe(3)
  expect(press('Tab', 0)).toBeNull()
  expect(nextIndex('ArrowDown', 0, 0, 1, '', () => '')).toBeNull()
})

test('type-ahead: a repeated letter cycles, several letters narrow', () => {
  expect(press('a', 0, 'a')).toBe(1)
  expect(press('a', 1, 'aa')).toBe(3)
  expect(press('a', 3, 'a')).toBe(0)
  expect(press('p', 0, 'ap')).toBe(0)
  expect(press('v', 0, 'av')).toBe(3)
  expect(press('z', 0, 'z')).toBeNull()
})
