import { Trans } from '@lingui/react/macro'
import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A menu under its trigger. Fill it with MenuItem, MenuSeparator and MenuLabel. */
export const Menu = ({
  trigger,
  children,
  align = 'start',
  side = 'bottom',
}: {
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'right' | 'bottom' | 'left'
}) => (
  <Radix.Root>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        side={side}
        sideOffset={6}
        collisionPadding={8}
        className="appear z-50 min-w-48 max-w-80 rounded-lg bg-raised p-1 shadow-lg"
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)

export const MenuItem = ({
  children,
  icon,
  hint,
  onSelect,
  danger = false,
  checked,
  disabled = false,
}: {
  children: ReactNode
  icon?: ReactNode
  hint?: ReactNode
  onSelect: () => void
  danger?: boolean
  checked?: boolean
  disabled?: boolean
}) => (
  <Radix.Item
    disabled={disabled}
    onSelect={onSelect}
    className={classNames(
      'flex h-7 items-center gap-2 rounded-md px-2 text-sm outline-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0',
      danger ? 'text-danger' : 'text-ink',
    )}
  >
    {icon}
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {hint && <span className="text-faint text-xs">{hint}</span>}
    {checked && (
      <>
        <Check aria-hidden className="text-accent-text" />
        <span className="sr-only">
          <Trans>, chosen</Trans>
        </span>
      </>
    )}
  </Radix.Item>
)

export const MenuSeparator = () => <Radix.Separator className="-mx-1 my-1 h-px bg-line" />

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 font-medium text-faint text-xs">{children}</Radix.Label>
)
