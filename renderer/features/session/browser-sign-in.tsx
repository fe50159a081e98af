import { ArrowUpRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { SessionState } from '../../../src/contract/session.ts'
import { desktop } from '../../data/desktop.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { FailureBanner } from './failure-banner.tsx'

type SigningIn = Extract<SessionState, { status: 'signingIn' }>

/** The person is in the browser. Everything that can go wrong there has its way back here. */
export const BrowserSignIn = ({ state }: { state: SigningIn }) => {
  const [link, setLink] = useState('')
  const { busy, failure, attempt } = useAttempt()
  const provider = state.provider === 'google' ? 'Google' : 'GitHub'
  const paste = (event: FormEvent) => {
    event.preventDefault()
    if (link.trim()) void attempt(() => desktop.session.pasteLink({ link: link.trim() }))
  }
  return (
    <AuthLayout>
      <AuthTitle title={`Finish in your browser`}>
        {provider} asks for your permission there. Atelier comes forward by itself when you are
        done.
      </AuthTitle>
      <FailureBanner code={failure ?? state.failure} />
      <div
        role="status"
        className="mb-5 flex items-center gap-3 rounded-lg border bg-sidebar px-4 py-3 text-sm text-soft"
      >
        <span aria-hidden className="skeleton size-2 rounded-full bg-accent!" />
        Waiting for {provider}
      </div>
      <div className="flex gap-2">
        {state.authorizeUrl && (
          <Button onClick={() => void attempt(() => desktop.session.openBrowserAgain())}>
            Open the page again <ArrowUpRight aria-hidden />
          </Button>
        )}
        <Button variant="quiet" onClick={() => void desktop.session.cancelSignIn()}>
          Cancel
        </Button>
      </div>
      <form onSubmit={paste} className="mt-8 border-t pt-5">
        <TextField
          label="Nothing happens? Paste the link from the browser"
          placeholder="atelier://auth/callback?…"
          value={link}
          onChange={(event) => setLink(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          mono
        />
        <Button type="submit" className="mt-3" busy={busy} disabled={!link.trim()}>
          Use this link
        </Button>
      </form>
    </AuthLayout>
  )
}
