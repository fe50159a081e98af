import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { LogOut } from 'lucide-react'
import { useState } from 'react'
import { useChanges } from '../../data/mutations.ts'
import { useOwnName } from '../../data/people.ts'
import { accountOf, useBackend, useReached, useSession } from '../../data/stores.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { ChangeNote } from '../changes/index.ts'
import { AddAddressDialog } from './add-address-dialog.tsx'
import { NameDialog } from './name-dialog.tsx'
import { SignOutDialog } from './sign-out-dialog.tsx'

type Open = { kind: 'nothing' } | { kind: 'address' } | { kind: 'name'; initial: string }

/** Who is here, what they are called, and how they leave. */
export const AccountRows = () => {
  const session = useSession()
  const account = accountOf(session)
  const name = useOwnName()
  const isReached = useReached()
  const backend = useBackend()
  const rename = useChanges('profile.rename').at(-1)
  const newName = rename?.input.displayName ?? ''
  const [isLeaving, setLeaving] = useState(false)
  const [open, setOpen] = useState<Open>({ kind: 'nothing' })
  const close = (): void => setOpen({ kind: 'nothing' })
  const isNameOnly =
    account?.email === null &&
    backend.status === 'ready' &&
    backend.localAccount?.displayName === account.displayName
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 px-4 py-3">
        <Avatar name={name ?? '?'} imageUrl={account?.avatarUrl ?? null} size="lg" />
        <div className="min-w-48 flex-1">
          <p className="truncate font-medium text-sm">{name ?? t`Nobody`}</p>
          <p className="text-soft text-xs">
            {isNameOnly
              ? t`On this computer, by name alone. Others can join once you have an address.`
              : account?.email}
          </p>
        </div>
        {name !== null && (
          <Button onClick={() => setOpen({ kind: 'name', initial: name })}>
            <Trans>Change name…</Trans>
          </Button>
        )}
        {isNameOnly && (
          <Button disabled={!isReached} onClick={() => setOpen({ kind: 'address' })}>
            <Trans>Add an address…</Trans>
          </Button>
        )}
        <Button onClick={() => setLeaving(true)}>
          <LogOut aria-hidden /> <Trans>Sign out</Trans>
        </Button>
      </div>
      {rename && (
        <ChangeNote
          id={rename.id}
          state={rename.state}
          what={t`The new name “${newName}”`}
          onEdit={() => setOpen({ kind: 'name', initial: newName })}
        />
      )}
      {'vault' in session && session.vault === 'memory' && (
        <p className="border-t px-4 py-2.5 text-soft text-xs">
          <Trans>Kept in memory only: you sign in again after quitting.</Trans>
        </p>
      )}
      {open.kind === 'address' && <AddAddressDialog onClose={close} />}
      {open.kind === 'name' && <NameDialog initial={open.initial} onClose={close} />}
      <SignOutDialog open={isLeaving} onOpenChange={setLeaving} />
    </>
  )
}
