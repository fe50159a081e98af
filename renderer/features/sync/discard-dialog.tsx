import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { announce } from '../../ui/live-region.tsx'
import { saveCopy } from './save-copy.ts'

/** The only question in sync whose yes loses bytes, so it says so and offers to keep them. */
export const DiscardDialog = ({
  fileId,
  path,
  onClose,
}: {
  fileId: string
  path: string
  onClose: () => void
}) => (
  <Dialog
    open
    onOpenChange={(open) => !open && onClose()}
    title="Discard this edit?"
    description="It was never sent, so this computer has its only copy. Discarded, it cannot be brought back."
    footer={
      <>
        <Button onClick={onClose}>Keep it</Button>
        <Button onClick={() => void saveCopy(fileId)}>Save a copy…</Button>
        <Button
          variant="danger"
          onClick={() => {
            onClose()
            void runAction(() => desktop.sync.discardParked({ fileId })).then(
              (done) => done && announce(`Your edit of ${path} is discarded`),
            )
          }}
        >
          Discard
        </Button>
      </>
    }
  >
    <p className="wrap-anywhere font-mono text-soft text-xs">{path}</p>
  </Dialog>
)
