import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { z } from 'zod'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { announce } from '../../ui/live-region.tsx'
import { TextField } from '../../ui/text-field.tsx'

/** Characters. */
const shortestPassword = 8

/** For whoever began with a name alone: an address is what somebody else needs to join them. */
export const AddAddressDialog = ({ onClose }: { onClose: () => void }) => {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [errors, setErrors] = useState<{ email?: string; password?: string }>({})
  const [failure, setFailure] = useState<FailureCode | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const found = {
      ...(z.email().safeParse(email.trim()).success ? {} : { email: t`Enter an email address.` }),
      ...(password.length >= shortestPassword
        ? {}
        : { password: t`Enter a password of at least ${shortestPassword} characters.` }),
    }
    setErrors(found)
    setFailure(null)
    if (Object.keys(found).length > 0) return
    setBusy(true)
    try {
      await desktop.session.addAddress({ email: email.trim(), password })
      announce(t`The address was added`)
      onClose()
    } catch (error) {
      const code = failureOf(error)
      const { title, remedy } = failureText[code]
      const told = `${title}. ${remedy}`
      setErrors(code === 'auth.weak-password' ? { password: told } : { email: told })
      setFailure(code)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t`Add an address`}
      description={t`So that others can be told who you are and join your work. From then on you sign in with both.`}
    >
      <form
        id="add-address"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => void submit(event)}
      >
        <TextField
          label={t`Email`}
          type="email"
          autoFocus
          autoComplete="email"
          spellCheck={false}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={errors.email}
          errorCode={errors.email && failure}
        />
        <TextField
          label={t`New password`}
          type="password"
          autoComplete="new-password"
          hint={t`At least ${shortestPassword} characters.`}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={errors.password}
          errorCode={errors.password && failure}
        />
        <DialogActions>
          <Button onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            <Trans>Add the address</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
