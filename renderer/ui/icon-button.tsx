import type { ReactNode } from 'react'
import { Button, type ButtonProps } from './button.tsx'
import { classNames } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

export type IconButtonProps = Omit<ButtonProps, 'aria-label' | 'children'> & {
  /** Read aloud and shown as the tooltip. */
  label: string
  icon: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
  /** Shown after the label in the tooltip, for instance a shortcut. */
  hint?: ReactNode
}

export const IconButton = ({
  label,
  icon,
  side = 'bottom',
  hint,
  variant = 'quiet',
  size = 'md',
  className,
  ...rest
}: IconButtonProps) => (
  <Tooltip
    side={side}
    label={
      <>
        {label}
        {hint}
      </>
    }
  >
    <Button
      {...rest}
      variant={variant}
      size={size}
      aria-label={label}
      className={classNames(size === 'sm' ? 'w-6 px-0!' : 'w-8 px-0!', className)}
    >
      {icon}
    </Button>
  </Tooltip>
)
