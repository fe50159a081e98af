import { Dialog as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

/** What stands beside the content in a wide window, laid over it in a narrow one. */
export const Drawer = ({
  open,
  onOpenChange,
  title,
  trigger,
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Read aloud. */
  title: string
  /** One element that takes a ref; it gets the focus back. */
  trigger: ReactElement
  children: ReactNode
}) => (
  <Radix.Root open={open} onOpenChange={onOpenChange}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 bg-shade" />
      <Radix.Content
        aria-describedby={undefined}
        // A tooltip in it would take the first Escape for itself.
        onKeyDown={(event) => event.key === 'Escape' && onOpenChange(false)}
        className="appear fixed inset-y-0 left-0 z-40 flex w-72 max-w-[80vw] flex-col border-r bg-sidebar shadow-lg"
      >
        <Radix.Title className="sr-only">{title}</Radix.Title>
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
