import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FileWarning } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { saveCopy } from '../sync/index.ts'

/** What goes wrong in showing one file stays there, until the file is another. */
export class FileBoundary extends Component<
  { file: ArtifactFile; children: ReactNode },
  { failed: boolean }
> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override componentDidUpdate(before: { file: ArtifactFile }) {
    const isAnother = before.file.sha256 !== this.props.file.sha256
    if (this.state.failed && isAnother) this.setState({ failed: false })
  }
  override render() {
    const { file, children } = this.props
    if (!this.state.failed) return children
    return (
      <EmptyState
        icon={<FileWarning aria-hidden />}
        title={t`This file cannot be shown`}
        action={
          <>
            <Button onClick={() => this.setState({ failed: false })}>
              <Trans>Try again</Trans>
            </Button>
            <Button onClick={() => void saveCopy(file.id)}>
              <Trans>Save a copy…</Trans>
            </Button>
          </>
        }
      >
        <Trans>Something in it is more than Atelier can draw. The file itself is as it was.</Trans>
      </EmptyState>
    )
  }
}
