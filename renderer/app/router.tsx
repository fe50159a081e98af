import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FolderOpen } from 'lucide-react'
import { createHashRouter, Navigate } from 'react-router'
import { onForget } from '../data/account-store.ts'
import { failureOf } from '../data/desktop.ts'
import { lastProject } from '../data/last-project.ts'
import { artifactRoutes } from '../features/artifacts/index.ts'
import { ProjectPlace, setNewProject } from '../features/projects/index.ts'
import { settingsRoutes } from '../features/settings/index.ts'
import { linkRoutes, syncRoutes } from '../features/sync/index.ts'
import { useProjects } from '../features/workspaces/index.ts'
import { ErrorState } from '../text/error-state.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { RouteError } from './error-boundary.tsx'
import { Layout } from './layout.tsx'

/** `/` leads to the project that was open last, else to the first one there is. */
const Home = () => {
  const projects = useProjects()
  if (projects.isPending) return <Skeleton rows={8} tall />
  const known = projects.data?.find((project) => project.id === lastProject()) ?? projects.data?.[0]
  if (known) return <Navigate to={`/projects/${known.id}`} replace />
  if (projects.error)
    return <ErrorState code={failureOf(projects.error)} onRetry={projects.refetch} />
  return (
    <EmptyState
      isPage
      icon={<FolderOpen />}
      title={t`Make your first project`}
      action={
        <Button variant="primary" onClick={() => setNewProject({ workspaceId: null })}>
          <Trans>New project…</Trans>
        </Button>
      }
    >
      <Trans>
        Or ask an owner of your workspace to add you to one of theirs. It appears here by itself.
      </Trans>
    </EmptyState>
  )
}

const Opening = () => <Skeleton rows={8} tall label={t`Opening`} />

/** Another account's addresses lead nowhere good. */
onForget(() => void router.navigate('/', { replace: true }))

export const router = createHashRouter([
  {
    path: '/',
    element: <Layout />,
    errorElement: <RouteError />,
    children: [
      {
        errorElement: <RouteError />,
        // A screen comes with its own code, from this computer's disk: what was seen before stays until it is there.
        hydrateFallbackElement: <Opening />,
        children: [
          { index: true, element: <Home /> },
          {
            path: 'projects/:projectId',
            element: <ProjectPlace />,
            children: [...artifactRoutes, ...linkRoutes],
          },
          ...syncRoutes,
          ...settingsRoutes,
          { path: '*', element: <Navigate to="/" replace /> },
        ],
      },
    ],
  },
])
