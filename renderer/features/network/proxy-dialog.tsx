import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import type { ProxyQuestion } from '../../../src/contract/network.ts'
import { desktop } from '../../data/desktop.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Keeping } from './keeping.tsx'

export const ProxyDialog = ({ question }: { question: ProxyQuestion }) => {
  const { id, host, port, realm, isPlain, wasRefused } = question
  const [userName, setUserName] = useState(question.userName)
  const [password, setPassword] = useState('')
  const [remember, setRemember] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (userName === '') setError(t`Enter the name that your network knows you by.`)
    else void desktop.network.signInToProxy({ id, userName, password, remember })
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && void desktop.network.decline({ id })}
      title={t`Sign in to your network’s proxy`}
      description={
        <>
          <Trans>
            <span className="wrap-anywhere font-mono text-xs">{`${host}:${port}`}</span> lets nobody
            through without a name and a password. They are your network’s, not those of your
            workspace.
          </Trans>
          {realm !== '' && (
            <span className="mt-1 block wrap-anywhere">
              <Trans>It calls itself “{realm}”.</Trans>
            </span>
          )}
        </>
      }
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        {wasRefused && (
          <Banner tone="danger" className="rounded-md">
            <Trans>The proxy refused this name and password. Check both and try again.</Trans>
          </Banner>
        )}
        <TextField
          label={t`Name`}
          autoFocus={question.userName === ''}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={userName}
          onChange={(event) => setUserName(event.target.value)}
          error={error}
        />
        <TextField
          label={t`Proxy password`}
          type="password"
          autoFocus={question.userName !== ''}
          autoComplete="off"
          maxLength={1000}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          hint={
            isPlain
              ? t`This proxy takes it unencrypted: whoever is on your network could read it.`
              : null
          }
        />
        <Keeping
          label={t`Keep it in the keychain`}
          text={t`Atelier signs in to this proxy by itself from then on.`}
          checked={remember}
          onChange={setRemember}
        />
        <DialogActions>
          <Button onClick={() => void desktop.network.decline({ id })}>
            <Trans>Not now</Trans>
          </Button>
          <Button type="submit" variant="primary">
            <Trans>Sign in to the proxy</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
