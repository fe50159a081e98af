import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { desktop } from '../../data/desktop.ts'
import type { ChangeState } from '../../data/mutations.ts'
import { runAction } from '../../data/run-action.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'

/** What became of a change, after what it was. */
const changeText = (what: string, state: ChangeState): string => {
  switch (state.kind) {
    case 'applied':
      return t`${what} is done.`
    case 'sending':
      return t`${what} is being sent.`
    case 'refused': {
      const { title, remedy } = failureText[state.failure]
      return t`${what} was refused. ${title}. ${remedy}`
    }
    case 'unanswered': {
      const { title, remedy } = failureText[state.failure]
      return t`${what} has no answer from the server. It may be done already, even if you let it go. ${title}. ${remedy}`
    }
    case 'waiting': {
      if (!state.failure) return t`${what} waits for the server. It is sent by itself.`
      const { title } = failureText[state.failure]
      return state.canDiscard
        ? t`${what} waits for the server. It is sent by itself. ${title}.`
        : t`${what} waits for the server. It is sent by itself. ${title}. It may be done already, even if you let it go.`
    }
  }
}

/** The same with what the log calls what stands in its way. */
export const ChangeText = ({ what, state }: { what: string; state: ChangeState }) => (
  <>
    {changeText(what, state)}
    {'failure' in state && state.failure && (
      <>
        {' '}
        <FailureCodeText code={state.failure} />
      </>
    )}
  </>
)

/** The ways out of a change that has not gone its way. */
export const ChangeActions = ({
  id,
  state,
  onEdit,
}: {
  id: string
  state: ChangeState
  /** Opens what was entered, to be said otherwise. */
  onEdit?: (() => void) | undefined
}) => {
  const letGo = (isSurelyNotDone: boolean): void =>
    void runAction(() =>
      desktop.mutations.discard(isSurelyNotDone ? { id } : { id, evenIfDone: true }),
    )
  if (state.kind === 'waiting') {
    if (!state.canDiscard && !state.failure) return null
    return (
      <Button size="sm" onClick={() => letGo(state.canDiscard)}>
        {state.canDiscard ? <Trans>Take back</Trans> : <Trans>Let go</Trans>}
      </Button>
    )
  }
  if (state.kind !== 'refused' && state.kind !== 'unanswered') return null
  const isRefused = state.kind === 'refused'
  return (
    <span className="flex flex-wrap gap-2">
      <Button size="sm" onClick={() => void runAction(() => desktop.mutations.retry({ id }))}>
        <Trans>Try again</Trans>
      </Button>
      {onEdit && (
        <Button size="sm" onClick={onEdit}>
          <Trans>Edit…</Trans>
        </Button>
      )}
      <Button size="sm" onClick={() => letGo(isRefused)}>
        {isRefused ? <Trans>Discard</Trans> : <Trans>Let go</Trans>}
      </Button>
    </span>
  )
}
