import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Clock, RefreshCw } from 'lucide-react'
import { desktop } from '../../data/desktop.ts'
import type { ChangeState } from '../../data/mutations.ts'
import { runAction } from '../../data/run-action.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'

/** Where something was changed: what became of it, and the ways out when the server refused it. */
export const ChangeNote = ({
  id,
  state,
  what,
  onEdit,
}: {
  id: string
  state: ChangeState
  /** What was made, such as “The new title”. */
  what: string
  /** Opens what was entered, to be said otherwise. */
  onEdit?: () => void
}) => {
  if (state.kind === 'applied') return null
  const discard = () => void runAction(() => desktop.mutations.discard({ id }))
  const letGo = () => void runAction(() => desktop.mutations.discard({ id, evenIfDone: true }))
  if (state.kind === 'refused' || state.kind === 'unanswered') {
    const { title, remedy } = failureText[state.failure]
    const isRefused = state.kind === 'refused'
    return (
      <Banner
        tone={isRefused ? 'danger' : 'warning'}
        action={
          <span className="flex flex-wrap gap-2">
            <Button size="sm" onClick={() => void runAction(() => desktop.mutations.retry({ id }))}>
              <Trans>Try again</Trans>
            </Button>
            {onEdit && (
              <Button size="sm" onClick={onEdit}>
                <Trans>Edit…</Trans>
              </Button>
            )}
            <Button size="sm" onClick={isRefused ? discard : letGo}>
              {isRefused ? <Trans>Discard</Trans> : <Trans>Let go</Trans>}
            </Button>
          </span>
        }
      >
        {isRefused ? (
          <Trans>
            {what} was refused. {title}. {remedy}
          </Trans>
        ) : (
          <Trans>
            {what} has no answer from the server. It may be done already, even if you let it go.{' '}
            {title}. {remedy}
          </Trans>
        )}
      </Banner>
    )
  }
  const isSending = state.kind === 'sending'
  return (
    <Banner
      tone="info"
      icon={isSending ? <RefreshCw aria-hidden /> : <Clock aria-hidden />}
      action={
        state.kind === 'waiting' &&
        (state.canDiscard ? (
          <Button size="sm" onClick={discard}>
            <Trans>Take back</Trans>
          </Button>
        ) : (
          state.failure && (
            <Button size="sm" onClick={letGo}>
              <Trans>Let go</Trans>
            </Button>
          )
        ))
      }
    >
      {isSending
        ? t`${what} is being sent.`
        : t`${what} waits for the server. It is sent by itself.`}
      {state.kind === 'waiting' && state.failure && ` ${failureText[state.failure].title}.`}
      {state.kind === 'waiting' && state.failure && !state.canDiscard && (
        <>
          {' '}
          <Trans>It may be done already, even if you let it go.</Trans>
        </>
      )}
    </Banner>
  )
}
