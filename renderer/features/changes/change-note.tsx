import { Clock, RefreshCw } from 'lucide-react'
import type { ChangeState } from '../../data/mutations.ts'
import { Banner } from '../../ui/banner.tsx'
import { ChangeActions, ChangeText } from './change-state.tsx'

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
  const look =
    state.kind === 'refused'
      ? ({ tone: 'danger' } as const)
      : state.kind === 'unanswered'
        ? ({ tone: 'warning' } as const)
        : state.kind === 'sending'
          ? ({ tone: 'info', icon: <RefreshCw aria-hidden /> } as const)
          : ({ tone: 'info', icon: <Clock aria-hidden /> } as const)
  return (
    <Banner {...look} action={<ChangeActions id={id} state={state} onEdit={onEdit} />}>
      <ChangeText what={what} state={state} />
    </Banner>
  )
}
