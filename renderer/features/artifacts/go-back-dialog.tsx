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
    description={`${what} It becomes the newest version, for everybody. What is there now stays in the history: nothing is lost.`}
    footer={
      <>
        <Button disabled={busy} onClick={onClose}>
          Leave it
        </Button>
        <Button variant="primary" busy={busy} disabled={disabled} onClick={onGo}>
          Go back
        </Button>
      </>
    }
  >
    {children}
  </Dialog>
)
