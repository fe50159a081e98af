import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ArrowUpRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { SessionState } from '../../../src/contract/session.ts'
import { desktop } from '../../data/desktop.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { FailureBanner } from './failure-banner.tsx'
import { providerNames } from './provider-buttons.tsx'

type SigningIn = Extract<SessionState, { status: 'signingIn' }>

/** The person is in the browser. Everything that can go wrong there has its way back here. */
export const BrowserSignIn = ({ state }: { state: SigningIn }) => {
  const [link, setLink] = useState('')
  const { busy, failure, attempt } = useAttempt()
  const provider = providerNames[state.provider ?? 'github']
  const paste = (event: FormEvent) => {
    event.preventDefault()
    if (link.trim()) void attempt(() => desktop.session.pasteLink({ link: link.trim() }))
  }
  return (
    <AuthLayout>
      <AuthTitle title={t`Finish in your browser`}>
        <Trans>
          {provider} asks for your permission there. Atelier comes forward by itself when you are
          done.
        </Trans>
      </AuthTitle>
      <FailureBanner code={failure ?? state.failure} />
      <div
        role="status"
        className="mb-5 flex items-center gap-3 rounded-lg border bg-sidebar px-4 py-3 text-sm text-soft"
      >
        <span aria-hidden className="skeleton size-2 rounded-full bg-accent!" />
        <Trans>Waiting for {provider}</Trans>
      </div>
      <div className="flex gap-2">
        {state.authorizeUrl && (
          <Button onClick={() => void attempt(() => desktop.session.openBrowserAgain())}>
            <Trans>Open the page again</Trans> <ArrowUpRight aria-hidden />
          </Button>
        )}
        <Button variant="quiet" onClick={() => void desktop.session.cancelSignIn()}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
      <form onSubmit={paste} className="mt-8 border-t pt-5">
        <TextField
          label={t`Nothing happens? Paste the link from the browser`}
          placeholder="atelier://auth/callback?…"
          value={link}
          onChange={(event) => setLink(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          mono
        />
        <Button type="submit" className="mt-3" busy={busy} disabled={!link.trim()}>
          <Trans>Use this link</Trans>
        </Button>
      </form>
    </AuthLayout>
  )
}
