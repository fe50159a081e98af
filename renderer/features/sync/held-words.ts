import { plural, t } from '@lingui/core/macro'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { formatCount } from '../../ui/format.ts'

/**
 * Where deletions that wait come from, and what either answer does. What somebody removed at the server is not among
 * them: that was decided there.
 */
export const heldWords = ({
  count,
  here,
}: Pick<NonNullable<FolderLink['held']>, 'count' | 'here'>): {
  question: string
  bringingBack: string
  remove: string
} => {
  const there = count - here
  if (there === 0)
    return {
      question: plural(here, {
        one: 'One file was deleted in this folder. Should it be deleted everywhere?',
        other: '# files were deleted in this folder. Should they be deleted everywhere?',
      }),
      bringingBack: '',
      remove: plural(here, { one: 'Delete it everywhere', other: 'Delete them everywhere' }),
    }
  if (here === 0)
    return {
      question: plural(there, {
        one: 'One file is at the server no more, and it does not say who removed it. Should it be deleted in this folder too?',
        other:
          '# files are at the server no more, and it does not say who removed them. Should they be deleted in this folder too?',
      }),
      bringingBack: plural(there, {
        one: 'Bringing it back sends it to the server again, for everybody.',
        other: 'Bringing them back sends them to the server again, for everybody.',
      }),
      remove: plural(there, { one: 'Delete it here', other: 'Delete them here' }),
    }
  const all = formatCount(count)
  const missing = plural(there, {
    one: 'one file is at the server no more, and it does not say who removed it',
    other: '# files are at the server no more, and it does not say who removed them',
  })
  return {
    question: plural(here, {
      one: `# of ${all} files was deleted in this folder; ${missing}. Should all of them be deleted everywhere?`,
      other: `# of ${all} files were deleted in this folder; ${missing}. Should all of them be deleted everywhere?`,
    }),
    bringingBack: t`What is missing at the server goes there again, for everybody, if you bring it back.`,
    remove: t`Delete them everywhere`,
  }
}
