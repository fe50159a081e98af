import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { CloudOff } from 'lucide-react'
import { useState } from 'react'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { failureOf } from '../../data/desktop.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'

/** Failures that say no more than that the server was not to be had. */
const unreached: ReadonlySet<FailureCode> = new Set([
  'network.offline',
  'network.unreachable',
  'network.timeout',
  'server.unavailable',
  'file.not-cached',
])
export const isUnreached = (code: FailureCode): boolean => unreached.has(code)

/**
 * Whether the server was not to be had. Asked anew it stays so until there is an answer: what may be done without it is
 * not taken away under the finger.
 */
export const useIsUnreached = (data: unknown, error: Error | null): boolean => {
  const [wasUnreached, setWasUnreached] = useState(false)
  const isNow = error !== null ? isUnreached(failureOf(error)) : wasUnreached && data === undefined
  if (isNow !== wasUnreached) setWasUnreached(isNow)
  return isNow
}

/** Why there is no earlier version to be seen. */
export const NoVersions = ({ code, onRetry }: { code: FailureCode; onRetry: () => void }) =>
  isUnreached(code) ? (
    <div role="alert" className="h-full">
      <EmptyState
        icon={<CloudOff />}
        title={t`Earlier versions need the server`}
        action={
          <Button onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        }
      >
        <Trans>It keeps what files were before, and is out of reach just now.</Trans>{' '}
        <FailureCodeText code={code} />
      </EmptyState>
    </div>
  ) : (
    <ErrorState code={code} onRetry={onRetry} />
  )
