import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
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
      title={t`Unlink ${link.title}?`}
      description={t`The files stay in the folder and at the server. They no longer follow each other.`}
      footer={
        <>
          <Button onClick={onClose}>
            <Trans>Keep it linked</Trans>
          </Button>
          <Button
            variant="danger"
            onClick={() => {
              onClose()
              void runAction(() => desktop.folders.unlink({ linkId }))
            }}
          >
            <Trans>Unlink</Trans>
          </Button>
        </>
      }
    >
      <p className="wrap-anywhere font-mono text-soft text-xs">{link.root}</p>
      {count > 0 && (
        <div className="mt-3 rounded-md bg-warning-soft p-3 text-sm">
          <p>
            {plural(count, {
              one: 'One removed file is in this folder’s trash.',
              other: '# removed files are in this folder’s trash.',
            })}{' '}
            <Trans>
              Unlinked, the trash stays in <code>.atelier/trash</code> inside the folder, for you to
              empty. Link the folder again to see it here.
            </Trans>
          </p>
          <Button className="mt-2" size="sm" onClick={onTrash}>
            <Trans>Look at the trash</Trans>
          </Button>
        </div>
      )}
    </Dialog>
  )
}
