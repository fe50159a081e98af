import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ArrowDown, ArrowUp, FolderKanban, Pin, PinOff, Plus, UserRound } from 'lucide-react'
import { useNavigate, useParams } from 'react-router'
import { failureOf } from '../../data/desktop.ts'
import { lastProject } from '../../data/last-project.ts'
import { runAction } from '../../data/run-action.ts'
import { useReached } from '../../data/stores.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { StaleNote } from '../../text/stale-note.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { ChangeNote } from '../changes/index.ts'
import {
  type Project,
  useMoveProject,
  useOrderChange,
  useProjects,
  useWorkspaces,
  workspaceName,
} from '../workspaces/index.ts'
import { setNewProject } from './new-project.ts'
import { usePins } from './queries.ts'

/** The projects of the workspace one is in. */
export const ProjectSidebar = () => {
  // Settings lie outside of any project; one stays beside the one one came from.
  const named = useParams().projectId
  const navigate = useNavigate()
  const projects = useProjects()
  const workspaces = useWorkspaces()
  const { isPinned, pin } = usePins()
  const moveProject = useMoveProject()
  const isReached = useReached()
  const keep = ({ id, name }: Project, pinned: boolean): Promise<boolean> =>
    runAction(async () => {
      await pin({ projectId: id, pinned })
      announce(pinned ? t`${name} is kept on this computer` : t`${name} is no longer kept`)
    })
  const projectId = [named, lastProject(), projects.data?.[0]?.id].find((id) =>
    projects.data?.some((project) => project.id === id),
  )
  const current = projects.data?.find(({ id }) => id === projectId)
  const workspace = workspaces.data?.find(({ id }) => id === current?.workspace_id)
  const shown =
    projects.data?.filter((project) => project.workspace_id === current?.workspace_id) ?? []

  const order = useOrderChange(workspace?.id)
  const currentAt = current ? shown.indexOf(current) : -1
  const move = (moved: Project, target: Project | undefined): void => {
    if (!target) return
    void runAction(async () => {
      await moveProject(moved, target)
      const { name } = moved
      const place = shown.indexOf(target) + 1
      const count = shown.length
      announce(t`${name} is now ${place} of ${count}`)
    })
  }

  const make = (): void => setNewProject({ workspaceId: workspace?.id ?? null })

  return (
    <section aria-label={t`Projects`} className="flex min-h-0 flex-1 flex-col">
      <header className="flex items-start gap-2 py-3 pr-2 pl-4">
        <div className="min-w-0 flex-1 pt-1">
          <h2 className="truncate font-semibold text-base">
            {workspace ? workspaceName(workspace) : t`Projects`}
          </h2>
          {workspace && !workspace.is_global && workspace.company_name !== workspace.name && (
            <p className="truncate text-faint text-xs">{workspace.company_name}</p>
          )}
        </div>
        <IconButton
          variant="quiet"
          label={t`New project`}
          icon={<Plus aria-hidden />}
          onClick={make}
        />
      </header>
      {projects.isPending ? (
        <Skeleton rows={4} label={t`Loading projects`} />
      ) : projects.error ? (
        <ErrorState code={failureOf(projects.error)} onRetry={projects.refetch} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<FolderKanban aria-hidden />}
          title={t`No projects here yet`}
          action={
            <Button onClick={make}>
              <Trans>New project…</Trans>
            </Button>
          }
        >
          <Trans>Those you make, and those you are a member of, appear here.</Trans>
        </EmptyState>
      ) : (
        <div className="flex min-h-0 flex-1 flex-col">
          {projects.isStale && <StaleNote savedAt={projects.savedAt} />}
          <VirtualList
            label={t`Projects`}
            items={shown}
            getKey={(project) => project.id}
            getText={(project) => project.name}
            selectedKey={projectId ?? null}
            onOpen={(project) => navigate(`/projects/${project.id}`)}
            onMove={move}
            className="min-h-0 flex-1"
            renderItem={(project) => (
              <span className="flex w-full items-center gap-2 px-2">
                {project.kind === 'personal' ? (
                  <UserRound aria-hidden className="size-4 shrink-0 text-faint" />
                ) : (
                  <FolderKanban aria-hidden className="size-4 shrink-0 text-faint" />
                )}
                <span className="truncate">{project.name}</span>
                {isPinned(project.id) && (
                  <Pin
                    role="img"
                    aria-label={t`Kept on this computer`}
                    className="ml-auto size-3.5 shrink-0 text-accent-text"
                  />
                )}
              </span>
            )}
          />
          {order && (order.state.kind === 'refused' || !isReached) && (
            <ChangeNote id={order.id} state={order.state} what={t`The order of projects`} />
          )}
          {current && (
            <div className="flex items-center gap-1 border-t py-2 pr-2 pl-4">
              <span className="min-w-0 flex-1 text-soft text-xs">
                {isPinned(current.id) ? t`Kept on this computer` : t`Opened files are kept`}
              </span>
              {shown.length > 1 && (
                // At an end they stay, so that the focus does.
                <>
                  <IconButton
                    size="sm"
                    label={t`Move this project up`}
                    icon={<ArrowUp aria-hidden />}
                    aria-disabled={currentAt <= 0}
                    className="aria-disabled:opacity-50"
                    onClick={() => move(current, shown[currentAt - 1])}
                  />
                  <IconButton
                    size="sm"
                    label={t`Move this project down`}
                    icon={<ArrowDown aria-hidden />}
                    aria-disabled={currentAt < 0 || currentAt >= shown.length - 1}
                    className="aria-disabled:opacity-50"
                    onClick={() => move(current, shown[currentAt + 1])}
                  />
                </>
              )}
              <IconButton
                size="sm"
                variant="quiet"
                aria-pressed={isPinned(current.id)}
                label={
                  isPinned(current.id)
                    ? t`Stop keeping this project here`
                    : t`Keep this project on this computer`
                }
                icon={isPinned(current.id) ? <PinOff aria-hidden /> : <Pin aria-hidden />}
                onClick={() => void keep(current, !isPinned(current.id))}
              />
            </div>
          )}
        </div>
      )}
    </section>
  )
}
