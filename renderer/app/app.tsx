import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ComponentProps, type ReactNode, useEffect, useState } from 'react'
import { RouterProvider } from 'react-router/dom'
import type { Account } from '../../src/contract/session.ts'
import { desktop } from '../data/desktop.ts'
import { queryClient } from '../data/query-client.ts'
import { accountOf, useAppInfo, useBackend, useSession } from '../data/stores.ts'
import { ReportDialog } from '../features/diagnostics/index.ts'
import { NetworkQuestions, NetworkTroubleBanner } from '../features/network/index.ts'
import { SandboxBanner } from '../features/sandbox/index.ts'
import {
  BackendChooser,
  BackendTrouble,
  KeychainBanner,
  KeychainTrouble,
  SignIn,
  StandingPage,
  Starting,
} from '../features/session/index.ts'
import { DeviceSettingsDialog } from '../features/settings/index.ts'
import { UpdateBar, UpdateShade } from '../features/updates/index.ts'
import { useStanding } from '../features/workspaces/index.ts'
import { LiveRegion } from '../ui/live-region.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { stayOutside } from './outside.ts'
import { router } from './router.tsx'
import { ShellSkeleton } from './shell-skeleton.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { TitleStrip } from './title-strip.tsx'
import { Toasts } from './toasts.tsx'

export const App = () => {
  useEffect(() => {
    void desktop.app.mark({ name: 'renderer: first paint' }).catch(() => {})
  }, [])
  const language = useAppInfo((info) => info.language)
  return (
    // What is said outside of a component's own drawing is said anew by this alone.
    <I18nProvider key={language} i18n={i18n}>
      <ErrorBoundary>
        <QueryClientProvider client={queryClient}>
          <TooltipProvider>
            <div className="flex h-full flex-col">
              <div className="title-room">
                <KeychainBanner />
                <SandboxBanner />
                <NetworkTroubleBanner />
                <UpdateBar />
              </div>
              <div className="flex min-h-0 flex-1 flex-col">
                <Gate />
              </div>
            </div>
            <DeviceSettingsDialog />
            <ReportDialog />
            <NetworkQuestions />
            <ShortcutsDialog />
            <Toasts />
            <LiveRegion />
            <UpdateShade />
          </TooltipProvider>
        </QueryClientProvider>
      </ErrorBoundary>
    </I18nProvider>
  )
}

/** Milliseconds for which a person who was never here before waits for the server's word about them. */
const firstWordMs = 2_000

/** The workspace, for whom the server lets in; for everybody else, why not. */
const Admitted = ({ account }: { account: Account }) => {
  const session = useSession()
  const { status, isGone, isPending, refetch } = useStanding()
  const [isPatient, setPatient] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), firstWordMs)
    return () => clearTimeout(timer)
  }, [])
  const refused = (
    standing: ComponentProps<typeof StandingPage>['standing'],
    onCheck: (() => void) | null = refetch,
  ) => (
    <Outside isRefused>
      <StandingPage standing={standing} account={account} onCheck={onCheck} />
    </Outside>
  )
  if (session.status === 'reauthenticate' && session.failure === 'auth.banned')
    return refused('banned', null)
  if (isGone) return refused('gone')
  if (status !== null && status !== 'active') return refused(status)
  if (status === null && isPending && isPatient)
    return (
      <TitleStrip>
        <ShellSkeleton />
      </TitleStrip>
    )
  return (
    <div className="min-h-0 flex-1">
      <RouterProvider router={router} />
    </div>
  )
}

/** Which of the app's faces is shown: someone known opens the workspace, whatever the network does. */
const Gate = () => {
  const session = useSession()
  const account = session.status === 'locked' ? null : accountOf(session)
  if (account) return <Admitted account={account} />
  return (
    <Outside>
      <SignedOut />
    </Outside>
  )
}

/** Where no workspace is. */
const Outside = ({ isRefused = false, children }: { isRefused?: boolean; children: ReactNode }) => {
  useEffect(() => stayOutside({ isRefused }), [isRefused])
  return <TitleStrip>{children}</TitleStrip>
}

/** For whom nobody is known. */
const SignedOut = () => {
  const backend = useBackend()
  const session = useSession()
  if (session.status === 'locked') return <KeychainTrouble state={session} />
  switch (backend.status) {
    case 'unknown':
      return <ShellSkeleton />
    case 'unchosen':
      return <BackendChooser />
    case 'starting':
      return (
        <Starting
          bringingAlong={backend.bringingAlong}
          label={
            backend.kind === 'embedded' ? t`Opening your workspace` : t`Connecting to your project`
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
