import { describe, expect, it } from 'vitest'
import { sidesOf } from './authorship.ts'

const now = Date.parse('2026-01-31T14:06:22Z')
const conflict = { originalId: 'file', device: 'desk 2.0', at: '2026-01-31 14.03.22' }
const ada = { personId: 'ada', name: 'Ada Moreau', at: '2026-01-31T14:03:22Z' }
const ben = { personId: 'ben', name: 'Ben Okoro', at: '2026-01-31T14:05:22Z' }
const authors = { original: ada, copy: ben }

describe('the two sides of a conflict', () => {
  it.each([
    [
      'whoever made the file',
      'ada',
      'You',
      'Ben Okoro',
      'Keep your version',
      'Keep Ben Okoro’s version',
    ],
    [
      'whoever made the copy',
      'ben',
      'Ada Moreau',
      'You',
      'Keep Ada Moreau’s version',
      'Keep your version',
    ],
    [
      'somebody else',
      'cleo',
      'Ada Moreau',
      'Ben Okoro',
      'Keep Ada Moreau’s version',
      'Keep Ben Okoro’s version',
    ],
  ])('are named by people for %s', (_whom, you, original, copy, keepOriginal, keepCopy) => {
    expect(sidesOf(conflict, authors, you, now)).toEqual({
      original: { heading: original, detail: '3 minutes ago', keep: keepOriginal },
      copy: { heading: copy, detail: 'on desk 2.0, 2026-01-31 14:03:22', keep: keepCopy },
    })
  })
  it.each([
    ['one person made both', { original: ada, copy: { ...ada, at: ben.at } }],
    ['nobody knows who made them', { original: null, copy: null }],
    ['two bear one name', { original: ada, copy: { ...ben, name: ada.name } }],
    [
      'one of them has no account any more',
      { original: ada, copy: { ...ben, personId: null, name: null } },
    ],
  ])('are named by their places where %s', (_why, known) => {
    const { original, copy } = sidesOf(conflict, known, 'cleo', now)
    expect([original.heading, copy.heading]).toEqual([
      'The file as it stands',
      'The copy from desk 2.0',
    ])
    expect([original.keep, copy.keep]).toEqual([
      'Keep the file as it stands',
      'Keep the copy from desk 2.0',
    ])
  })
  it('say so when there is one alone', () => {
    const { original, copy } = sidesOf({ ...conflict, originalId: null }, authors, 'ada', now)
    expect(original).toEqual({ heading: 'Deleted since', detail: '', keep: 'Let the copy go' })
    expect(copy.keep).toBe('Keep Ben Okoro’s version')
  })
})
