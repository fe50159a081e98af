import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useBackend } from '../../data/stores.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { providerNames } from './provider-buttons.tsx'

/** For whom the server ended the session: over the workspace, which stays. */
export const SignInAgain = ({
  open,
  onOpenChange,
  email,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  email: string
}) => {
  const backend = useBackend()
  const [password, setPassword] = useState('')
  const [isMissing, setMissing] = useState(false)
  const { busy, failure, attempt } = useAttempt()
  const enter = async (work: () => Promise<unknown>): Promise<void> => {
    setMissing(false)
    if (await attempt(work)) onOpenChange(false)
    setPassword('')
  }
  const providers = backend.status === 'ready' ? backend.oauthProviders : []
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t`Sign in again`}
      description={t`As ${email}. Nothing on this computer is lost.`}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!password) setMissing(true)
          else void enter(() => desktop.session.signInWithPassword({ email, password }))
        }}
      >
        <TextField
          label={t`Password`}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={isMissing ? t`Enter your password.` : failure && failureText[failure].title}
          errorCode={isMissing ? null : failure}
        />
        <DialogActions>
          <Button
            disabled={busy || !email}
            onClick={() => void enter(() => desktop.session.requestCode({ email }))}
          >
            <Trans>Email me a code</Trans>
          </Button>
          {providers.map((provider) => (
            <Button
              key={provider}
              disabled={busy}
              onClick={() => void enter(() => desktop.session.signInWithOAuth({ provider }))}
            >
              <Trans>Use {providerNames[provider]}</Trans>
            </Button>
          ))}
          <Button type="submit" variant="primary" busy={busy}>
            <Trans>Sign in</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
