import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { i18n, type MessageDescriptor, setupI18n } from '@lingui/core'
import { z } from 'zod'
import { messages as de } from '../../locales/de.po'
import { messages as en } from '../../locales/en.po'
import { messages as pseudo } from '../../locales/pseudo.po'
import { type Language, type LanguageChoice, languageChoice } from '../../src/contract/app.ts'
import { formatsOf, type languageNames, languageOf } from '../../src/words/languages.ts'

const catalogues = { en, de, pseudo }
i18n.load(catalogues)
// What fails before the settings are read is said, too.
i18n.activate('en')

/** From here on main says everything in it. Answers which one that is. */
export const speak = (choice: LanguageChoice, preferred: readonly string[]): Language => {
  const language = languageOf(choice, preferred)
  i18n.activate(language, formatsOf(language))
  return language
}

const kept = z.object({ language: languageChoice })

/** For what is said before the settings are open, or because they never will be. `folder`: where they lie. */
export const speakAsKept = (folder: string, preferred: readonly string[]): void => {
  let choice: LanguageChoice = 'system'
  try {
    choice = kept.parse(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).language
  } catch {
    // None are there, or they cannot be read.
  }
  speak(choice, preferred)
}

/** For a file that the system reads, in a language of its own: by language, what the message is in it. */
export const inEachLanguage = (message: MessageDescriptor): Record<string, string> =>
  Object.fromEntries(
    (['en', 'de'] as const satisfies readonly (keyof typeof languageNames)[]).map((locale) => [
      locale,
      setupI18n({ locale, messages: { [locale]: catalogues[locale] } })._(message),
    ]),
  )
