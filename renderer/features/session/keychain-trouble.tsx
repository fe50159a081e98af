import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { KeyRound } from 'lucide-react'
import type { AppInfo } from '../../../src/contract/app.ts'
import type { SessionState } from '../../../src/contract/session.ts'
import { desktop } from '../../data/desktop.ts'
import { useAppInfo } from '../../data/stores.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { FailureBanner } from './failure-banner.tsx'

type Locked = Extract<SessionState, { status: 'locked' }>

const advice: Record<AppInfo['platform'], Record<Locked['reason'], MessageDescriptor>> = {
  linux: {
    missing: msg`Install and start a Secret Service: GNOME Keyring, KWallet or KeePassXC with its Secret Service integration on.`,
    locked: msg`Open Passwords and Keys (or KWallet Manager) and unlock the login keyring.`,
    denied: msg`Allow Atelier in the dialog of your keyring. If it is gone, retrying brings it back.`,
    corrupt: msg`Retry first. If it stays, continue until you quit: nothing on this computer is lost.`,
  },
  darwin: {
    missing: msg`Open Keychain Access and check that the login keychain is in the list.`,
    locked: msg`Open Keychain Access and unlock the login keychain.`,
    denied: msg`Retry and choose Always Allow when macOS asks.`,
    corrupt: msg`Retry first. If it stays, continue until you quit: nothing on this computer is lost.`,
  },
  win32: {
    missing: msg`Check in Services that Credential Manager is running.`,
    locked: msg`Sign in to Windows again, then retry.`,
    denied: msg`Ask whoever manages this computer to allow Credential Manager.`,
    corrupt: msg`Retry first. If it stays, continue until you quit: nothing on this computer is lost.`,
  },
}

/** The keychain did not give or take the sign-in. Nothing is written elsewhere: the person decides. */
export const KeychainTrouble = ({ state }: { state: Locked }) => {
  const platform = useAppInfo((info) => info.platform)
  const { busy, failure, attempt } = useAttempt()
  const code = `vault.${state.reason}` as const
  const text = failureText[code]
  return (
    <AuthLayout>
      <AuthTitle title={text.title}>
        {text.sentence} <FailureCodeText code={code} />
      </AuthTitle>
      <FailureBanner code={failure} />
      <div className="flex gap-3 rounded-lg border bg-sidebar p-4 text-sm">
        <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
        <p>{i18n._(advice[platform][state.reason])}</p>
      </div>
      <div className="mt-5 flex gap-2">
        <Button
          variant="primary"
          busy={busy}
          onClick={() => void attempt(() => desktop.session.retryVault())}
        >
          <Trans>Try again</Trans>
        </Button>
        <Button
          disabled={busy}
          onClick={() => void attempt(() => desktop.session.continueInMemory())}
        >
          <Trans>Continue until I quit</Trans>
        </Button>
      </div>
      <p className="mt-4 text-faint text-xs">
        <Trans>
          If you continue, the sign-in is kept in memory only and you sign in again next time. Files
          on this computer stay.
        </Trans>
      </p>
    </AuthLayout>
  )
}
