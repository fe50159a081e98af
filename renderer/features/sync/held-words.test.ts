import { expect, it } from 'vitest'
import { heldWords } from './held-words.ts'

it.each([
  [
    { count: 158, here: 158 },
    '158 files were deleted in this folder. Should they be deleted everywhere?',
    '',
    'Delete them everywhere',
  ],
  [
    { count: 1, here: 1 },
    'One file was deleted in this folder. Should it be deleted everywhere?',
    '',
    'Delete it everywhere',
  ],
  [
    { count: 9, here: 0 },
    '9 files are at the server no more, and it does not say who removed them. Should they be deleted in this folder too?',
    'Bringing them back sends them to the server again, for everybody.',
    'Delete them here',
  ],
  [
    { count: 9, here: 7 },
    '7 of 9 files were deleted in this folder; 2 files are at the server no more, and it does not say who removed them. Should all of them be deleted everywhere?',
    'What is missing at the server goes there again, for everybody, if you bring it back.',
    'Delete them everywhere',
  ],
])(
  'says where deletions come from and what undoing them does: %j',
  (held, question, bringingBack, remove) => {
    expect(heldWords(held)).toEqual({ question, bringingBack, remove })
  },
)
