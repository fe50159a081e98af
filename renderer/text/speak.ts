import { i18n, type Messages } from '@lingui/core'
import type { Language } from '../../src/contract/app.ts'
import { formatsOf } from '../../src/words/languages.ts'

const catalogues: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import('../../locales/en.po'),
  de: () => import('../../locales/de.po'),
  pseudo: () => import('../../locales/pseudo.po'),
}

/** From here on the page says everything in it; what was drawn before is to be drawn anew. */
export const speak = async (language: Language): Promise<void> => {
  const { messages } = await catalogues[language]()
  i18n.loadAndActivate({ locale: language, locales: formatsOf(language), messages })
  document.documentElement.lang = language === 'pseudo' ? 'en' : language
}
