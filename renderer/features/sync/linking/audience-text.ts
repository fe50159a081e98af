import type { Audience } from './audience-queries.ts'

/** So many are named in the sentence; all are in the list. */
const most = 3

const listed = (names: readonly string[]): string =>
  names.length < 2
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`

/** "You, Ada Moreau, Ben Okafor and 4 others see what is sent." */
export const audienceText = ({ count, people }: Audience, self: string | null): string => {
  const others = people.filter(({ id }) => id !== self)
  const isIn = others.length < people.length
  if (count <= 1 && isIn)
    return 'Only you see it now. Whoever is let into the project later sees it, too.'
  const names = [...(isIn ? ['you'] : []), ...others.slice(0, most).map(({ name }) => name)]
  const rest = count - names.length
  if (rest > 0) names.push(rest === 1 ? 'one other' : `${rest} others`)
  const sentence = listed(names)
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} can see it, and whoever is let into the project later.`
}
