import { type FormEvent, useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { failureText } from '../../ui/failure-text.ts'
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
  const [path, setPath] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!path.trim()) return setError('Enter a name, such as index.html.')
    setError(null)
    setBusy(true)
    try {
      onMade(await desktop.artifacts.create({ artifactId, path: path.trim(), text: '' }))
      onClose()
    } catch (thrown) {
      const text = failureText[failureOf(thrown)]
      setError(`${text.title}. ${text.sentence}`)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} title="New file">
      <form noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Name"
          placeholder="notes.md"
          hint="With a slash it lies in a folder: pages/visit.html"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={path}
          onChange={(event) => setPath(event.target.value)}
          error={error}
          maxLength={1024}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy}>
            Make it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
