import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'

/** The one question before going back. */
export const GoBackDialog = ({
  title,
  what,
  busy,
  disabled = false,
  children,
  onGo,
  onClose,
}: {
  title: string
  /** What becomes as it was. */
  what: string
  busy: boolean
  disabled?: boolean
  /** What it changes, by name. */
  children?: ReactNode
  onGo: () => void
  onClose: () => void
}) => (
  <Dialog
    open
    onOpenChange={(open) => !open && !busy && onClose()}
    title={title}
    description={t`${what} It becomes the newest version, for everybody. What is there now stays in the history: nothing is lost.`}
    footer={
      <>
        <Button disabled={busy} onClick={onClose}>
          <Trans>Leave it</Trans>
        </Button>
        <Button variant="primary" busy={busy} disabled={disabled} onClick={onGo}>
          <Trans>Go back</Trans>
        </Button>
      </>
    }
  >
    {children}
  </Dialog>
)
