import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'

const variants = {
  primary:
    'bg-accent text-on-accent shadow-sm hover:bg-accent-strong active:bg-accent-strong font-medium',
  secondary:
    'bg-raised text-ink border border-edge shadow-sm hover:border-line-strong active:bg-pressed font-medium',
  quiet: 'text-soft hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'bg-danger-fill text-on-accent shadow-sm hover:brightness-90 font-medium',
} as const

const sizes = {
  sm: 'h-6 px-2 gap-1.5 text-xs rounded-sm',
  md: 'h-8 px-3 gap-2 text-sm rounded-md',
  lg: 'h-10 px-4 gap-2 text-sm rounded-md',
} as const

/** What looks like a button: also a link that leads to what the button would do. */
export const buttonLook = ({
  variant = 'secondary',
  size = 'md',
}: {
  variant?: keyof typeof variants | undefined
  size?: keyof typeof sizes | undefined
}): string =>
  classNames(
    'inline-flex shrink-0 items-center justify-center whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    variants[variant],
    sizes[size],
  )

export type ButtonProps = ComponentProps<'button'> & {
  variant?: keyof typeof variants
  size?: keyof typeof sizes
  /** Under way: keeps its width and focus, refuses a second press. */
  busy?: boolean
}

export const Button = ({
  variant,
  size,
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
    className={classNames(buttonLook({ variant, size }), className)}
  >
    {busy && <LoaderCircle aria-hidden className="animate-spin" />}
    {children}
  </button>
)
