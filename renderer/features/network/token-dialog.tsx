import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import type { TokenQuestion } from '../../../src/contract/network.ts'
import { desktop } from '../../data/desktop.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'

export const TokenDialog = ({ question }: { question: TokenQuestion }) => {
  const { id, host, name, wasRefused } = question
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string | null>(null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (password === '') setError(t`Enter what unlocks it.`)
    else void desktop.network.unlockToken({ id, password })
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && void desktop.network.decline({ id })}
      title={t`Unlock your certificates?`}
      description={
        <Trans>
          <span className="wrap-anywhere font-mono text-xs">{host}</span> asks for a certificate,
          and those in “<span className="wrap-anywhere">{name}</span>” are locked.
        </Trans>
      }
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        {wasRefused && (
          <Banner tone="danger" className="rounded-md">
            <Trans>
              That did not unlock it. A card may lock itself for good after a few wrong ones.
            </Trans>
          </Banner>
        )}
        <TextField
          label={t`PIN or password`}
          type="password"
          autoFocus
          autoComplete="off"
          maxLength={200}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={error}
          hint={t`It goes to the card or key alone, and is kept nowhere.`}
        />
        <DialogActions>
          <Button onClick={() => void desktop.network.decline({ id })}>
            <Trans>Leave it locked</Trans>
          </Button>
          <Button type="submit" variant="primary">
            <Trans>Unlock</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
