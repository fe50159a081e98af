import { expect, test } from 'vitest'
import { UploadChecksums } from './upload-checksums.ts'

const sent = (...keys: string[]): UploadChecksums => {
  const proofs = new UploadChecksums()
  for (const key of keys) proofs.sent(key, `md5 of ${key}`)
  return proofs
}
const areTold = (proofs: UploadChecksums): boolean => {
  proofs.sent('another', 'x')
  return proofs.of('another') === 'x'
}

test('what was sent is told until it is committed', () => {
  const proofs = sent('a', 'b')
  expect(proofs.of('a')).toBe('md5 of a')
  proofs.committed(['a'])
  expect([proofs.of('a'), proofs.of('b'), proofs.of('c')]).toEqual([null, 'md5 of b', null])
})

test('of bytes that were read at the server nothing has to be told', () => {
  const proofs = sent('a')
  proofs.foundWhole('a')
  expect(proofs.of('a')).toBeNull()
  expect(areTold(proofs)).toBe(true)
})

test('a server that refused right bytes alone means something else by its ETags: it is told no more', () => {
  const proofs = sent('a', 'b', 'c')
  proofs.refused(['a', 'b'])
  proofs.foundWhole('a')
  expect(areTold(proofs)).toBe(true)
  proofs.foundWhole('b')
  expect(areTold(proofs)).toBe(false)
  expect(proofs.of('c')).toBeNull()
})

test.each<[string, (proofs: UploadChecksums) => void]>([
  ['one of them was damaged', (proofs) => proofs.foundOther('b')],
  ['one of them was not there', (proofs) => proofs.sent('b', 'md5 of b')],
  ['one that came in parts was not there', (proofs) => proofs.sent('in parts', null)],
  ['one of them was committed after all', (proofs) => proofs.committed(['b'])],
])('what explains a refusal says nothing against ETags: %s', (_, explain) => {
  for (const isFirst of [true, false]) {
    const proofs = sent('a', 'b')
    proofs.refused(['a', 'b', 'in parts'])
    if (isFirst) explain(proofs)
    proofs.foundWhole('a')
    if (!isFirst) explain(proofs)
    proofs.foundWhole('b')
    expect(areTold(proofs)).toBe(true)
  }
})

test('those that nobody commits are few', () => {
  const proofs = new UploadChecksums()
  for (let at = 0; at <= 20_000; at += 1) proofs.sent(String(at), 'x')
  expect([proofs.of('0'), proofs.of('1'), proofs.of('20000')]).toEqual([null, 'x', 'x'])
})
