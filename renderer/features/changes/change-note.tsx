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
  if (state.kind === 'refused') {
    const { title, remedy } = failureText[state.failure]
    return (
      <Banner
        tone="danger"
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
            <Button size="sm" onClick={discard}>
              <Trans>Discard</Trans>
            </Button>
          </span>
        }
      >
        <Trans>
          {what} was refused. {title}. {remedy}
        </Trans>
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
        state.canDiscard && (
          <Button size="sm" onClick={discard}>
            <Trans>Take back</Trans>
          </Button>
        )
      }
    >
      {isSending
        ? t`${what} is being sent.`
        : t`${what} waits for the server. It is sent by itself.`}
    </Banner>
  )
}
