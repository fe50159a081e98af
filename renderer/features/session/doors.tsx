import { ArrowLeft, ChevronRight, HardDrive, Link2 } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { backendChoice } from '../../../src/contract/app.ts'
import { desktop } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Entrance, EntranceTitle } from './entrance.tsx'
import { FailureBanner } from './failure-banner.tsx'
import { useAttempt } from './use-attempt.ts'

/** First run: where the workspace lives. */
export const Doors = () => {
  const [hosted, setHosted] = useState(false)
  const { busy, failure, attempt } = useAttempt()
  return (
    <Entrance>
      {hosted ? (
        <HostedForm onBack={() => setHosted(false)} />
      ) : (
        <>
          <EntranceTitle title="Where should your work live?">
            You can change this later, before signing in.
          </EntranceTitle>
          <FailureBanner code={failure} />
          <div className="flex flex-col gap-3">
            <Door
              icon={<HardDrive />}
              title="Work on this computer"
              busy={busy}
              onOpen={() => void attempt(() => desktop.backend.choose({ kind: 'embedded' }))}
            >
              {busy
                ? 'Preparing the database. The first time takes a few seconds.'
                : 'Atelier brings its own database. No server, no network, nothing to set up.'}
            </Door>
            <Door
              icon={<Link2 />}
              title="Connect to a Supabase project"
              disabled={busy}
              onOpen={() => setHosted(true)}
            >
              Join your team on a project you host. You need its address and publishable key.
            </Door>
          </div>
        </>
      )}
    </Entrance>
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

const HostedForm = ({ onBack }: { onBack: () => void }) => {
  const [url, setUrl] = useState('')
  const [key, setKey] = useState('')
  const [errors, setErrors] = useState<{ url?: string; key?: string }>({})
  const { busy, failure, attempt } = useAttempt()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const choice = backendChoice.safeParse({
      kind: 'hosted',
      url: url.trim().replace(/\/+$/, ''),
      publishableKey: key.trim(),
    })
    const secret = /^sb_secret_/.test(key.trim())
    if (choice.success && !secret) {
      setErrors({})
      void attempt(() => desktop.backend.choose(choice.data))
      return
    }
    const wrong = new Set(choice.error?.issues.map((issue) => issue.path[0]))
    setErrors({
      ...(wrong.has('url') ? { url: 'Enter the full address, starting with https://' } : {}),
      ...(wrong.has('publishableKey') ? { key: 'Enter the whole publishable key.' } : {}),
      ...(secret
        ? { key: 'This is a secret key. Use the publishable one; it is safe to share.' }
        : {}),
    })
  }

  return (
    <form onSubmit={submit} noValidate>
      <Button variant="quiet" size="sm" onClick={onBack} className="-ml-2 mb-4">
        <ArrowLeft aria-hidden /> Back
      </Button>
      <EntranceTitle title="Connect to a Supabase project">
        Both are in your project’s dashboard, under Settings and API keys.
      </EntranceTitle>
      <FailureBanner code={failure} />
      <div className="flex flex-col gap-4">
        <TextField
          label="Project address"
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
          label="Publishable key"
          placeholder="sb_publishable_…"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          error={errors.key}
          autoComplete="off"
          spellCheck={false}
          mono
        />
        <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-2">
          {busy ? 'Connecting' : 'Connect'}
        </Button>
      </div>
    </form>
  )
}
