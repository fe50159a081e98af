import type { Addition } from '../../../src/contract/adding.ts'
import { formatBytes, formatCount, formatFiles } from '../../ui/format.ts'

/** A list of names with how many more there are. */
export const namesOf = ({ count, paths }: Addition['clashes'], shown = 3): string => {
  const named = paths.slice(0, shown)
  const more = count - named.length
  return more > 0 ? `${named.join(', ')} and ${formatCount(more)} more` : named.join(', ')
}

/** "One file", at the beginning of a sentence. */
export const filesWord = (count: number): string => {
  const text = formatFiles(count)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const sizeOf = ({ all }: Addition): string =>
  `${filesWord(all.files)} · ${formatBytes(all.bytes)}`

/** Whether a person has anything to say before it begins. */
export const isPlain = ({ artifactId, failure, clashes, asked, refused, all }: Addition): boolean =>
  artifactId !== null &&
  failure === null &&
  all.files > 0 &&
  clashes.count + asked.count + refused.count === 0
