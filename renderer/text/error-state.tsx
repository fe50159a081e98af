import { Trans } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { FailureCode } from '../../src/domain/failure.ts'
import { Button } from '../ui/button.tsx'
import { Centred } from '../ui/centred.tsx'
import { FailureCodeText } from '../ui/failure-code.tsx'
import { failureText } from './failure-text.ts'

/** A failure in words: what happened, the way out, and a retry where one can help. */
export const ErrorState = ({
  code,
  onRetry,
  action,
  isWhole = false,
}: {
  code: FailureCode
  onRetry?: () => void
  action?: ReactNode
  /** In the place of a whole screen, whose heading it has. */
  isWhole?: boolean
}) => {
  const text = failureText[code]
  const Title = isWhole ? 'h1' : 'h2'
  return (
    <Centred role="alert">
      <div
        aria-hidden
        className="mb-4 grid size-11 [@media(max-height:480px)]:hidden place-items-center rounded-lg bg-warning-soft text-warning"
      >
        <TriangleAlert className="size-5" />
      </div>
      <Title className="font-semibold text-base">{text.title}</Title>
      <p className="mt-1 max-w-88 text-balance text-sm text-soft">{text.sentence}</p>
      <p className="mt-1 max-w-88 text-balance text-sm text-soft">{text.remedy}</p>
      <p className="mt-2 text-faint">
        <FailureCodeText code={code} />
      </p>
      {(onRetry || action) && (
        <div className="mt-5 flex flex-wrap justify-center gap-2">
          {onRetry && (
            <Button onClick={onRetry}>
              <Trans>Try again</Trans>
            </Button>
          )}
          {action}
        </div>
      )}
    </Centred>
  )
}
