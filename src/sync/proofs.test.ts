import { expect, test } from 'vitest'
import { Proofs } from './proofs.ts'

test('what was sent is told until it is committed', () => {
  const proofs = new Proofs()
  proofs.sent('a', '1')
  proofs.sent('b', '2')
  expect(proofs.of('a')).toBe('1')
  proofs.committed('a')
  expect([proofs.of('a'), proofs.of('b'), proofs.of('c')]).toEqual([null, '2', null])
})

test('of bytes that were read at the server nothing has to be told', () => {
  const proofs = new Proofs()
  proofs.sent('a', '1')
  proofs.isWhole('a')
  expect(proofs.of('a')).toBeNull()
  proofs.sent('b', '2')
  expect(proofs.of('b')).toBe('2')
})

test('a server that refused right bytes means something else by its ETags: it is told no more', () => {
  const proofs = new Proofs()
  for (const key of ['a', 'b', 'c']) proofs.sent(key, key)
  proofs.refused(['a', 'b'])
  // Its bytes were wrong, and were sent again.
  proofs.sent('b', 'b')
  proofs.committed('b')
  expect(proofs.of('c')).toBe('c')
  proofs.isWhole('a')
  proofs.sent('d', 'd')
  expect(['a', 'b', 'c', 'd'].map((key) => proofs.of(key))).toEqual([null, null, null, null])
})

test('those that nobody commits are few', () => {
  const proofs = new Proofs()
  for (let at = 0; at <= 20_000; at += 1) proofs.sent(String(at), 'x')
  expect([proofs.of('0'), proofs.of('1'), proofs.of('20000')]).toEqual([null, 'x', 'x'])
})
