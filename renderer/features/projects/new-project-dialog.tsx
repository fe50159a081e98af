import { type FormEvent, useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { failureOf } from '../../data/desktop.ts'
import { useReached } from '../../data/stores.ts'
import { makeProject, useOwnWorkspaces } from '../../data/tenancy.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { failureText } from '../../ui/failure-text.ts'
import { TextField } from '../../ui/text-field.tsx'

/** Whoever is a member of a workspace may make projects in it, and owns them. */
export const NewProjectDialog = ({
  workspaceId,
  onClose,
}: {
  /** The one that is open. */
  workspaceId: string | null
  onClose: () => void
}) => {
  const navigate = useNavigate()
  const isReached = useReached()
  const field = useId()
  const { value: workspaces, failure, retry } = useOwnWorkspaces()
  const [chosen, setChosen] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  // What is there already at the second try was made by the first, whose answer was lost.
  const [since] = useState(() => new Date().toISOString())
  const [isAgain, setAgain] = useState(false)
  const own = workspaces ?? []
  const known = own.find(({ id }) => id === (chosen ?? workspaceId)) ?? own[0]

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!name.trim()) return setError('Enter a name.')
    if (!known) return
    setError(null)
    setBusy(true)
    try {
      const wanted = { workspaceId: known.id, name: name.trim() }
      const id = await makeProject(wanted, isAgain ? since : null)
      await navigate(`/projects/${id}`)
      onClose()
    } catch (thrown) {
      setAgain(true)
      const text = failureText[failureOf(thrown)]
      setError(`${text.title}. ${text.wayOut}`)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="New project"
      description="Artifacts that belong together, and the people who may see them."
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Name"
          autoFocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={error}
          maxLength={200}
        />
        {own.length > 1 && (
          <div className="flex flex-col gap-1.5">
            <label htmlFor={field} className="font-medium text-soft text-xs leading-4">
              Where
            </label>
            <select
              id={field}
              value={known?.id}
              onChange={(event) => setChosen(event.target.value)}
              className="h-9 rounded-md border border-line-strong/70 bg-field px-2 text-sm"
            >
              {own.map((workspace) => (
                <option key={workspace.id} value={workspace.id}>
                  {workspace.is_global ? 'Personal, you alone at first' : workspace.name}
                </option>
              ))}
            </select>
          </div>
        )}
        {!isReached ? (
          <Banner tone="info" className="rounded-md">
            A project is made at the server, which is out of reach just now.
          </Banner>
        ) : (
          failure &&
          !workspaces && (
            <Banner
              tone="warning"
              className="rounded-md"
              action={
                <Button size="sm" onClick={retry}>
                  Try again
                </Button>
              }
            >
              {failureText[failure].title}
            </Banner>
          )
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!isReached || !known}>
            Make the project
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
