import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { RouterProvider } from 'react-router/dom'
import type { Account } from '../../src/contract/session.ts'
import { desktop } from '../data/desktop.ts'
import { queryClient } from '../data/remembered.ts'
import { useStanding } from '../data/standing.ts'
import { accountOf, useBackend, useSession } from '../data/stores.ts'
import { NetworkQuestions, NetworkTroubleBanner } from '../features/network/index.tsx'
import { SandboxBanner } from '../features/sandbox/index.tsx'
import {
  BackendTrouble,
  Doors,
  KeychainBanner,
  KeychainTrouble,
  SignIn,
  StandingPage,
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
          <div className="flex h-full flex-col">
            <KeychainBanner />
            <SandboxBanner />
            <NetworkTroubleBanner />
            <div className="min-h-0 flex-1">
              <Gate />
            </div>
          </div>
          <NetworkQuestions />
          <Toasts />
          <LiveRegion />
        </TooltipProvider>
      </QueryClientProvider>
    </ErrorBoundary>
  )
}

/** Milliseconds for which a person who was never here before waits for the server's word about them. */
const firstWordMs = 2_000

/** The workspace, for whom the server lets in; for everybody else, why not. */
const Admitted = ({ account }: { account: Account }) => {
  const session = useSession()
  const { status, isGone, loading, retry } = useStanding()
  const [isPatient, setPatient] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), firstWordMs)
    return () => clearTimeout(timer)
  }, [])
  if (session.status === 'reauthenticate' && session.failure === 'auth.banned')
    return <StandingPage standing="banned" account={account} onCheck={null} />
  if (isGone) return <StandingPage standing="gone" account={account} onCheck={retry} />
  if (status !== null && status !== 'active')
    return <StandingPage standing={status} account={account} onCheck={retry} />
  if (status === null && loading && isPatient) return <ShellSkeleton />
  return <RouterProvider router={router} />
}

/** Which of the app's faces is shown: someone known opens the workspace, whatever the network does. */
const Gate = () => {
  const backend = useBackend()
  const session = useSession()
  if (session.status === 'locked') return <KeychainTrouble state={session} />
  const account = accountOf(session)
  if (account) return <Admitted account={account} />
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
