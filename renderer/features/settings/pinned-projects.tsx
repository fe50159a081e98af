import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { runQuietly } from '../../data/run-action.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { usePins } from '../projects/index.ts'
import { useProjects } from '../workspaces/index.ts'

/** Which projects are kept on this computer in full. */
export const PinnedProjects = () => {
  const projects = useProjects()
  const { isPinned, pin } = usePins()
  if (projects.isPending) return <Skeleton rows={3} label={t`Loading projects`} />
  if (!projects.data?.length) {
    return (
      <p className="px-4 py-3 text-sm text-soft">
        <Trans>Projects appear here once you have opened Atelier online.</Trans>
      </p>
    )
  }
  return (
    <ul className="divide-y">
      {projects.data.map((project) => (
        <li key={project.id} className="flex items-center gap-3 px-4 py-2.5">
          <span className="min-w-0 flex-1 truncate text-sm">{project.name}</span>
          <Switch
            label={t`Keep ${project.name} on this computer`}
            checked={isPinned(project.id)}
            onChange={(pinned) => void runQuietly(() => pin({ projectId: project.id, pinned }))}
          />
        </li>
      ))}
    </ul>
  )
}
