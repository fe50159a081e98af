import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { FailureCode } from '../../src/contract/failure.ts'
import { Button } from './button.tsx'
import { failureText } from './failure-text.ts'

/** A failure in words: what happened, the way out, and a retry where one can help. */
export const ErrorState = ({
  code,
  onRetry,
  action,
}: {
  code: FailureCode
  onRetry?: () => void
  action?: ReactNode
}) => {
  const text = failureText[code]
  return (
    <div
      role="alert"
      className="flex h-full flex-col items-center justify-center px-8 py-12 text-center"
    >
      <div
        aria-hidden
        className="mb-4 grid size-11 place-items-center rounded-lg bg-warning-soft text-warning"
      >
        <TriangleAlert className="size-5" />
      </div>
      <h2 className="font-semibold text-base">{text.title}</h2>
      <p className="mt-1 max-w-88 text-balance text-sm text-soft">{text.sentence}</p>
      <p className="mt-1 max-w-88 text-balance text-sm text-soft">{text.wayOut}</p>
      {(onRetry || action) && (
        <div className="mt-5 flex gap-2">
          {onRetry && <Button onClick={onRetry}>Try again</Button>}
          {action}
        </div>
      )}
    </div>
  )
}
