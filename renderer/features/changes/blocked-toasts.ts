import { t } from '@lingui/core/macro'
import { useEffect } from 'react'
import { onBlocked } from '../../data/mutations.ts'
import { failureText } from '../../text/failure-text.ts'
import { showFailure } from '../../ui/toasts.ts'
import { whatChanged } from './change-words.ts'

/** A change that begins to need its person says so wherever they are; the screen of sync keeps it. */
export const useBlockedToasts = (): void =>
  useEffect(
    () =>
      onBlocked(({ call, state }) => {
        if (state.kind !== 'refused' && state.kind !== 'unanswered') return
        const what = whatChanged(call)
        const { title } = failureText[state.failure]
        showFailure(
          state.kind === 'refused'
            ? t`${what} was refused. ${title}. See Sync.`
            : t`${what} has no answer from the server. ${title}. See Sync.`,
          state.failure,
        )
      }),
    [],
  )
