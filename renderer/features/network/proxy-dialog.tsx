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
    if (userName === '') setError('Enter the name that your network knows you by.')
    else void desktop.network.signInToProxy({ id, userName, password, remember })
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && void desktop.network.decline({ id })}
      title="Sign in to your network’s proxy"
      description={
        <>
          <span className="wrap-anywhere font-mono text-xs">{`${host}:${port}`}</span> lets nobody
          through without a name and a password. They are your network’s, not those of your
          workspace.
          {realm !== '' && (
            <span className="mt-1 block wrap-anywhere">It calls itself “{realm}”.</span>
          )}
        </>
      }
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        {wasRefused && (
          <Banner tone="danger" className="rounded-md">
            The proxy refused this name and password. Check both and try again.
          </Banner>
        )}
        <TextField
          label="Name"
          autoFocus={question.userName === ''}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={userName}
          onChange={(event) => setUserName(event.target.value)}
          error={error}
        />
        <TextField
          label="Proxy password"
          type="password"
          autoFocus={question.userName !== ''}
          autoComplete="off"
          maxLength={1000}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          hint={
            isPlain
              ? 'This proxy takes it unencrypted: whoever is on your network could read it.'
              : null
          }
        />
        <Keeping
          label="Keep it in the keychain"
          text="Atelier signs in to this proxy by itself from then on."
          checked={remember}
          onChange={setRemember}
        />
        <DialogActions>
          <Button onClick={() => void desktop.network.decline({ id })}>Not now</Button>
          <Button type="submit" variant="primary">
            Sign in to the proxy
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
