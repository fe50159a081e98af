import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useId, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { v7 as newId } from 'uuid'
import { failureOf } from '../../data/desktop.ts'
import { useReached } from '../../data/stores.ts'
import { useNaming } from '../../data/use-naming.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { makeProject, useWorkspaces } from '../workspaces/index.ts'

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
  const where = useId()
  const { data: workspaces, error, refetch } = useWorkspaces()
  const [chosen, setChosen] = useState<string | null>(null)
  const own = workspaces?.filter(({ is_member: isMember }) => isMember) ?? []
  const known = own.find(({ id }) => id === (chosen ?? workspaceId)) ?? own[0]
  // The same one again, should an answer be lost; of another name or elsewhere it is another.
  const wanted = useRef<{ id: string; workspaceId: string; name: string }>(null)

  const { busy, submit, field } = useNaming(async (name) => {
    if (!known) return
    if (wanted.current?.workspaceId !== known.id || wanted.current.name !== name)
      wanted.current = { id: newId(), workspaceId: known.id, name }
    await navigate(`/projects/${await makeProject(wanted.current)}`)
    onClose()
  })
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t`New project`}
      description={t`Artifacts that belong together, and the people who may see them.`}
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField {...field} maxLength={200} />
        {own.length > 1 && (
          <div className="flex flex-col gap-1.5">
            <label htmlFor={where} className="font-medium text-soft text-xs leading-4">
              <Trans>Where</Trans>
            </label>
            <select
              id={where}
              value={known?.id}
              onChange={(event) => setChosen(event.target.value)}
              className="h-9 rounded-md border border-line-strong/70 bg-field px-2 text-sm"
            >
              {own.map((workspace) => (
                <option key={workspace.id} value={workspace.id}>
                  {workspace.is_global ? t`Personal, you alone at first` : workspace.name}
                </option>
              ))}
            </select>
          </div>
        )}
        {!isReached ? (
          <Banner tone="info" className="rounded-md">
            <Trans>A project is made at the server, which is out of reach just now.</Trans>
          </Banner>
        ) : (
          error && (
            <Banner
              tone="warning"
              className="rounded-md"
              action={
                <Button size="sm" onClick={refetch}>
                  <Trans>Try again</Trans>
                </Button>
              }
            >
              {failureText[failureOf(error)].title}. <FailureCodeText code={failureOf(error)} />
            </Banner>
          )
        )}
        <DialogActions>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!isReached || !known}>
            <Trans>Make the project</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
