import { useState } from 'react'
import type { BackendState, BringingAlong } from '../../../src/contract/app.ts'
import { desktop } from '../../data/desktop.ts'
import { openDeviceSettings } from '../../data/device-settings.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
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
        {text.sentence} {text.remedy}
      </AuthTitle>
      <FailureBanner code={failure} />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          busy={busy}
          onClick={() => void attempt(() => desktop.backend.retry())}
        >
          Try again
        </Button>
        {state.url !== null && (
          <Button disabled={busy} onClick={() => setChanging(true)}>
            Change the address
          </Button>
        )}
        <Button disabled={busy} onClick={() => void attempt(() => desktop.backend.forget())}>
          Choose another place
        </Button>
        {state.failure === 'backend.newer-database' && (
          <Button
            disabled={busy}
            onClick={() => {
              openDeviceSettings()
              void desktop.updates.check().catch(() => {})
            }}
          >
            Look for updates
          </Button>
        )}
        <ReportButton />
      </div>
    </AuthLayout>
  )
}

const alongText: Record<BringingAlong['step'], string> = {
  making: 'A new one is being made.',
  filling: 'Everything is being put into it.',
  proving: 'It is being compared with what was there.',
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
        <AuthTitle title="Bringing your workspace along">
          This Atelier has a newer database: PostgreSQL {bringingAlong.to} instead of{' '}
          {bringingAlong.from}. {alongText[bringingAlong.step]} The former one stays beside it for a
          month.
        </AuthTitle>
      ) : (
        <AuthTitle title={label}>This takes a few seconds.</AuthTitle>
      )}
      <div aria-hidden className="flex flex-col gap-4">
        <span className="skeleton h-9 rounded-md" />
        <span className="skeleton h-9 rounded-md" />
        <span className="skeleton h-10 w-2/3 rounded-md" />
      </div>
    </div>
  </AuthLayout>
)
