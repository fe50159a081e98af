import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { LogOut, Settings } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useOwnName } from '../data/people.ts'
import { accountOf, useSession } from '../data/stores.ts'
import { SignOutDialog } from '../features/settings/index.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'

export const AccountMenu = () => {
  const account = accountOf(useSession())
  const navigate = useNavigate()
  const [leaving, setLeaving] = useState(false)
  const name = useOwnName() ?? t`Account`
  return (
    <>
      <Menu
        align="end"
        trigger={
          <button type="button" aria-label={t`Account: ${name}`} className="rounded-full">
            <Avatar name={name} imageUrl={account?.avatarUrl ?? null} />
          </button>
        }
      >
        <MenuLabel>{account?.email ?? name}</MenuLabel>
        <MenuItem icon={<Settings />} onSelect={() => void navigate('/settings')}>
          <Trans>Settings</Trans>
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<LogOut />} onSelect={() => setLeaving(true)}>
          <Trans>Sign out…</Trans>
        </MenuItem>
      </Menu>
      <SignOutDialog open={leaving} onOpenChange={setLeaving} />
    </>
  )
}
