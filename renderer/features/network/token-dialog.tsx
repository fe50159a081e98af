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
    if (password === '') setError('Enter what unlocks it.')
    else void desktop.network.unlockToken({ id, password })
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && void desktop.network.decline({ id })}
      title="Unlock your certificates?"
      description={
        <>
          <span className="wrap-anywhere font-mono text-xs">{host}</span> asks for a certificate,
          and those in “<span className="wrap-anywhere">{name}</span>” are locked.
        </>
      }
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        {wasRefused && (
          <Banner tone="danger" className="rounded-md">
            That did not unlock it. A card may lock itself for good after a few wrong ones.
          </Banner>
        )}
        <TextField
          label="PIN or password"
          type="password"
          autoFocus
          autoComplete="off"
          maxLength={200}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={error}
          hint="It goes to the card or key alone, and is kept nowhere."
        />
        <DialogActions>
          <Button onClick={() => void desktop.network.decline({ id })}>Leave it locked</Button>
          <Button type="submit" variant="primary">
            Unlock
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
