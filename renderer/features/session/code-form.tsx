import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { desktop } from '../../data/desktop.ts'
import { useMailedCode } from '../../data/stores.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { FailureBanner } from './failure-banner.tsx'

/** A code is on its way by email. */
export const CodeForm = ({
  email: known,
  failure: earlier,
}: {
  email: string
  failure: FailureCode | null
}) => {
  const [email, setEmail] = useState(known)
  const [code, setCode] = useState('')
  const mailed = useMailedCode((state) => state.code)
  const { busy, failure, attempt } = useAttempt()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (code.trim() && email) {
      void attempt(() => desktop.session.verifyCode({ email: email.trim(), code }))
    }
  }
  return (
    <AuthLayout>
      <AuthTitle title={t`Enter the code`}>
        {known
          ? t`It was sent to ${known}. It works for a few minutes.`
          : t`It is in the message you were sent. It works for a few minutes.`}
      </AuthTitle>
      <FailureBanner code={failure ?? earlier} />
      {mailed && (
        <Banner tone="info" className="mb-4 rounded-md">
          <Trans>
            This computer sends no mail. Your code is{' '}
            <strong className="font-mono">{mailed}</strong>.
          </Trans>
        </Banner>
      )}
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {!known && (
          <TextField
            label={t`Email`}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            autoComplete="email"
          />
        )}
        <TextField
          label={t`Code`}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={200}
          autoFocus
          mono
        />
        <Button type="submit" variant="primary" size="lg" busy={busy} disabled={!code.trim()}>
          <Trans>Sign in</Trans>
        </Button>
      </form>
      <div className="mt-4 flex gap-2">
        <Button
          disabled={!email}
          onClick={() => void attempt(() => desktop.session.requestCode({ email: email.trim() }))}
        >
          <Trans>Send a new code</Trans>
        </Button>
        <Button variant="quiet" onClick={() => void desktop.session.cancelSignIn()}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </AuthLayout>
  )
}
