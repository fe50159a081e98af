import { t } from '@lingui/core/macro'
import { House } from 'lucide-react'
import { Link, useParams } from 'react-router'
import { lastProject } from '../../data/last-project.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Tooltip } from '../../ui/tooltip.tsx'
import { useProjects, useWorkspaces, workspaceName } from './queries.ts'

/** The workspaces, one mark each; a workspace opens at its first project. */
export const WorkspaceRail = () => {
  const workspaces = useWorkspaces().data ?? []
  const projects = useProjects().data ?? []
  const { projectId } = useParams()
  // Sync and settings lie outside of any project; one stays in the one one came from.
  const current = [projectId, lastProject()]
    .flatMap((wanted) => projects.find(({ id }) => id === wanted) ?? [])
    .map(({ workspace_id }) => workspace_id)[0]
  // One's own place comes last: most of the day happens in the others.
  const sorted = [...workspaces].sort((a, b) => Number(a.is_global) - Number(b.is_global))
  return (
    <nav aria-label={t`Workspaces`} className="flex flex-col items-center gap-2 py-3">
      {sorted.map((workspace) => {
        const first = projects.find((project) => project.workspace_id === workspace.id)
        const name = workspaceName(workspace)
        const isCurrent = workspace.id === current
        return (
          <Tooltip key={workspace.id} label={name} side="right">
            <Link
              to={first ? `/projects/${first.id}` : '/'}
              aria-label={name}
              aria-current={isCurrent ? 'true' : undefined}
              className={classNames(
                'relative grid size-9 place-items-center rounded-lg outline-offset-2 transition-opacity',
                isCurrent
                  ? 'opacity-100 ring-2 ring-accent ring-offset-2 ring-offset-canvas'
                  : 'hover:bg-hover',
              )}
            >
              {workspace.is_global ? (
                <House aria-hidden className="size-5 text-soft" />
              ) : (
                <Avatar name={workspace.name} imageUrl={workspace.logo_url} square />
              )}
            </Link>
          </Tooltip>
        )
      })}
    </nav>
  )
}
