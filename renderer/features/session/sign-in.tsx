import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, type ReactNode, useState } from 'react'
import { z } from 'zod'
import type { BackendState } from '../../../src/contract/app.ts'
import type { SessionState } from '../../../src/contract/session.ts'
import { maxDisplayNameLetters } from '../../../src/domain/limits.ts'
import { desktop } from '../../data/desktop.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { BrowserSignIn } from './browser-sign-in.tsx'
import { CodeForm } from './code-form.tsx'
import { FailureBanner } from './failure-banner.tsx'
import { NameForm } from './name-form.tsx'
import { ProviderButtons } from './provider-buttons.tsx'

type Ready = Extract<BackendState, { status: 'ready' }>
type Way = 'name' | 'password' | 'signUp' | 'code'

const place = (backend: Ready): string =>
  backend.kind === 'embedded' ? t`This computer` : new URL(backend.url).host

const words: Record<Way, { title: MessageDescriptor; submit: MessageDescriptor }> = {
  name: { title: msg`What is your name?`, submit: msg`Start working` },
  password: { title: msg`Sign in`, submit: msg`Sign in` },
  signUp: { title: msg`Create your account`, submit: msg`Create account` },
  code: { title: msg`Sign in with a code`, submit: msg`Send me a code` },
}

export const SignIn = ({ backend, session }: { backend: Ready; session: SessionState }) => {
  const { localAccount } = backend
  /** Of an embedded backend a name is enough, for the first who comes and whoever came so. */
  const isNameEnough = backend.kind === 'embedded'
  const [chosen, setWay] = useState<Way | null>(null)
  const usual = isNameEnough && (backend.firstRun || localAccount) ? 'name' : 'password'
  const way = chosen ?? usual
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [name, setName] = useState('')
  const [errors, setErrors] = useState<{ email?: string; password?: string; name?: string }>({})
  const { busy, failure, setFailure, attempt } = useAttempt()

  if (session.status === 'signingIn' && session.method === 'oauth')
    return <BrowserSignIn state={session} />
  if (session.status === 'signingIn' && session.method === 'code')
    return <CodeForm email={session.email ?? email} failure={session.failure} />

  const go = (next: Way) => {
    setWay(next)
    setErrors({})
    setFailure(null)
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = {
      ...(z.email().safeParse(email.trim()).success ? {} : { email: t`Enter an email address.` }),
      ...(way === 'code' || password ? {} : { password: t`Enter a password.` }),
      ...(way !== 'signUp' || name.trim() ? {} : { name: t`Enter the name others will see.` }),
    }
    setErrors(found)
    if (Object.keys(found).length > 0) return
    const who = { email: email.trim() }
    void attempt(() => {
      if (way === 'code') return desktop.session.requestCode(who)
      if (way === 'signUp')
        return desktop.session.signUp({ ...who, password, displayName: name.trim() })
      return desktop.session.signInWithPassword({ ...who, password })
    })
  }

  const earlier = session.status === 'signedOut' || session.status === 'signingIn'
  return (
    <AuthLayout>
      <AuthTitle
        title={way === 'name' && localAccount ? t`Welcome back` : i18n._(words[way].title)}
      >
        {way === 'name' && (
          <span className="mb-1 block">
            {localAccount
              ? t`No password is asked: whoever uses this computer under your account comes in.`
              : t`That is all it takes: no address, no password. Both can be added when somebody joins you.`}
          </span>
        )}
        <span className="flex items-center gap-2">
          <span className="min-w-0 truncate">{place(backend)}</span>
          <span aria-hidden className="text-faint">
            ·
          </span>
          <Link onPress={() => void attempt(() => desktop.backend.forget())}>
            <Trans>Change</Trans>
          </Link>
        </span>
      </AuthTitle>
      <FailureBanner code={failure ?? (earlier && !busy ? session.failure : null)} />
      <ProviderButtons providers={backend.oauthProviders} attempt={attempt} disabled={busy} />
      {way === 'name' ? (
        <NameForm known={localAccount?.displayName ?? null} busy={busy} attempt={attempt} />
      ) : (
        <form onSubmit={submit} noValidate className="flex flex-col gap-4">
          {way === 'signUp' && (
            <TextField
              label={t`Your name`}
              value={name}
              onChange={(event) => setName(event.target.value)}
              error={errors.name}
              autoComplete="name"
              autoFocus
              maxLength={maxDisplayNameLetters}
            />
          )}
          <TextField
            label={t`Email`}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            error={errors.email}
            autoComplete="email"
            spellCheck={false}
            autoFocus={way !== 'signUp'}
          />
          {way !== 'code' && (
            <TextField
              label={t`Password`}
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              error={errors.password}
              autoComplete={way === 'signUp' ? 'new-password' : 'current-password'}
            />
          )}
          <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-1">
            {i18n._(words[way].submit)}
          </Button>
        </form>
      )}
      <p className="mt-5 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {way === 'name' ? (
          <Link onPress={() => go(backend.firstRun ? 'signUp' : 'password')}>
            <Trans>Use an email address instead</Trans>
          </Link>
        ) : (
          <>
            {isNameEnough && (
              <Link onPress={() => go('name')}>
                {localAccount ? t`Continue as ${localAccount.displayName}` : t`Use a name only`}
              </Link>
            )}
            {way !== 'password' && (
              <Link onPress={() => go('password')}>
                <Trans>Sign in with a password</Trans>
              </Link>
            )}
            {way !== 'code' && (
              <Link onPress={() => go('code')}>
                <Trans>Get a code by email</Trans>
              </Link>
            )}
            {way !== 'signUp' && (
              <Link onPress={() => go('signUp')}>
                <Trans>Create an account</Trans>
              </Link>
            )}
          </>
        )}
      </p>
    </AuthLayout>
  )
}

const Link = ({ children, onPress }: { children: ReactNode; onPress: () => void }) => (
  <button
    type="button"
    onClick={onPress}
    className="rounded-sm text-accent-text underline-offset-2 hover:underline"
  >
    {children}
  </button>
)
