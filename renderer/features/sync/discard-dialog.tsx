import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
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
    title={t`Discard this edit?`}
    description={t`It was never sent, so this computer has its only copy. Discarded, it cannot be brought back.`}
    footer={
      <>
        <Button onClick={onClose}>
          <Trans>Keep it</Trans>
        </Button>
        <Button onClick={() => void saveCopy(fileId)}>
          <Trans>Save a copy…</Trans>
        </Button>
        <Button
          variant="danger"
          onClick={() => {
            onClose()
            void runAction(() => desktop.sync.discardBlocked({ fileId })).then(
              (done) => done && announce(t`Your edit of ${path} is discarded`),
            )
          }}
        >
          <Trans>Discard</Trans>
        </Button>
      </>
    }
  >
    <p className="wrap-anywhere font-mono text-soft text-xs">{path}</p>
  </Dialog>
)
