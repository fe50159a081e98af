import { describe, expect, it } from 'vitest'
import { formatsOf, languageOf } from './languages.ts'

describe('language', () => {
  it.each([
    [['de-AT', 'en-US'], 'de'],
    [['fr-FR', 'de'], 'de'],
    [['en-GB', 'de-DE'], 'en'],
    [['fr-FR'], 'en'],
    [[], 'en'],
  ] as const)('of a system that speaks %j is %s', (preferred, language) => {
    expect(languageOf('system', preferred)).toBe(language)
  })

  it('is what was chosen, whatever the system speaks', () => {
    expect(languageOf('en', ['de-DE'])).toBe('en')
    expect(languageOf('pseudo', ['de-DE'])).toBe('pseudo')
  })

  it('says how numbers are written', () => {
    expect(new Intl.NumberFormat(formatsOf('de')).format(1234.5)).toBe('1.234,5')
    expect(new Intl.NumberFormat(formatsOf('pseudo')).format(1234.5)).toBe('1,234.5')
  })
})
