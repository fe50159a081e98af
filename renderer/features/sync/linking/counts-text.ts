import { plural, t } from '@lingui/core/macro'
import type {
  Counted,
  Examination,
  LinkCounts,
  LinkOrder,
} from '../../../../src/contract/linking.ts'
import { formatBytes } from '../../../ui/format.ts'

/** "12 files · 3.1 MB"; "Nothing". */
export const countedText = ({ files, bytes }: Counted): string =>
  files === 0
    ? t`Nothing`
    : `${plural(files, { one: 'One file', other: '# files' })} · ${formatBytes(bytes)}`

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
    up: rest('up'),
    down: rest('down'),
    same: rest('same'),
    differ: rest('differ'),
    unsure: rest('unsure'),
  }
}

/** What becomes of the files that are on both sides, a sentence each. */
export const bothSidesText = (
  { up, same, differ, unsure }: LinkCounts,
  direction: LinkOrder['direction'],
): string[] => {
  const all: string[] = []
  if (direction === 'down' && up.files > 0)
    all.push(
      plural(up.files, {
        one: 'One file here is not at the server, and stays here alone.',
        other: '# files here are not at the server, and stay here alone.',
      }),
    )
  if (same.files > 0)
    all.push(
      plural(same.files, {
        one: 'One file is the same on both sides, and does not move.',
        other: '# files are the same on both sides, and do not move.',
      }),
    )
  if (differ.files > 0)
    all.push(
      direction === 'down'
        ? plural(differ.files, {
            one: 'One file differs from what is at the server. Both are kept: the server’s under its name, yours beside it as a copy that stays here.',
            other:
              '# files differ from what is at the server. Both are kept: the server’s under its name, yours beside it as a copy that stays here.',
          })
        : plural(differ.files, {
            one: 'One file differs from what is at the server. Both are kept: the server’s under its name, yours beside it as a copy.',
            other:
              '# files differ from what is at the server. Both are kept: the server’s under its name, yours beside it as a copy.',
          }),
    )
  if (unsure.files > 0)
    all.push(
      plural(unsure.files, {
        one: 'One file is of the same size on both sides and too much to compare now. Where they differ, both are kept.',
        other:
          '# files are of the same size on both sides and too much to compare now. Where they differ, both are kept.',
      }),
    )
  return all
}
