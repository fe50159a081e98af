import { i18n } from '@lingui/core'
import { messages as de } from '../../../locales/de.po'
import { messages as en } from '../../../locales/en.po'
import { messages as pseudo } from '../../../locales/pseudo.po'
import type { Language, LanguageChoice } from '../../../src/contract/app.ts'
import { formatsOf, languageOf } from '../../../src/words/languages.ts'

i18n.load({ en, de, pseudo })
// What fails before the settings are read is said, too.
i18n.activate('en')

/** From here on main says everything in it. Answers which one that is. */
export const speak = (choice: LanguageChoice, preferred: readonly string[]): Language => {
  const language = languageOf(choice, preferred)
  i18n.activate(language, formatsOf(language))
  return language
}
