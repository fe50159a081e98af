import { expect, it } from 'vitest'
import { exitCodeFor, reasonOf } from './copy-exit.ts'

it('a copy for which there is no room says so by how its process ends', () => {
  expect(reasonOf(exitCodeFor('disk.full'))).toBe('disk.full')
  expect(reasonOf(exitCodeFor('internal'))).toBe('update.no-copy')
  // Whoever was killed, too, left none.
  for (const code of [0, 1, 15]) expect(reasonOf(code)).toBe('update.no-copy')
  expect(exitCodeFor('internal')).not.toBe(0)
})
