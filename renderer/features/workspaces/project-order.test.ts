import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder, movedTo } from './project-order.ts'

const places = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
const ids = (list: readonly { id: string }[]): string => list.map(({ id }) => id).join('')

describe('the order that a person wants', () => {
  it('comes first, and what it does not name follows as it came', () => {
    expect(ids(inOrder(places, []))).toBe('abcd')
    expect(ids(inOrder(places, ['c', 'a']))).toBe('cabd')
    expect(ids(inOrder(places, ['gone', 'd']))).toBe('dabc')
  })
  it('of one moved is where the other stood', () => {
    expect(movedTo(['a', 'b', 'c', 'd'], 'a', 'c').join('')).toBe('bcad')
    expect(movedTo(['a', 'b', 'c', 'd'], 'd', 'b').join('')).toBe('adbc')
    expect(movedTo(['a', 'b'], 'a', 'a').join('')).toBe('ab')
    expect(movedTo(['a', 'b'], 'a', 'gone').join('')).toBe('ab')
  })
  it('loses nobody, has nobody twice, and puts the moved one where the target was', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        fc.nat(),
        (all, one, other) => {
          const moved = all[one % all.length]!
          const target = all[other % all.length]!
          const after = movedTo(all, moved, target)
          expect(after.toSorted()).toEqual(all.toSorted())
          expect(after.indexOf(moved)).toBe(all.indexOf(target))
          const others = (list: string[]) => list.filter((id) => id !== moved)
          expect(others(after)).toEqual(others(all))
        },
      ),
    ))
})
