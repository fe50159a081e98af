import { expect, it } from 'vitest'
import { sandboxOf } from './sandbox.ts'

it('is told with what to do about it', () => {
  const off = { isSwitchedOff: true, isRoot: false, isAppImage: false }
  expect(sandboxOf({ ...off, isSwitchedOff: false, isRoot: true })).toBe('on')
  expect(sandboxOf(off)).toBe('off')
  expect(sandboxOf({ ...off, isAppImage: true })).toBe('offForAppImage')
  expect(sandboxOf({ ...off, isAppImage: true, isRoot: true })).toBe('offForRoot')
})
