import { expect, it } from 'vitest'
import { presentIn } from './presence.ts'

const ada = '0191c0de-0000-7000-8000-000000000001'
const ben = '0191c0de-0000-7000-8000-000000000002'

it('somebody at two computers is there once, and types where they type at one', () => {
  expect(
    presentIn({
      [ben]: [{ isTyping: false, phx_ref: '1' }],
      [ada]: [
        { isTyping: false, phx_ref: '2' },
        { isTyping: true, phx_ref: '3' },
      ],
    }),
  ).toEqual([
    { userId: ada, isTyping: true },
    { userId: ben, isTyping: false },
  ])
})

it('what says nothing of the form is nobody, or does not type', () => {
  expect(presentIn({ admin: [{ isTyping: true }], [ada]: [], [ben]: ['x'] })).toEqual([])
  expect(presentIn({ [ada]: [{ isTyping: 'yes' }] })).toEqual([{ userId: ada, isTyping: false }])
})
