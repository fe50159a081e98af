import { useMutation, useQuery } from '@tanstack/react-query'
import { desktop } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'
import { useProjects } from '../../data/tenancy.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'

/** The sidebar shows the same pins. */
const key = ['pins']

/** Which projects are kept on this computer in full. */
export const PinnedProjects = () => {
  const projects = useProjects()
  const pinned = useQuery({ queryKey: key, queryFn: () => desktop.sync.pinned(), staleTime: 0 })
  const pin = useMutation({
    mutationFn: (change: { projectId: string; pinned: boolean }) => desktop.sync.pin(change),
    onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
  })
  if (projects.loading) return <Skeleton rows={3} label="Loading projects" />
  if (!projects.value?.length) {
    return (
      <p className="px-4 py-3 text-sm text-soft">
        Projects appear here once you have opened Atelier online.
      </p>
    )
  }
  return (
    <ul className="divide-y">
      {projects.value.map((project) => {
        const on =
          pin.isPending && pin.variables.projectId === project.id
            ? pin.variables.pinned
            : (pinned.data?.includes(project.id) ?? false)
        return (
          <li key={project.id} className="flex items-center gap-3 px-4 py-2.5">
            <span className="min-w-0 flex-1 truncate text-sm">{project.name}</span>
            <Switch
              label={`Keep ${project.name} on this computer`}
              checked={on}
              onChange={(next) => pin.mutate({ projectId: project.id, pinned: next })}
            />
          </li>
        )
      })}
    </ul>
  )
}
