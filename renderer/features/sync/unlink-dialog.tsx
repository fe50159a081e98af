import { useQuery } from '@tanstack/react-query'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format.ts'
import { syncQueries } from './queries.ts'

export const UnlinkDialog = ({
  link,
  onClose,
  onTrash,
}: {
  link: FolderLink
  onClose: () => void
  onTrash: () => void
}) => {
  const { id: linkId } = link
  const trash = useQuery({ ...syncQueries.trash(useAccountId(), link), retry: false })
  const count = trash.data?.length ?? 0
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Unlink ${link.title}?`}
      description="The files stay in the folder and at the server. They no longer follow each other."
      footer={
        <>
          <Button onClick={onClose}>Keep it linked</Button>
          <Button
            variant="danger"
            onClick={() => {
              onClose()
              void runAction(() => desktop.folders.unlink({ linkId }))
            }}
          >
            Unlink
          </Button>
        </>
      }
    >
      <p className="wrap-anywhere font-mono text-soft text-xs">{link.root}</p>
      {count > 0 && (
        <div className="mt-3 rounded-md bg-warning-soft p-3 text-sm">
          <p>
            {count === 1
              ? 'One removed file is in this folder’s trash.'
              : `${formatCount(count)} removed files are in this folder’s trash.`}{' '}
            Unlinked, the trash stays in <code>.atelier/trash</code> inside the folder, for you to
            empty. Link the folder again to see it here.
          </p>
          <Button className="mt-2" size="sm" onClick={onTrash}>
            Look at the trash
          </Button>
        </div>
      )}
    </Dialog>
  )
}
