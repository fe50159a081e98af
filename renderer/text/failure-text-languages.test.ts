import { i18n } from '@lingui/core'
import { afterEach, expect, it } from 'vitest'
import { messages as de } from '../../locales/de.po'
import { messages as pseudo } from '../../locales/pseudo.po'
import { failureCodes } from '../../src/domain/failure.ts'
import { briefly, failureText } from './failure-text.ts'

afterEach(() => i18n.activate('en'))

/** Names, and what stands in a file as it is. */
const untranslated = /Atelier|atelier|gitignore/g

it('each failure has all of its words in the catalogues', () => {
  i18n.loadAndActivate({ locale: 'pseudo', messages: pseudo })
  for (const code of failureCodes) {
    const { title, sentence, remedy } = failureText[code]
    for (const part of [title, sentence, remedy])
      expect(part.replaceAll(untranslated, '').match(/\b[A-Za-z]{4,}\b/), part).toBeNull()
  }
})

it('is said in the language of the moment', () => {
  expect(briefly('disk.full')).toBe('The disk is full. Free some space, then sync again.')
  i18n.loadAndActivate({ locale: 'de', messages: de })
  expect(briefly('disk.full')).toBe(
    'Der Datenträger ist voll. Schaffen Sie Platz, und synchronisieren Sie dann noch einmal.',
  )
})
