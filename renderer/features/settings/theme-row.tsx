import { t } from '@lingui/core/macro'
import { Monitor, Moon, Sun } from 'lucide-react'
import { setTheme, useAppInfo } from '../../data/stores.ts'
import { OptionRow } from './option-row.tsx'

export const ThemeRow = () => (
  <OptionRow
    title={t`Theme`}
    text={t`System follows what your computer is set to.`}
    value={useAppInfo(({ theme }) => theme)}
    options={[
      { value: 'system', label: t`System`, icon: <Monitor aria-hidden /> },
      { value: 'light', label: t`Light`, icon: <Sun aria-hidden /> },
      { value: 'dark', label: t`Dark`, icon: <Moon aria-hidden /> },
    ]}
    onChange={(theme) => void setTheme(theme)}
  />
)
