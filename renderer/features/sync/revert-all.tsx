import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useSession, useSync } from '../../data/stores.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'

/** One way out for all files of a folder that its person may not send. */
export const RevertAll = ({ link, count }: { link: FolderLink; count: number }) => {
  const [asking, setAsking] = useState(false)
  const online = useSession((session) => session.status === 'active')
  const paused = useSync((state) => state.paused)
  const revert = async () => {
    setAsking(false)
    if (await runAction(() => desktop.folders.revert({ linkId: link.id, path: null })))
      announce(t`${link.title} becomes as it is at the server`)
  }
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md bg-warning-soft p-3">
      <p className="min-w-48 flex-1 text-sm">
        {link.direction === 'down'
          ? t`This folder sends nothing: ${formatCount(count)} changes of yours stay here.`
          : t`You may not change this artifact: ${formatCount(count)} changes of yours cannot be sent.`}
      </p>
      <Button disabled={!online || paused} onClick={() => setAsking(true)}>
        <Trans>Put the server’s versions back…</Trans>
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t`Put the server’s versions back?`}
        description={t`The folder of ${link.title} becomes as it is at the server. Your ${formatCount(count)} changes are taken back; what you wrote or added waits in the folder’s trash for 30 days.`}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>
              <Trans>Keep my changes</Trans>
            </Button>
            <Button variant="primary" onClick={() => void revert()}>
              <Trans>Put them back</Trans>
            </Button>
          </>
        }
      />
    </div>
  )
}
