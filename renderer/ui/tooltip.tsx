import { Tooltip as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={450} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
)

/** Names what is under the pointer or focus. `children` is one element that takes a ref. */
export const Tooltip = ({
  label,
  side = 'bottom',
  children,
}: {
  label: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}) => (
  <Radix.Root>
    <Radix.Trigger asChild>{children}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        side={side}
        sideOffset={6}
        collisionPadding={8}
        className="appear z-50 flex max-w-72 items-center gap-2 rounded-md bg-ink px-2 py-1 text-surface text-xs shadow-md"
      >
        {label}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
