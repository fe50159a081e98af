import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import type { DeveloperTools } from '../../../src/contract/diagnostics.ts'
import { desktop } from '../../data/desktop.ts'
import { Switch } from '../../ui/switch.tsx'

/** Only where Atelier is installed: from source they open anyway. */
export const DeveloperToolsRow = () => {
  const [state, setState] = useState<DeveloperTools | null>(null)
  useEffect(() => {
    desktop.diagnostics.developerTools().then(setState, () => {})
  }, [])
  if (!state || state.chosen === null) return null
  const { chosen, isOpenable } = state
  const choose = async (next: boolean): Promise<void> => {
    setState({ ...state, chosen: next })
    await desktop.diagnostics
      .setDeveloperTools({ chosen: next })
      .catch(() => setState({ ...state, chosen }))
  }
  return (
    <div className="flex items-center gap-4 border-t px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium text-sm">
          <Trans>Developer tools</Trans>
        </p>
        <p className="text-soft text-xs">
          {chosen === isOpenable
            ? t`For whoever looks for a fault in Atelier. They see everything that you see.`
            : t`Start Atelier again for this to hold.`}
        </p>
      </div>
      <Switch label={t`Developer tools`} checked={chosen} onChange={(next) => void choose(next)} />
    </div>
  )
}
