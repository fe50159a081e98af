import { plural, t } from '@lingui/core/macro'
import type { Addition } from '../../../src/contract/adding.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'

/** A list of names with how many more there are. */
export const namesOf = ({ count, paths }: Addition['clashes'], shown = 3): string => {
  const named = paths.slice(0, shown)
  const more = count - named.length
  return more > 0 ? t`${named.join(', ')} and ${formatCount(more)} more` : named.join(', ')
}

export const sizeOf = ({ all }: Addition): string =>
  `${plural(all.files, { one: 'One file', other: '# files' })} · ${formatBytes(all.bytes)}`

/** Whether a person has anything to say before it begins. */
export const isPlain = ({ artifactId, failure, clashes, asked, refused, all }: Addition): boolean =>
  artifactId !== null &&
  failure === null &&
  all.files > 0 &&
  clashes.count + asked.count + refused.count === 0
