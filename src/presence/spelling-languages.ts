/** Of one language in one country the country's own dictionary, or else the language's. */
const fitting = (wanted: string, available: readonly string[]): string | null => {
  const lower = wanted.toLowerCase()
  const exact = available.find((code) => code.toLowerCase() === lower)
  if (exact) return exact
  const [language = ''] = lower.split('-')
  return (
    available.find((code) => code.toLowerCase() === language) ??
    available.find((code) => code.toLowerCase().startsWith(`${language}-`)) ??
    null
  )
}

/** What to check in, of those that there are dictionaries of, for who reads `preferred`: the most wanted first. */
export const spellingLanguages = (
  preferred: readonly string[],
  available: readonly string[],
): string[] => {
  const found = preferred.flatMap((wanted) => fitting(wanted, available) ?? [])
  return [...new Set(found)].slice(0, maxLanguages)
}

/** Each is a dictionary in memory, and words that are right in one of many are never wrong. */
export const maxLanguages = 3

/** Those of a choice that there still are dictionaries of. */
export const knownLanguages = (chosen: readonly string[], available: readonly string[]): string[] =>
  chosen.filter((code) => available.includes(code))
