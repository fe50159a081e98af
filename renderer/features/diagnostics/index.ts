export { DeveloperToolsRow } from './developer-tools-row.tsx'
export { DiagnosticsButtons, ReportButton } from './help-buttons.tsx'
export { ReportDialog } from './report-dialog.tsx'
