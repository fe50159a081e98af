import type { Counted, LinkCounts, LinkOrder } from '../../../../src/contract/linking.ts'
import { formatBytes, formatFiles } from '../../../ui/format.ts'

/** "12 files · 3.1 MB"; "Nothing". */
export const countedText = ({ files, bytes }: Counted): string =>
  files === 0 ? 'Nothing' : `${sentenceCase(formatFiles(files))} · ${formatBytes(bytes)}`

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
      `${sentenceCase(formatFiles(differ.files))} ${areOrIs(differ.files)} another here than at the server. Both are kept: the server’s under its name, yours beside it as a copy${direction === 'down' ? ' that stays here' : ''}.`,
    )
  if (unsure.files > 0)
    all.push(
      `${sentenceCase(formatFiles(unsure.files))} ${areOrIs(unsure.files)} of the same size on both sides and too much to compare now. Where they differ, both are kept.`,
    )
  return all
}
