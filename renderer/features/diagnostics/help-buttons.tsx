import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Check, Copy, FolderOpen } from 'lucide-react'
import { useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { openReport } from '../../data/report.ts'
import { runAction } from '../../data/run-action.ts'
import { Button } from '../../ui/button.tsx'
import { announce } from '../../ui/live-region.tsx'

/** What whoever helps asks for first, without a dialog between. */
export const DiagnosticsButtons = () => {
  const [isBusy, setBusy] = useState(false)
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    setBusy(true)
    setCopied(false)
    const isDone = await runAction(async () => {
      const { text } = await desktop.diagnostics.report()
      await navigator.clipboard.writeText(text)
    })
    setBusy(false)
    setCopied(isDone)
    if (isDone) announce(t`The diagnostics are copied`)
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button busy={isBusy} onClick={() => void copy()}>
        {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
        {isCopied ? t`Diagnostics copied` : t`Copy diagnostics`}
      </Button>
      <Button onClick={() => void runAction(() => desktop.diagnostics.openLogs())}>
        <FolderOpen aria-hidden /> <Trans>Open log folder</Trans>
      </Button>
    </div>
  )
}

export const ReportButton = () => (
  <Button onClick={openReport}>
    <Trans>Report a problem…</Trans>
  </Button>
)
