import { Trans } from '@lingui/react/macro'
import type { OAuthProvider } from '../../../src/contract/session.ts'
import { desktop } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'

export const providerNames: Record<OAuthProvider, string> = {
  github: 'GitHub',
  google: 'Google',
}

const marks: Record<OAuthProvider, string> = {
  github:
    'M12 2a10 10 0 0 0-3.16 19.49c.5.09.68-.22.68-.48v-1.7c-2.78.6-3.37-1.34-3.37-1.34-.45-1.16-1.11-1.47-1.11-1.47-.91-.62.07-.6.07-.6 1 .07 1.53 1.03 1.53 1.03.89 1.53 2.34 1.09 2.91.83.09-.65.35-1.09.63-1.34-2.22-.25-4.55-1.11-4.55-4.94 0-1.09.39-1.98 1.03-2.68-.1-.25-.45-1.27.1-2.64 0 0 .84-.27 2.75 1.02a9.6 9.6 0 0 1 5 0c1.91-1.29 2.75-1.02 2.75-1.02.55 1.37.2 2.39.1 2.64.64.7 1.03 1.59 1.03 2.68 0 3.84-2.34 4.68-4.57 4.93.36.31.68.92.68 1.85v2.74c0 .27.18.58.69.48A10 10 0 0 0 12 2z',
  google:
    'M21.6 12.2c0-.7-.06-1.36-.18-2H12v3.8h5.4a4.6 4.6 0 0 1-2 3v2.5h3.2c1.9-1.74 3-4.3 3-7.3zM12 22c2.7 0 4.96-.9 6.6-2.42l-3.2-2.5c-.9.6-2.04.95-3.4.95-2.6 0-4.8-1.76-5.6-4.12H3.1v2.58A10 10 0 0 0 12 22zM6.4 13.9a6 6 0 0 1 0-3.82V7.5H3.1a10 10 0 0 0 0 8.98zM12 5.97c1.47 0 2.78.5 3.82 1.5l2.85-2.86A10 10 0 0 0 3.1 7.5l3.3 2.58C7.2 7.73 9.4 5.97 12 5.97z',
}

/** The providers the server offers, each in the system's browser. Nothing when it offers none. */
export const ProviderButtons = ({
  providers,
  attempt,
  disabled,
}: {
  providers: readonly OAuthProvider[]
  attempt: (work: () => Promise<unknown>) => Promise<boolean>
  disabled: boolean
}) =>
  providers.length > 0 && (
    <>
      <div className="flex flex-col gap-2">
        {providers.map((provider) => (
          <Button
            key={provider}
            size="lg"
            disabled={disabled}
            onClick={() => void attempt(() => desktop.session.signInWithOAuth({ provider }))}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d={marks[provider]} fill="currentColor" />
            </svg>
            <Trans>Continue with {providerNames[provider]}</Trans>
          </Button>
        ))}
      </div>
      <div className="my-5 flex items-center gap-3 text-faint text-xs">
        <span className="h-px flex-1 bg-line" />
        <Trans>or</Trans>
        <span className="h-px flex-1 bg-line" />
      </div>
    </>
  )
