import type { FolderLink } from '../../../src/contract/folders.ts'
import { formatCount, formatFiles } from '../../ui/format.ts'

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

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
  const them = count === 1 ? 'it' : 'they'
  const sendsAgain = `Bringing ${there === 1 ? 'it' : 'them'} back sends ${there === 1 ? 'it' : 'them'} to the server again, for everybody.`
  if (there === 0)
    return {
      question: `${capital(formatFiles(here))} ${here === 1 ? 'was' : 'were'} deleted in this folder. Should ${them} be deleted everywhere?`,
      bringingBack: '',
      remove: here === 1 ? 'Delete it everywhere' : 'Delete them everywhere',
    }
  const missing = `${formatFiles(there)} ${there === 1 ? 'is' : 'are'} at the server no more, and it does not say who removed ${there === 1 ? 'it' : 'them'}`
  if (here === 0)
    return {
      question: `${capital(missing)}. Should ${them} be deleted in this folder too?`,
      bringingBack: sendsAgain,
      remove: there === 1 ? 'Delete it here' : 'Delete them here',
    }
  return {
    question: `${formatCount(here)} of ${formatFiles(count)} ${here === 1 ? 'was' : 'were'} deleted in this folder; ${missing}. Should all of them be deleted everywhere?`,
    bringingBack: `What is missing at the server goes there again, for everybody, if you bring it back.`,
    remove: 'Delete them everywhere',
  }
}
