import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { maxPathLetters } from '../../../src/domain/limits.ts'
import { desktop } from '../../data/desktop.ts'
import { useNaming } from '../../data/use-naming.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'

/** An empty file; a name with slashes makes the folders it lies in. Needs no server. */
export const NewFileDialog = ({
  artifactId,
  onMade,
  onClose,
}: {
  artifactId: string
  onMade: (file: ArtifactFile) => void
  onClose: () => void
}) => {
  const { busy, submit, field } = useNaming(
    async (path) => {
      onMade(await desktop.artifacts.create({ artifactId, path, text: '' }))
      onClose()
    },
    { whyNeeded: t`Enter a name, such as index.html.`, detail: 'sentence' },
  )
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} title={t`New file`}>
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField
          {...field}
          placeholder="notes.md"
          hint={t`With a slash it lies in a folder: pages/visit.html`}
          spellCheck={false}
          maxLength={maxPathLetters}
        />
        <DialogActions>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            <Trans>Make the file</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
