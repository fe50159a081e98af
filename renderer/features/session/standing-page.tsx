import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { DoorClosed, Hourglass, MailOpen, UserX } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Account } from '../../../src/contract/session.ts'
import { desktop } from '../../data/desktop.ts'
import { useReached, useUnsent } from '../../data/stores.ts'
import { Button } from '../../ui/button.tsx'
import type { Standing } from '../workspaces/index.ts'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'

/** `gone`: the server knows no such account. */
export type ClosedStanding = Exclude<Standing, 'active'> | 'gone'

const pages: Record<
  ClosedStanding,
  {
    title: MessageDescriptor
    icon: ReactNode
    what: MessageDescriptor
    now: readonly MessageDescriptor[]
  }
> = {
  waitlist: {
    title: msg`You are on the waiting list`,
    icon: <Hourglass aria-hidden />,
    what: msg`Your account is ready, and waits to be let in.`,
    now: [
      msg`Ask somebody in a workspace to invite this address, or whoever runs this server to let it in.`,
      msg`Your work opens here by itself as soon as they have.`,
    ],
  },
  invited: {
    title: msg`Your invitation waits for you`,
    icon: <MailOpen aria-hidden />,
    what: msg`This account was made for an invitation that was not accepted yet.`,
    now: [
      msg`Open the link in the message that invited you.`,
      msg`Your work opens here by itself once it is accepted.`,
    ],
  },
  banned: {
    title: msg`This account was barred`,
    icon: <DoorClosed aria-hidden />,
    what: msg`Whoever runs this server has barred it from everything there.`,
    now: [msg`Ask them why. If they let you in again, your work opens here by itself.`],
  },
  inactive: {
    title: msg`This account is switched off`,
    icon: <DoorClosed aria-hidden />,
    what: msg`Whoever runs this server has made it inactive.`,
    now: [msg`Ask them to switch it on. Your work opens here by itself when they have.`],
  },
  archived: {
    title: msg`This account is archived`,
    icon: <DoorClosed aria-hidden />,
    what: msg`It was put away, with what it had at the server.`,
    now: [msg`Ask whoever runs this server to bring it back.`],
  },
  gone: {
    title: msg`This account is no longer there`,
    icon: <UserX aria-hidden />,
    what: msg`The server knows no such account any more.`,
    now: [msg`Sign in with another account, or sign up again.`],
  },
}

/** Instead of the workspace: why the server shows this person nothing, and what now. It gives way by itself. */
export const StandingPage = ({
  standing,
  account,
  onCheck,
}: {
  standing: ClosedStanding
  account: Account
  /** Null where nothing can be asked without signing in again. */
  onCheck: (() => void) | null
}) => {
  const { title, icon, what, now } = pages[standing]
  const unsent = useUnsent()
  const isReached = useReached()
  const [leaving, setLeaving] = useState(false)
  const heading = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another standing is another page.
  useEffect(() => heading.current?.focus(), [standing])
  const signOut = async (): Promise<void> => {
    setLeaving(true)
    await desktop.session.signOut({ removeLocalCopies: false }).finally(() => setLeaving(false))
  }
  return (
    <AuthLayout>
      <div ref={heading} tabIndex={-1} className="outline-none">
        <span className="mb-4 grid size-10 place-items-center rounded-lg bg-accent-soft text-accent-text [&>svg]:size-5">
          {icon}
        </span>
        <AuthTitle title={i18n._(title)}>{i18n._(what)}</AuthTitle>
      </div>
      <p className="mb-4 text-sm">
        <Trans>
          Signed in as{' '}
          <strong className="wrap-anywhere font-medium">
            {account.email ?? account.displayName}
          </strong>
          .
        </Trans>
      </p>
      <h2 className="mb-1.5 font-medium text-sm">
        <Trans>What now</Trans>
      </h2>
      <ul className="list-disc space-y-1.5 pl-5 text-sm text-soft">
        {now.map((each) => (
          <li key={each.id}>{i18n._(each)}</li>
        ))}
        <li>
          {unsent > 0
            ? plural(unsent, {
                one: 'One edit was not sent. What is on this computer stays here.',
                other: '# edits were not sent. What is on this computer stays here.',
              })
            : t`What is on this computer stays here.`}
        </li>
      </ul>
      <div className="mt-6 flex flex-wrap gap-2">
        {onCheck && (
          <Button variant="primary" disabled={!isReached} onClick={onCheck}>
            <Trans>Look again now</Trans>
          </Button>
        )}
        <Button
          variant={onCheck ? 'secondary' : 'primary'}
          busy={leaving}
          onClick={() => void signOut()}
        >
          <Trans>Use another account</Trans>
        </Button>
      </div>
      <p className="mt-4 text-faint text-xs" role="status">
        {!onCheck
          ? t`Signing in again asks the server anew.`
          : isReached
            ? t`Atelier looks again every few seconds.`
            : t`The server is out of reach: this is what it said last.`}
      </p>
    </AuthLayout>
  )
}
