import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import type { BackendState, BringingAlong } from '../../../src/contract/app.ts'
import { desktop } from '../../data/desktop.ts'
import { openDeviceSettings } from '../../data/device-settings.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { ReportButton } from '../diagnostics/index.ts'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { HostedForm } from './backend-chooser.tsx'
import { FailureBanner } from './failure-banner.tsx'

/** The chosen backend did not open, and no one is known whose copies could be shown. */
export const BackendTrouble = ({
  state,
}: {
  state: Extract<BackendState, { status: 'failed' }>
}) => {
  const { busy, failure, attempt } = useAttempt()
  const [isChanging, setChanging] = useState(false)
  const text = failureText[state.failure]
  if (isChanging && state.url !== null)
    return (
      <AuthLayout>
        <HostedForm address={state.url} onBack={() => setChanging(false)} />
      </AuthLayout>
    )
  return (
    <AuthLayout>
      <AuthTitle title={text.title}>
        {state.url !== null && (
          <span className="mb-1 block wrap-anywhere font-mono">{state.url}</span>
        )}
        {text.sentence} {text.remedy} <FailureCodeText code={state.failure} />
      </AuthTitle>
      <FailureBanner code={failure} />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          busy={busy}
          onClick={() => void attempt(() => desktop.backend.retry())}
        >
          <Trans>Try again</Trans>
        </Button>
        {state.url !== null && (
          <Button disabled={busy} onClick={() => setChanging(true)}>
            <Trans>Change the address</Trans>
          </Button>
        )}
        <Button disabled={busy} onClick={() => void attempt(() => desktop.backend.forget())}>
          <Trans>Choose another place</Trans>
        </Button>
        {state.failure === 'backend.newer-database' && (
          <Button
            disabled={busy}
            onClick={() => {
              openDeviceSettings()
              void desktop.updates.check().catch(() => {})
            }}
          >
            <Trans>Look for updates</Trans>
          </Button>
        )}
        <ReportButton />
      </div>
    </AuthLayout>
  )
}

const alongText: Record<BringingAlong['step'], MessageDescriptor> = {
  making: msg`A new one is being made.`,
  filling: msg`Everything is being put into it.`,
  proving: msg`It is being compared with what was there.`,
}

/** On its way: the door was chosen, or the known one is opening. */
export const Starting = ({
  label,
  bringingAlong,
}: {
  label: string
  bringingAlong?: BringingAlong | undefined
}) => (
  <AuthLayout isPassing>
    <div role="status">
      {bringingAlong ? (
        <AuthTitle title={t`Bringing your workspace along`}>
          <Trans>
            This Atelier has a newer database: PostgreSQL {bringingAlong.to} instead of{' '}
            {bringingAlong.from}. {i18n._(alongText[bringingAlong.step])} The former one stays
            beside it for a month.
          </Trans>
        </AuthTitle>
      ) : (
        <AuthTitle title={label}>
          <Trans>This takes a few seconds.</Trans>
        </AuthTitle>
      )}
      <div aria-hidden className="flex flex-col gap-4">
        <span className="skeleton h-9 rounded-md" />
        <span className="skeleton h-9 rounded-md" />
        <span className="skeleton h-10 w-2/3 rounded-md" />
      </div>
    </div>
  </AuthLayout>
)
