import { t } from '@lingui/core/macro'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'

/** The answers of a form in a dialog, in sight however much of it is scrolled; the last one is the main one. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <div className="sticky -bottom-4 -mx-5 -mb-4 flex flex-wrap justify-end gap-2 rounded-b-lg bg-raised px-5 pt-1 pb-5">
    {children}
  </div>
)

/** What has the focus, to get it back; of an entry of a menu, which goes, what opened the menu. */
const openerNow = (): Element | null => {
  const focused = document.activeElement
  const menu = focused?.closest('[role="menu"]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : focused
}

/** A modal question. `footer` holds the answers; the last one is the main one. */
export const Dialog = ({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  wide = false,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  children?: ReactNode
  footer?: ReactNode
  /** For what is looked at side by side. */
  wide?: boolean
}) => {
  const opener = useRef<Element | null>(null)
  const wasOpen = useRef(false)
  // Before anything in it takes the focus by itself.
  if (open && !wasOpen.current) opener.current = openerNow()
  wasOpen.current = open
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-shade" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          // Radix gives focus back to its own trigger alone, and ours are opened by anything.
          onCloseAutoFocus={(event) => {
            if (!(opener.current instanceof HTMLElement) || !opener.current.isConnected) return
            event.preventDefault()
            opener.current.focus()
          }}
          className={classNames(
            'appear fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100vh-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg bg-raised shadow-lg',
            wide ? 'w-[min(72rem,calc(100vw-2rem))]' : 'w-[min(28rem,calc(100vw-2rem))]',
          )}
        >
          <header className="pt-5 pr-12 pb-3 pl-5">
            <div className="min-w-0">
              <Radix.Title className="wrap-anywhere font-semibold text-base">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-1 text-sm text-soft">
                  {description}
                </Radix.Description>
              )}
            </div>
          </header>
          {children && (
            <div className="min-h-0 scroll-pb-16 overflow-y-auto px-5 pb-4">{children}</div>
          )}
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 px-5 pt-1 pb-5">{footer}</footer>
          )}
          {/* Last, so that focus begins with the question; without a tooltip, which would take the first Escape. */}
          <Radix.Close asChild>
            <Button
              variant="quiet"
              size="sm"
              aria-label={t`Close`}
              className="absolute top-4 right-4 w-6 px-0!"
            >
              <X />
            </Button>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
