import { t } from '@lingui/core/macro'
import { languageNames } from '../../../src/words/languages.ts'
import { runAction } from '../../data/run-action.ts'
import { setLanguage, useAppInfo } from '../../data/stores.ts'
import { OptionRow } from './option-row.tsx'

export const LanguageRow = () => (
  <OptionRow
    title={t`Language`}
    text={t`System follows what your computer is set to.`}
    value={useAppInfo(({ languageChoice }) => languageChoice)}
    options={[
      { value: 'system', label: t`System` },
      // Whoever is lost in another language finds their own.
      { value: 'en', label: languageNames.en, lang: 'en' },
      { value: 'de', label: languageNames.de, lang: 'de' },
    ]}
    onChange={(choice) => void runAction(() => setLanguage(choice))}
  />
)
