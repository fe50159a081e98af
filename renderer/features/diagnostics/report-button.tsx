import { openReport } from '../../data/report.ts'
import { Button } from '../../ui/button.tsx'

export const ReportButton = () => <Button onClick={openReport}>Report a problem…</Button>
