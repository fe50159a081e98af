import { expect, test } from 'vitest'
import { UploadChecksums } from './upload-checksums.ts'

const sent = (...keys: string[]): UploadChecksums => {
  const checksums = new UploadChecksums()
  for (const key of keys) checksums.sent(key, `md5 of ${key}`)
  return checksums
}
const areTold = (checksums: UploadChecksums): boolean => {
  checksums.sent('another', 'x')
  return checksums.of('another') === 'x'
}

test('what was sent is told until it is committed', () => {
  const checksums = sent('a', 'b')
  expect(checksums.of('a')).toBe('md5 of a')
  checksums.committed(['a'])
  expect([checksums.of('a'), checksums.of('b'), checksums.of('c')]).toEqual([
    null,
    'md5 of b',
    null,
  ])
})

test('of bytes that were read at the server nothing has to be told', () => {
  const checksums = sent('a')
  checksums.foundWhole('a')
  expect(checksums.of('a')).toBeNull()
  expect(areTold(checksums)).toBe(true)
})

test('a server that refused right bytes alone means something else by its ETags: it is told no more', () => {
  const checksums = sent('a', 'b', 'c')
  checksums.refused(['a', 'b'])
  checksums.foundWhole('a')
  expect(areTold(checksums)).toBe(true)
  checksums.foundWhole('b')
  expect(areTold(checksums)).toBe(false)
  expect(checksums.of('c')).toBeNull()
})

test.each<[string, (checksums: UploadChecksums) => void]>([
  ['one of them was damaged', (checksums) => checksums.foundOther('b')],
  ['one of them was not there', (checksums) => checksums.sent('b', 'md5 of b')],
  ['one that came in parts was not there', (checksums) => checksums.sent('in parts', null)],
  ['one of them was committed after all', (checksums) => checksums.committed(['b'])],
])('what explains a refusal says nothing against ETags: %s', (_, explain) => {
  for (const isFirst of [true, false]) {
    const checksums = sent('a', 'b')
    checksums.refused(['a', 'b', 'in parts'])
    if (isFirst) explain(checksums)
    checksums.foundWhole('a')
    if (!isFirst) explain(checksums)
    checksums.foundWhole('b')
    expect(areTold(checksums)).toBe(true)
  }
})

test('those that nobody commits are few', () => {
  const checksums = new UploadChecksums()
  for (let at = 0; at <= 20_000; at += 1) checksums.sent(String(at), 'x')
  expect([checksums.of('0'), checksums.of('1'), checksums.of('20000')]).toEqual([null, 'x', 'x'])
})
