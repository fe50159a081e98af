import { plural, t } from '@lingui/core/macro'
import type { Audience } from './audience-queries.ts'

/** So many are named in the sentence; all are in the list. */
const maxNamed = 3

const listed = (names: readonly string[]): string => {
  const [last = '', ...before] = names.toReversed()
  return before.length === 0 ? last : t`${before.reverse().join(', ')} and ${last}`
}

/** "You, Ada Moreau, Ben Okafor and 4 others see what is sent." */
export const audienceText = ({ count, people }: Audience, self: string | null): string => {
  const others = people.filter(({ id }) => id !== self)
  const isIn = others.length < people.length
  if (count <= 1 && isIn)
    return t`Only you see it now. Whoever is let into the project later sees it, too.`
  const names = [...(isIn ? [t`you`] : []), ...others.slice(0, maxNamed).map(({ name }) => name)]
  const rest = count - names.length
  if (rest > 0) names.push(plural(rest, { one: 'one other', other: '# others' }))
  const all = listed(names)
  const who = all.charAt(0).toUpperCase() + all.slice(1)
  return plural(count, {
    one: `${who} can see it, and whoever is let into the project later.`,
    other: `${who} can see it, and whoever is let into the project later.`,
  })
}
