import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useId } from 'react'
import { maxLanguages } from '../../../src/presence/spelling-languages.ts'
import { compareNames, formatLanguage } from '../../ui/format.ts'
import { IconButton } from '../../ui/icon-button.tsx'

const nameOf = (code: string): string => {
  try {
    return formatLanguage(code)
  } catch {
    return code
  }
}

/** In which languages words are looked up; the last one cannot be taken away, for that is what the switch is for. */
export const SpellingLanguages = ({
  chosen,
  available,
  onChange,
}: {
  chosen: readonly string[]
  available: readonly string[]
  onChange: (languages: string[]) => void
}) => {
  const id = useId()
  const others = available
    .filter((code) => !chosen.includes(code))
    .map((code) => ({ code, name: nameOf(code) }))
    .sort((one, other) => compareNames(one.name, other.name))
  return (
    <div className="flex flex-col gap-2 px-4 pb-3">
      <ul aria-label={t`Languages to check`} className="flex flex-wrap gap-1.5">
        {chosen.map((code) => (
          <li key={code} className="flex items-center gap-1 rounded-md border py-0.5 pr-0.5 pl-2">
            <span className="text-sm">{nameOf(code)}</span>
            <IconButton
              label={t`Do not check ${nameOf(code)}`}
              size="sm"
              icon={<X />}
              disabled={chosen.length === 1}
              onClick={() => onChange(chosen.filter((known) => known !== code))}
            />
          </li>
        ))}
      </ul>
      {chosen.length < maxLanguages && (
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor={id} className="text-sm text-soft">
            <Trans>Check another language</Trans>
          </label>
          <select
            id={id}
            value=""
            onChange={({ target }) => target.value && onChange([...chosen, target.value])}
            className="h-7 min-w-40 max-w-full rounded-md border border-line-strong bg-field px-2 text-sm"
          >
            <option value="">{t`Choose…`}</option>
            {others.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  )
}
