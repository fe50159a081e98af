import { t } from '@lingui/core/macro'
import { type FormEvent, useState } from 'react'
import { maxDisplayNameLetters } from '../../../src/domain/limits.ts'
import { desktop } from '../../data/desktop.ts'
import { useAppInfo } from '../../data/stores.ts'
import type { useAttempt } from '../../data/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'

/** On this computer a name is enough: the account is made, or found again, by itself. */
export const NameForm = ({
  known,
  busy,
  attempt,
}: {
  /** The name of who works here without an address; null where nobody does yet. */
  known: string | null
} & Pick<ReturnType<typeof useAttempt>, 'busy' | 'attempt'>) => {
  const suggested = useAppInfo((info) => info.personName)
  const [typed, setTyped] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const name = known ?? typed ?? suggested
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim()) return setError(t`Enter a name. It stands beside what you do.`)
    setError(null)
    void attempt(() => desktop.session.enterHere({ displayName: name.trim() }))
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {known === null && (
        <TextField
          label={t`Your name`}
          value={name}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={(event) => event.target.select()}
          error={error}
          autoComplete="name"
          autoFocus
          maxLength={maxDisplayNameLetters}
        />
      )}
      <Button type="submit" variant="primary" size="lg" busy={busy} autoFocus={known !== null}>
        <span className="min-w-0 truncate">
          {known === null ? t`Start working` : t`Continue as ${known}`}
        </span>
      </Button>
    </form>
  )
}
