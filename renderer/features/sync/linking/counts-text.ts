import type {
  Counted,
  Examination,
  LinkCounts,
  LinkOrder,
} from '../../../../src/contract/linking.ts'
import { formatBytes, formatFiles } from '../../../ui/format.ts'

/** "12 files · 3.1 MB"; "Nothing". */
export const countedText = ({ files, bytes }: Counted): string =>
  files === 0 ? 'Nothing' : `${sentenceCase(formatFiles(files))} · ${formatBytes(bytes)}`

/** What is left of it once these folders of a project are taken out. */
export const countsWithout = (
  { counts, artifacts }: Pick<Examination, 'counts' | 'artifacts'>,
  without: readonly string[],
): LinkCounts => {
  const out = artifacts.filter(({ folder }) => without.includes(folder))
  const rest = (of: keyof LinkCounts): Counted => ({
    files: out.reduce((files, each) => files - each.counts[of].files, counts[of].files),
    bytes: out.reduce((bytes, each) => bytes - each.counts[of].bytes, counts[of].bytes),
  })
  return {
    ...{ up: rest('up'), down: rest('down'), same: rest('same') },
    ...{ differ: rest('differ'), unsure: rest('unsure') },
  }
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const areOrIs = (files: number): string => (files === 1 ? 'is' : 'are')

/** What becomes of the files that are on both sides, a sentence each. */
export const bothSidesText = (
  { up, same, differ, unsure }: LinkCounts,
  direction: LinkOrder['direction'],
): string[] => {
  const all: string[] = []
  if (direction === 'down' && up.files > 0)
    all.push(
      `${sentenceCase(formatFiles(up.files))} here ${areOrIs(up.files)} not at the server, and ${areOrIs(up.files) === 'is' ? 'stays' : 'stay'} here alone.`,
    )
  if (same.files > 0)
    all.push(
      `${sentenceCase(formatFiles(same.files))} ${areOrIs(same.files)} the same on both sides, and ${same.files === 1 ? 'does' : 'do'} not move.`,
    )
  if (differ.files > 0)
    all.push(
      `${sentenceCase(formatFiles(differ.files))} ${differ.files === 1 ? 'differs' : 'differ'} from what is at the server. Both are kept: the server’s under its name, yours beside it as a copy${direction === 'down' ? ' that stays here' : ''}.`,
    )
  if (unsure.files > 0)
    all.push(
      `${sentenceCase(formatFiles(unsure.files))} ${areOrIs(unsure.files)} of the same size on both sides and too much to compare now. Where they differ, both are kept.`,
    )
  return all
}
