import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Archive, FolderX, SearchX } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { Outlet, useParams } from 'react-router'
import { useAccountId } from '../../data/account.ts'
import { failureOf } from '../../data/desktop.ts'
import { rememberProject } from '../../data/last-project.ts'
import { useReached } from '../../data/stores.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { ButtonLink } from '../../ui/button-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { usePlaces } from '../workspaces/index.ts'
import { projectQueries } from './queries.ts'

/** Why an address of a project shows nothing. Whether it is forbidden or gone the server tells nobody it is not for. */
type Closed = { kind: 'archived'; name: string } | { kind: 'lost' } | { kind: 'unknown' }

/** What lies under a project's address: its screens, or why there are none for this person. */
export const ProjectPlace = () => {
  const { projectId = '' } = useParams()
  const { data: places, isConfirmed } = usePlaces()
  const isReached = useReached()
  const project = places?.projects.find(({ id }) => id === projectId)
  const isOpen = places ? project?.is_active === true : true
  useEffect(() => {
    if (isOpen && places) rememberProject(projectId)
  }, [isOpen, places, projectId])
  // What is on this computer stays open while nobody can be asked; an old list is no word against it.
  const isClosed = !isOpen && isReached && isConfirmed
  const kept = useQuery({
    ...projectQueries.kept(useAccountId(), projectId),
    enabled: isClosed && !project,
  })
  if (!isClosed) return <Outlet />
  if (project) return <ClosedPlace closed={{ kind: 'archived', name: project.name }} />
  if (kept.isPending) return <Skeleton rows={8} tall label={t`Looking for the project`} />
  if (kept.isLoadingError)
    return <ErrorState code={failureOf(kept.error)} onRetry={() => void kept.refetch()} />
  return <ClosedPlace closed={{ kind: kept.data.length > 0 ? 'lost' : 'unknown' }} />
}

const words = (closed: Closed): { icon: ReactNode; title: string; text: string } => {
  switch (closed.kind) {
    case 'archived':
      return {
        icon: <Archive aria-hidden />,
        title: t`${closed.name} is archived`,
        text: t`Its owner, or an admin of its workspace, can bring it back with everything in it.`,
      }
    case 'lost':
      return {
        icon: <FolderX aria-hidden />,
        title: t`This project is no longer yours to see`,
        text: t`You were taken out of it, or it was deleted. Its owner can add you again; changes of yours that were not sent stay on this computer.`,
      }
    case 'unknown':
      return {
        icon: <SearchX aria-hidden />,
        title: t`There is no such project for you`,
        text: t`The address leads to a project that does not exist, or that this account is no member of.`,
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
        <ButtonLink to="/" replace>
          <Trans>Go to your projects</Trans>
        </ButtonLink>
      }
    >
      {text}
    </EmptyState>
  )
}
