import { describe, expect, it } from 'vitest'
import type { PendingFile } from '../contract/sync.ts'
import { mergePending, PendingTransfers } from './pending-transfers.ts'

const file = (path: string, direction: 'up' | 'down'): [string, PendingFile] => [
  path,
  { artifactId: 'a', title: null, path, direction },
]
const none = new Set<string>()

describe('what waits', () => {
  it('is what is neither done nor moving, in its order', () => {
    const list = new PendingTransfers()
    list.replace([file('a', 'up'), file('b', 'down'), file('c', 'up'), file('d', 'down')])
    expect(list.pending(none)).toMatchObject({ up: 2, down: 2 })
    list.done('a')
    list.done('a')
    list.done('unknown')
    const { up, down, files } = list.pending(new Set(['d', 'unknown']))
    expect({ up, down }).toEqual({ up: 1, down: 1 })
    expect(files.map(({ path }) => path)).toEqual(['b', 'c'])
    list.replace([])
    expect(list.pending(none)).toEqual({ up: 0, down: 0, files: [] })
  })
  it('counts those that nobody named, until they are done', () => {
    const list = new PendingTransfers()
    list.replace([file('a', 'up')], 2)
    expect(list.pending(none)).toMatchObject({ up: 3, down: 0 })
    list.done('a')
    list.done('unnamed')
    expect(list.pending(none)).toEqual({ up: 1, down: 0, files: [] })
    list.replace([])
    expect(list.pending(none)).toMatchObject({ up: 0, down: 0 })
  })
  it('counts all and names a hundred', () => {
    const list = new PendingTransfers()
    list.replace(Array.from({ length: 250 }, (_, n) => file(`f${n}`, n < 70 ? 'up' : 'down')))
    const pending = list.pending(new Set(['f0']))
    expect(pending).toMatchObject({ up: 69, down: 180 })
    expect(pending.files).toHaveLength(100)
    expect(pending.files[0]?.path).toBe('f1')
    const both = mergePending(pending, pending)
    expect(both).toMatchObject({ up: 138, down: 360 })
    expect(both.files).toHaveLength(100)
  })
})
