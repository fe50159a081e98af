import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { CloudOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Account } from '../../src/contract/session.ts'
import type { FailureCode } from '../../src/domain/failure.ts'
import { desktop, failureOf } from '../data/desktop.ts'
import {
  useBackend,
  useKeychain,
  useNetwork,
  useOutage,
  useSession,
  useSync,
} from '../data/stores.ts'
import { SignInAgain } from '../features/session/index.ts'
import { failureText } from '../text/failure-text.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { FailureCodeText } from '../ui/failure-code.tsx'
import { formatClock } from '../ui/format.ts'
import { announce } from '../ui/live-region.tsx'
import { showFailure } from '../ui/toasts.ts'

const tellFailure = (code: FailureCode): void => showFailure(failureText[code].title, code)

/** What stands between the person and the server, in one line with its way out; there before it has something to say. */
export const SessionBanner = () => (
  <div aria-live="polite">
    <Line />
  </div>
)

const Line = () => {
  const session = useSession()
  const [asking, setAsking] = useState(false)
  const { since } = useOutage()
  const isExplained = useNetwork(({ trouble }) => trouble !== null)
  const isKeychainWaiting = useKeychain((state) => state.isWaiting)
  const isOut = session.status === 'active' && since !== null
  const wasOut = useRef(false)
  useEffect(() => {
    if (wasOut.current && session.status === 'active' && !isOut) announce(t`The server is back`)
    wasOut.current = isOut
  }, [isOut, session.status])

  if (session.status === 'reauthenticate') {
    return (
      <>
        <Banner
          tone="warning"
          className="border-b"
          action={<SignInButton account={session.account} onAsk={() => setAsking(true)} />}
        >
          {failureText[session.failure].sentence} <FailureCodeText code={session.failure} />
        </Banner>
        <SignInAgain open={asking} onOpenChange={setAsking} email={session.account.email ?? ''} />
      </>
    )
  }
  // The keychain's own banner says what is waited for.
  if (session.status === 'offline' && isKeychainWaiting) return null
  // Nor is there more to say than what stands between.
  if (isExplained) return null
  if (session.status === 'offline') return <Unreached since={null} />
  return isOut ? <Unreached since={since} /> : null
}

/** Who has no address comes in by their name, and is asked for nothing. */
const SignInButton = ({ account, onAsk }: { account: Account; onAsk: () => void }) => {
  const backend = useBackend()
  const [busy, setBusy] = useState(false)
  const isByName =
    account.email === null &&
    backend.status === 'ready' &&
    backend.localAccount?.displayName === account.displayName
  const enter = async (): Promise<void> => {
    setBusy(true)
    try {
      await desktop.session.enterHere({ displayName: account.displayName })
    } catch (error) {
      tellFailure(failureOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="sm" busy={busy} onClick={() => (isByName ? void enter() : onAsk())}>
      <Trans>Sign in again</Trans>
    </Button>
  )
}

/** `since`: under a live session; null where there is none to go out with. */
const Unreached = ({ since }: { since: string | null }) => {
  const backend = useBackend()
  const waiting = useSync(({ outbox, mutations }) => outbox + mutations.waiting)
  const [busy, setBusy] = useState(false)
  const retry = async (): Promise<void> => {
    setBusy(true)
    try {
      await desktop.backend.retry()
      if (since !== null && (await desktop.sync.state()).missedSince !== null)
        announce(t`The server is still out of reach`)
    } catch (error) {
      tellFailure(failureOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Banner
      tone="info"
      icon={<CloudOff aria-hidden />}
      className="border-b"
      action={
        <Button size="sm" busy={busy} onClick={() => void retry()}>
          {backend.status === 'failed' && backend.kind === 'embedded'
            ? t`Start it again`
            : t`Try now`}
        </Button>
      }
    >
      <span className="font-medium">
        {since === null
          ? t`Offline.`
          : t`The server has been out of reach since ${formatClock(since)}.`}
      </span>{' '}
      <Trans>You can read and edit what is on this computer; edits are sent later.</Trans>
      {waiting > 0 &&
        ` ${plural(waiting, { one: 'One edit waits to be sent.', other: '# edits wait to be sent.' })}`}
    </Banner>
  )
}
