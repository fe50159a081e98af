import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { maxDisplayNameLetters } from '../../../src/domain/limits.ts'
import { change } from '../../data/mutations.ts'
import { useNaming } from '../../data/use-naming.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'

/** Another name for oneself. Needs no server. */
export const NameDialog = ({ initial, onClose }: { initial: string; onClose: () => void }) => {
  const { busy, submit, field } = useNaming(
    async (displayName) => {
      await change({ name: 'profile.rename', input: { displayName } })
      onClose()
    },
    { initial },
  )
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t`Change your name`}
      description={t`What others see beside what you make and change. How you sign in stays as it is.`}
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField {...field} maxLength={maxDisplayNameLetters} autoComplete="name" />
        <DialogActions>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            <Trans>Change name</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
