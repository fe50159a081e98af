import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'

/** The one question before going back. */
export const GoBackDialog = ({
  title,
  what,
  busy,
  onGo,
  onClose,
}: {
  title: string
  /** What becomes as it was. */
  what: string
  busy: boolean
  onGo: () => void
  onClose: () => void
}) => (
  <Dialog
    open
    onOpenChange={(open) => !open && !busy && onClose()}
    title={title}
    description={`${what} A new revision is made of it, for everybody. What is there now stays in the history: nothing is lost.`}
    footer={
      <>
        <Button disabled={busy} onClick={onClose}>
          Leave it
        </Button>
        <Button variant="primary" busy={busy} onClick={onGo}>
          Go back
        </Button>
      </>
    }
  />
)
