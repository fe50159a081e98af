import type { Language, LanguageChoice } from '../contract/app.ts'

/** What a person may choose besides their system's, as each calls itself. */
export const languageNames = { en: 'English', de: 'Deutsch' } as const

const isKnown = (language: string): language is keyof typeof languageNames =>
  Object.hasOwn(languageNames, language)

/** What is spoken: as chosen, or the first of the system's languages that there are words in. `preferred`: as in BCP 47. */
export const languageOf = (choice: LanguageChoice, preferred: readonly string[]): Language =>
  choice === 'system'
    ? (preferred.map((tag) => tag.split('-')[0]?.toLowerCase() ?? '').find(isKnown) ?? 'en')
    : choice

/** How dates and numbers are written: as the system does where it is in the same language, and as that language does elsewhere. */
export const formatsOf = (language: Language): string => {
  const own = new Intl.NumberFormat().resolvedOptions().locale
  // Nobody writes a date in the language that shows which words are none.
  const spoken = language === 'pseudo' ? 'en' : language
  return own.split('-')[0] === spoken ? own : spoken
}
