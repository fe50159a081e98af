import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect } from 'react'
import { RouterProvider } from 'react-router/dom'
import { desktop } from '../data/desktop.ts'
import { queryClient } from '../data/remembered.ts'
import { accountOf, useBackend, useSession } from '../data/stores.ts'
import {
  BackendTrouble,
  Doors,
  KeychainTrouble,
  SignIn,
  Starting,
} from '../features/session/index.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { router } from './router.tsx'
import { ShellSkeleton } from './shell-skeleton.tsx'
import { Toasts } from './toasts.tsx'

export const App = () => {
  useEffect(() => {
    void desktop.app.mark({ name: 'renderer: first paint' }).catch(() => {})
  }, [])
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        <TooltipProvider>
          <Gate />
          <Toasts />
          <LiveRegion />
        </TooltipProvider>
      </QueryClientProvider>
    </ErrorBoundary>
  )
}

/** Which of the app's faces is shown: someone known opens the workspace, whatever the network does. */
const Gate = () => {
  const backend = useBackend()
  const session = useSession()
  if (session.status === 'locked') return <KeychainTrouble state={session} />
  if (accountOf(session)) return <RouterProvider router={router} />
  switch (backend.status) {
    case 'unknown':
      return <ShellSkeleton />
    case 'unchosen':
      return <Doors />
    case 'starting':
      return (
        <Starting
          label={
            backend.kind === 'embedded' ? 'Opening your workspace' : 'Connecting to your project'
          }
        />
      )
    case 'failed':
      return <BackendTrouble state={backend} />
    case 'ready':
      return session.status === 'starting' ? (
        <ShellSkeleton />
      ) : (
        <SignIn backend={backend} session={session} />
      )
  }
}
