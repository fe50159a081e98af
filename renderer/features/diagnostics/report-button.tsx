import { Trans } from '@lingui/react/macro'
import { openReport } from '../../data/report.ts'
import { Button } from '../../ui/button.tsx'

export const ReportButton = () => (
  <Button onClick={openReport}>
    <Trans>Report a problem…</Trans>
  </Button>
)
