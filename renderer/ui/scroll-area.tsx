import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A scrolling region that the keyboard reaches, with the system's own scrollbars made thin. */
export const ScrollArea = ({
  label,
  className,
  children,
}: {
  label: string
  className?: string
  children: ReactNode
}) => (
  <section
    aria-label={label}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must take focus to be scrolled by keyboard
    tabIndex={0}
    className={classNames('focus-inset min-h-0 overflow-auto', className)}
  >
    {children}
  </section>
)
