import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useUnsent } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Switch } from '../../ui/switch.tsx'

export const SignOutDialog = ({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) => {
  const [removeLocalCopies, setRemove] = useState(false)
  const [busy, setBusy] = useState(false)
  const unsent = useUnsent()
  const signOut = async () => {
    setBusy(true)
    try {
      await desktop.session.signOut({ removeLocalCopies })
    } finally {
      setBusy(false)
      onOpenChange(false)
    }
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t`Sign out of this computer?`}
      description={t`You can sign in again at any time.`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>
            <Trans>Stay signed in</Trans>
          </Button>
          <Button
            variant={removeLocalCopies ? 'danger' : 'primary'}
            busy={busy}
            onClick={() => void signOut()}
          >
            <Trans>Sign out</Trans>
          </Button>
        </>
      }
    >
      <div className="flex items-center gap-4 rounded-md border px-3 py-2.5">
        <div className="flex-1">
          <p className="font-medium text-sm">
            <Trans>Remove local copies</Trans>
          </p>
          <p className="text-soft text-xs">
            <Trans>
              Deletes downloaded files from this computer; nothing at the server changes.
            </Trans>
          </p>
        </div>
        <Switch label={t`Remove local copies`} checked={removeLocalCopies} onChange={setRemove} />
      </div>
      {removeLocalCopies && unsent > 0 && (
        <Banner tone="info" className="mt-3 rounded-md">
          {plural(unsent, {
            one: 'One edit has not been sent yet. It stays on this computer and is sent after your next sign-in.',
            other:
              '# edits have not been sent yet. They stay on this computer and are sent after your next sign-in.',
          })}
        </Banner>
      )}
    </Dialog>
  )
}
