import { t } from '@lingui/core/macro'
import { RefreshCw, Settings } from 'lucide-react'
import { useLocation, useNavigate } from 'react-router'
import { IconButton } from '../ui/icon-button.tsx'

export const RailFoot = () => {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const here = pathname === '/settings'
  const inSync = pathname.startsWith('/sync')
  return (
    <div className="flex flex-col items-center gap-1 border-t py-2.5">
      <IconButton
        label={t`Sync`}
        side="right"
        icon={<RefreshCw />}
        aria-current={inSync ? 'page' : undefined}
        className={inSync ? 'bg-selected text-ink!' : ''}
        onClick={() => void navigate('/sync')}
      />
      <IconButton
        label={t`Settings`}
        side="right"
        icon={<Settings />}
        aria-current={here ? 'page' : undefined}
        className={here ? 'bg-selected text-ink!' : ''}
        onClick={() => void navigate('/settings')}
      />
    </div>
  )
}
