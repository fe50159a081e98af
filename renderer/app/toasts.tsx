import { CircleAlert, Info, X } from 'lucide-react'
import { useEffect } from 'react'
import { desktop } from '../data/desktop.ts'
import { failureText } from '../ui/failure-text.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { dropToast, showToast, useUi } from './ui-store.ts'

export const Toasts = () => {
  const toasts = useUi((state) => state.toasts)
  useEffect(
    () =>
      desktop.on('app.failure', ({ code }) => {
        const text = failureText[code]
        showToast(`${text.title}. ${text.wayOut}`, 'danger')
      }),
    [],
  )
  return (
    <section
      aria-label="Messages"
      className="pointer-events-none fixed right-4 bottom-4 z-60 flex w-80 flex-col gap-2"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          data-layer
          className="appear pointer-events-auto flex items-start gap-2.5 rounded-lg bg-raised py-2 pr-1.5 pl-3 text-sm shadow-lg"
        >
          {toast.tone === 'danger' ? (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
          ) : (
            <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
          )}
          <p className="min-w-0 flex-1">{toast.text}</p>
          <IconButton label="Dismiss" size="sm" icon={<X />} onClick={() => dropToast(toast.id)} />
        </div>
      ))}
    </section>
  )
}
