import { useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useSync } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatCount } from '../../ui/format.ts'
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
  const unsent = useSync((state) => state.outbox)
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
      title="Sign out of this computer?"
      description="You can sign in again at any time."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Stay signed in</Button>
          <Button
            variant={removeLocalCopies ? 'danger' : 'primary'}
            busy={busy}
            onClick={() => void signOut()}
          >
            Sign out
          </Button>
        </>
      }
    >
      <div className="flex items-center gap-4 rounded-md border px-3 py-2.5">
        <div className="flex-1">
          <p className="font-medium text-sm">Remove local copies</p>
          <p className="text-soft text-xs">
            Deletes downloaded files from this computer; nothing at the server changes.
          </p>
        </div>
        <Switch label="Remove local copies" checked={removeLocalCopies} onChange={setRemove} />
      </div>
      {removeLocalCopies && unsent > 0 && (
        <Banner tone="info" className="mt-3 rounded-md">
          {unsent === 1 ? 'One edit has' : `${formatCount(unsent)} edits have`} not been sent yet.
          They stay on this computer and are sent after your next sign-in.
        </Banner>
      )}
    </Dialog>
  )
}
