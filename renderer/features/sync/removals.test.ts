import { expect, test } from 'vitest'
import { decisionsUndone, decisionText, type Removal, removerText } from './removals.ts'

const [ada, ben] = ['ada', 'ben']
const now = Date.parse('2026-03-31T12:00:00Z')
const id = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`
const removedBy = (digit: number, personId: string | null, change: Partial<Removal> = {}) => ({
  fileId: id(digit),
  isBack: false,
  at: '2026-03-31T09:00:00Z',
  personId,
  name: personId === ben ? 'Ben Okafor' : personId === ada ? 'Ada Moreau' : null,
  ...change,
})
const both = { direction: 'both' } as const
const told = (
  files: (number | null)[],
  removals?: Removal[],
  link: Parameters<typeof decisionsUndone>[0] = both,
) => {
  const entries = files.map((digit) => ({ fileId: digit === null ? null : id(digit) }))
  return decisionsUndone(link, entries, removals, ada).map((each) =>
    decisionText(each, files.length, now),
  )
}

test('what somebody else removed is theirs, by name and time; what gave way here is nobody’s', () => {
  expect(told([1], [removedBy(1, ben)])).toEqual([
    'Ben Okafor removed it, 3 hours ago. Restoring undoes that for everybody.',
  ])
  const newer = removedBy(2, ben, { at: '2026-03-31T11:00:00Z' })
  expect(told([1, 2, null], [removedBy(1, ben), newer])).toEqual([
    'Ben Okafor removed 2 files of these, 1 hour ago. Restoring undoes that for everybody.',
  ])
  expect(told([null], [])).toEqual([])
})

test('one’s own is one’s own to undo, and what is there again is undone already', () => {
  expect(told([1], [removedBy(1, ada)])).toEqual([])
  expect(told([1], [removedBy(1, ben, { isBack: true })])).toEqual([])
  expect(told([1], [removedBy(1, ben)], { direction: 'down' })).toEqual([])
})

test('of whom nobody knows it is said that nobody knows', () => {
  for (const removals of [undefined, [], [removedBy(1, null)]])
    expect(told([1], removals)).toEqual([
      'Somebody removed it at the server; who did is not known here now. Restoring undoes that for everybody.',
    ])
  expect(told([1, 2], [removedBy(1, ben)])).toHaveLength(2)
})

test('a row says who', () => {
  const of = (removals?: Removal[]) => removerText({ fileId: id(1) }, removals, ada)
  expect(of([removedBy(1, ben)])).toBe(' by Ben Okafor')
  expect(of([removedBy(1, ada)])).toBe(' by you')
  expect(of(undefined)).toBe('')
})
