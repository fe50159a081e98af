import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ArrowLeft, ChevronRight, HardDrive, Link2 } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { backendChoice } from '../../../src/contract/app.ts'
import {
  type AddressRefusal,
  isSecretKey,
  parseServerAddress,
} from '../../../src/domain/server-address.ts'
import { desktop } from '../../data/desktop.ts'
import { useAttempt } from '../../data/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { AuthLayout, AuthTitle } from './auth-layout.tsx'
import { FailureBanner } from './failure-banner.tsx'

/** First run: where the workspace lives. */
export const BackendChooser = () => {
  const [hosted, setHosted] = useState(false)
  const { busy, failure, attempt } = useAttempt()
  return (
    <AuthLayout>
      {hosted ? (
        <HostedForm onBack={() => setHosted(false)} />
      ) : (
        <>
          <AuthTitle title={t`Where should your work live?`}>
            <Trans>You can change this later, before signing in.</Trans>
          </AuthTitle>
          <FailureBanner code={failure} />
          <div className="flex flex-col gap-3">
            <Door
              icon={<HardDrive />}
              title={t`Work on this computer`}
              busy={busy}
              onOpen={() => void attempt(() => desktop.backend.choose({ kind: 'embedded' }))}
            >
              {busy
                ? t`Preparing the database. The first time takes a few seconds.`
                : t`Atelier brings its own database. No account, no server, no network: your name is enough.`}
            </Door>
            <Door
              icon={<Link2 />}
              title={t`Connect to a Supabase project`}
              disabled={busy}
              onOpen={() => setHosted(true)}
            >
              <Trans>
                Join your team on a project you host. You need its address and publishable key.
              </Trans>
            </Door>
          </div>
        </>
      )}
    </AuthLayout>
  )
}

const Door = ({
  icon,
  title,
  children,
  busy = false,
  disabled = false,
  onOpen,
}: {
  icon: ReactNode
  title: string
  children: ReactNode
  busy?: boolean
  disabled?: boolean
  onOpen: () => void
}) => (
  <button
    type="button"
    onClick={onOpen}
    disabled={disabled || busy}
    aria-busy={busy || undefined}
    className="group flex items-center gap-4 rounded-lg border bg-raised p-4 text-left shadow-sm transition-colors hover:border-accent enabled:active:bg-hover disabled:opacity-70"
  >
    <span
      aria-hidden
      className="grid size-10 shrink-0 place-items-center rounded-md bg-accent-soft text-accent-text [&_svg]:size-5"
    >
      {icon}
    </span>
    <span className="min-w-0 flex-1">
      <span className="block font-semibold text-base">{title}</span>
      <span className="mt-0.5 block text-sm text-soft">{children}</span>
      {busy && <span className="skeleton mt-2 block h-1 rounded-full" />}
    </span>
    <ChevronRight
      aria-hidden
      className="size-4 shrink-0 text-faint transition-transform group-hover:translate-x-0.5"
    />
  </button>
)

/** What was entered last: whoever comes back from an address that led nowhere need not begin anew. */
const entered = { url: '', key: '' }

const addressRefusals: Record<AddressRefusal, MessageDescriptor> = {
  'no-address': msg`Enter the full address, starting with https://`,
  'not-encrypted': msg`Use https://. Without it others on the network could read what you send; http:// is for this computer only.`,
  'has-credentials': msg`Enter the address without a name or password in it.`,
  'is-ipv6': msg`Use a name instead of an IPv6 address, such as localhost.`,
}

export const HostedForm = ({
  onBack,
  address = entered.url,
}: {
  onBack: () => void
  address?: string
}) => {
  const [url, setUrl] = useState(address)
  const [key, setKey] = useState(entered.key)
  const [errors, setErrors] = useState<{ url?: string; key?: string }>({})
  const { busy, failure, attempt } = useAttempt()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const choice = backendChoice.safeParse({ kind: 'hosted', url, publishableKey: key.trim() })
    if (choice.success) {
      setErrors({})
      Object.assign(entered, { url: url.trim(), key: key.trim() })
      void attempt(() => desktop.backend.choose(choice.data))
      return
    }
    const parsed = parseServerAddress(url)
    const isKeyWrong = choice.error.issues.some((issue) => issue.path[0] === 'publishableKey')
    setErrors({
      ...(parsed.kind === 'refused' ? { url: i18n._(addressRefusals[parsed.reason]) } : {}),
      ...(isKeyWrong
        ? {
            key: isSecretKey(key.trim())
              ? t`This is a secret key, which opens everything. Use the publishable one; it is safe to share.`
              : t`Enter the whole publishable key.`,
          }
        : {}),
    })
  }

  return (
    <form onSubmit={submit} noValidate>
      <Button variant="quiet" size="sm" onClick={onBack} className="-ml-2 mb-4">
        <ArrowLeft aria-hidden /> <Trans>Back</Trans>
      </Button>
      <AuthTitle title={t`Connect to a Supabase project`}>
        <Trans>Both are in your project’s dashboard, under Settings and API keys.</Trans>
      </AuthTitle>
      <FailureBanner code={failure} />
      <div className="flex flex-col gap-4">
        <TextField
          label={t`Project address`}
          placeholder="https://your-project.supabase.co"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          error={errors.url}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          mono
        />
        <TextField
          label={t`Publishable key`}
          placeholder="sb_publishable_…"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          error={errors.key}
          autoComplete="off"
          spellCheck={false}
          mono
        />
        <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-2">
          {busy ? t`Connecting` : t`Connect`}
        </Button>
      </div>
    </form>
  )
}
