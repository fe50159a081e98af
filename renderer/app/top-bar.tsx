import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Menu, Search } from 'lucide-react'
import type { AppInfo } from '../../src/contract/app.ts'
import { desktop } from '../data/desktop.ts'
import { Mark } from '../features/session/index.ts'
import { SyncStatus } from '../features/sync/index.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { AccountMenu } from './account-menu.tsx'
import { modifier } from './shortcuts.ts'
import { openPalette } from './ui-store.ts'

/** On macOS and Windows it is the title bar, with room for what the system paints there; on Linux it lies below it. */
export const TopBar = ({ platform }: { platform: AppInfo['platform'] }) => (
  <header className="drag-region grid h-11 shrink-0 grid-cols-[minmax(max-content,1fr)_minmax(8rem,26rem)_minmax(max-content,1fr)] items-center gap-4 border-b bg-canvas pr-[max(0.625rem,calc(var(--title-right)+0.625rem))] pl-[max(0.875rem,var(--title-left))]">
    <div className="flex min-w-0 items-center gap-2.5">
      {platform === 'win32' && <MenuButton />}
      <Mark className="size-6 shrink-0" />
      <span className="font-semibold tracking-tight max-[900px]:sr-only">Atelier</span>
    </div>
    <button
      type="button"
      onClick={openPalette}
      aria-keyshortcuts="Control+K Meta+K"
      className="flex h-7 min-w-0 items-center gap-2 rounded-md border bg-field px-2.5 text-faint text-sm transition-colors hover:border-line-strong"
    >
      <Search aria-hidden className="size-3.5 shrink-0" />
      <span className="flex-1 truncate text-left">
        <Trans>Search or jump to</Trans>
      </span>
      <Kbd>{modifier(platform)} K</Kbd>
    </button>
    <div className="flex min-w-0 items-center justify-end gap-2">
      <SyncStatus />
      <AccountMenu />
    </div>
  </header>
)

/** The application's own menus: Windows leaves them no bar where the page has the place of the title. */
const MenuButton = () => (
  <IconButton
    label={t`Menu`}
    icon={<Menu />}
    aria-haspopup="menu"
    onClick={({ currentTarget }) => {
      const { left, bottom } = currentTarget.getBoundingClientRect()
      void desktop.desktop.showMenu({ x: left, y: bottom }).catch(() => {})
    }}
  />
)
