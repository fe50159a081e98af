import { t } from '@lingui/core/macro'
import { CircleAlert, Info, X } from 'lucide-react'
import { useEffect } from 'react'
import { onForget } from '../data/account-store.ts'
import { desktop } from '../data/desktop.ts'
import { useBlockedToasts } from '../features/changes/index.ts'
import { briefly } from '../text/failure-text.ts'
import { FailureCodeText } from '../ui/failure-code.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { dropToast, dropToasts, showFailure, useToasts } from '../ui/toasts.ts'

/** What was said to one account is no other's to read. */
onForget(dropToasts)

export const Toasts = () => {
  const toasts = useToasts((state) => state.toasts)
  useBlockedToasts()
  useEffect(() => desktop.on('app.failure', ({ code }) => showFailure(briefly(code), code)), [])
  return (
    <section
      aria-label={t`Messages`}
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
          <div className="min-w-0 flex-1">
            <p>{toast.text}</p>
            {toast.code && (
              <p className="mt-0.5 text-faint">
                <FailureCodeText code={toast.code} />
              </p>
            )}
          </div>
          <IconButton
            label={t`Dismiss`}
            size="sm"
            icon={<X />}
            onClick={() => dropToast(toast.id)}
          />
        </div>
      ))}
    </section>
  )
}
