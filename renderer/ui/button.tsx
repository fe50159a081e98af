import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'

const variants = {
  primary:
    'bg-accent text-on-accent shadow-sm hover:bg-accent-strong active:bg-accent-strong font-medium',
  secondary:
    'bg-raised text-ink border border-line shadow-sm hover:border-line-strong active:bg-pressed font-medium',
  quiet: 'text-soft hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'bg-danger-fill text-on-accent shadow-sm hover:brightness-90 font-medium',
} as const

const sizes = {
  sm: 'h-6 px-2 gap-1.5 text-xs rounded-sm',
  md: 'h-8 px-3 gap-2 text-sm rounded-md',
  lg: 'h-10 px-4 gap-2 text-sm rounded-md',
} as const

export type ButtonProps = ComponentProps<'button'> & {
  variant?: keyof typeof variants
  size?: keyof typeof sizes
  /** Under way: keeps its width and focus, refuses a second press. */
  busy?: boolean
}

export const Button = ({
  variant = 'secondary',
  size = 'md',
  busy = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) => (
  <button
    {...rest}
    type={type}
    aria-busy={busy || undefined}
    aria-disabled={busy || undefined}
    onClick={(event) => {
      if (busy) event.preventDefault()
      else onClick?.(event)
    }}
    className={classNames(
      'inline-flex shrink-0 items-center justify-center whitespace-nowrap transition-colors disabled:opacity-50 disabled:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0',
      variants[variant],
      sizes[size],
      className,
    )}
  >
    {busy && <LoaderCircle aria-hidden className="animate-spin" />}
    {children}
  </button>
)
