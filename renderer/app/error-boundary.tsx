import { Trans } from '@lingui/react/macro'
import { Component, type ReactNode, useEffect } from 'react'
import { useRouteError } from 'react-router'
import { desktop, failureOf } from '../data/desktop.ts'
import { tellFault } from '../data/page-faults.ts'
import { ReportButton, ReportDialog } from '../features/diagnostics/index.ts'
import { ErrorState } from '../text/error-state.tsx'
import { Button } from '../ui/button.tsx'

/** By main: it lets no page go anywhere, not even to itself. */
const remedies = (
  <>
    <Button onClick={() => void desktop.app.reload()}>
      <Trans>Reload the window</Trans>
    </Button>
    <ReportButton />
  </>
)

/** The last net: a fault of ours in words, and a way on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    if (!this.state.failed) return this.props.children
    // What shows it elsewhere has failed with everything else.
    return (
      <>
        <main className="h-full">
          <ErrorState code="internal" action={remedies} isWhole />
        </main>
        <ReportDialog />
      </>
    )
  }
}

/** The same for one screen: rail and sidebar stay usable. */
export const RouteError = () => {
  const error = useRouteError()
  // React never hears of a screen whose code could not be had.
  useEffect(() => tellFault('drawing', error), [error])
  return <ErrorState code={failureOf(error)} action={remedies} isWhole />
}
