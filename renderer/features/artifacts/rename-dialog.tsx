import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { maxTitleLetters } from '../../../src/domain/limits.ts'
import { change } from '../../data/mutations.ts'
import { useNaming } from '../../data/use-naming.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'

/** Another title. Needs no server. */
export const RenameDialog = ({
  projectId,
  artifactId,
  title,
  known,
  onClose,
}: {
  projectId: string
  artifactId: string
  /** To begin with. */
  title: string
  /** What it was called on the screen, so that nobody's newer title is overwritten unseen. */
  known: string
  onClose: () => void
}) => {
  const [looked] = useState(known)
  const { busy, submit, field } = useNaming(
    async (next) => {
      const input = { projectId, artifactId, title: next, knownTitles: [looked] }
      await change({ name: 'artifacts.rename', input })
      onClose()
    },
    { initial: title, whyNeeded: t`Enter a title.` },
  )
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} title={t`Rename the artifact`}>
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField {...field} label={t`Title`} maxLength={maxTitleLetters} />
        <DialogActions>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            <Trans>Rename</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
