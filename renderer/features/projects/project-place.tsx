import { useQuery } from '@tanstack/react-query'
import { Archive, FolderX, SearchX } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { Link, Outlet, useParams } from 'react-router'
import { z } from 'zod'
import { desktop, failureOf } from '../../data/desktop.ts'
import { rememberProject } from '../../data/last-project.ts'
import { lookAgainMs } from '../../data/standing.ts'
import { useReached } from '../../data/stores.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { useProjects } from '../../data/tenancy.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'

const hiddenProject = z.array(z.object({ name: z.string() }))

/** Why an address of a project shows nothing. Whether it is forbidden or gone the server tells nobody it is not for. */
type Closed = { kind: 'archived'; name: string } | { kind: 'lost' } | { kind: 'unknown' }

const readClosed = async (projectId: string): Promise<Closed> => {
  const [hidden] = hiddenProject.parse(
    dataOf(await supabase().from('projects').select('name').eq('id', projectId)),
  )
  if (hidden) return { kind: 'archived', name: hidden.name }
  const wasHere = (await desktop.artifacts.list({ projectId })).length > 0
  return { kind: wasHere ? 'lost' : 'unknown' }
}

/** What lies under a project's address: its screens, or why there are none for this person. */
export const ProjectPlace = () => {
  const { projectId = '' } = useParams()
  const projects = useProjects()
  const isReached = useReached()
  const isListed = projects.value?.some(({ id }) => id === projectId) ?? true
  useEffect(() => {
    if (isListed && projects.value) rememberProject(projectId)
  }, [isListed, projects.value, projectId])
  // What is on this computer stays open while nobody can be asked; an old list is no word against it.
  const isAsked = !isListed && isReached && !projects.stale
  const closed = useQuery({
    queryKey: ['closed project', projectId],
    queryFn: () => readClosed(projectId),
    enabled: isAsked,
    refetchInterval: lookAgainMs,
  })
  if (!isAsked) return <Outlet />
  if (closed.isPending) return <Skeleton rows={8} tall label="Looking for the project" />
  if (closed.error)
    return <ErrorState code={failureOf(closed.error)} onRetry={() => void closed.refetch()} />
  return <ClosedPlace closed={closed.data} />
}

const words = (closed: Closed): { icon: ReactNode; title: string; text: string } => {
  switch (closed.kind) {
    case 'archived':
      return {
        icon: <Archive aria-hidden />,
        title: `${closed.name} is archived`,
        text: 'Its owner, or an admin of its workspace, can bring it back with everything in it.',
      }
    case 'lost':
      return {
        icon: <FolderX aria-hidden />,
        title: 'This project is no longer yours to see',
        text: 'You were taken out of it, or it was deleted. Its owner can add you again; changes of yours that were not sent stay on this computer.',
      }
    case 'unknown':
      return {
        icon: <SearchX aria-hidden />,
        title: 'There is no such project for you',
        text: 'The address leads to a project that does not exist, or that this account is no member of.',
      }
  }
}

const ClosedPlace = ({ closed }: { closed: Closed }) => {
  const { icon, title, text } = words(closed)
  return (
    <EmptyState
      isPage
      icon={icon}
      title={title}
      action={
        <Link
          to="/"
          replace
          className="inline-flex h-8 items-center rounded-md border bg-raised px-3 font-medium text-sm shadow-sm hover:border-line-strong"
        >
          Go to your projects
        </Link>
      }
    >
      {text}
    </EmptyState>
  )
}
