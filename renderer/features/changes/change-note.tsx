import { Clock, RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
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
  what: ReactNode
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
              Try again
            </Button>
            {onEdit && (
              <Button size="sm" onClick={onEdit}>
                Edit…
              </Button>
            )}
            <Button size="sm" onClick={discard}>
              Discard
            </Button>
          </span>
        }
      >
        {what} was refused. {title}. {remedy}
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
            Take back
          </Button>
        )
      }
    >
      {what} {isSending ? 'is being sent.' : 'waits for the server. It is sent by itself.'}
    </Banner>
  )
}
