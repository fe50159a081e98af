import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ArrowDownToLine } from 'lucide-react'
import { useState } from 'react'
import type { Updates } from '../../../src/contract/updates.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useUpdates } from '../../data/updates.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { WayOn } from './page-button.tsx'
import { UpdateDialog } from './update-dialog.tsx'
import { waitText } from './words.ts'

const sentenceOf = (updates: Updates): string => {
  const { state, copiesFirst } = updates
  switch (state.status) {
    case 'ready':
      return state.isWanted
        ? `${t`Atelier restarts by itself.`} ${waitText(updates) ?? ''}`
        : t`Atelier ${state.release.version} is here. It takes a restart.`
    case 'available':
      return copiesFirst
        ? t`There is a new Atelier, ${state.release.version}. Before it is installed, the workspace on this computer has to be copied for it.`
        : t`There is a new Atelier, ${state.release.version}.`
    case 'failed':
      return `${failureText[state.failure].title}. ${failureText[state.failure].sentence}${state.failure === 'update.no-copy' ? ` ${failureText[state.failure].remedy}` : ''}`
    default:
      return ''
  }
}

/** A new version that waits for the person's word, wherever they are; what is under way is told over everything. */
export const UpdateBar = () => {
  const updates = useUpdates((state) => state.updates)
  const [isOpen, setOpen] = useState(false)
  const isTold = updates?.isTold && updates.state.status !== 'installing'
  return (
    <div aria-live="polite">
      {isTold && (
        <Banner
          tone={updates.state.status === 'failed' ? 'warning' : 'info'}
          icon={<ArrowDownToLine aria-hidden />}
          className="border-b"
          action={<Actions updates={updates} onOpen={() => setOpen(true)} />}
        >
          {sentenceOf(updates)}
          {updates.state.status === 'failed' && (
            <>
              {' '}
              <FailureCodeText code={updates.state.failure} />
            </>
          )}
        </Banner>
      )}
      {isOpen && updates && <UpdateDialog updates={updates} onClose={() => setOpen(false)} />}
    </div>
  )
}

const Actions = ({ updates, onOpen }: { updates: Updates; onOpen: () => void }) => {
  const { state } = updates
  return (
    <div className="flex flex-wrap gap-2">
      {state.status !== 'failed' && (
        <Button size="sm" onClick={onOpen}>
          <Trans>What’s new</Trans>
        </Button>
      )}
      {state.status === 'failed' && <WayOn updates={updates} size="sm" />}
      {state.status === 'ready' && state.isWanted ? (
        <Button size="sm" onClick={() => void runAction(() => desktop.updates.cancel())}>
          <Trans>Not now</Trans>
        </Button>
      ) : (
        <Button size="sm" onClick={() => void runAction(() => desktop.updates.later())}>
          <Trans>Later</Trans>
        </Button>
      )}
      {state.status === 'ready' && state.isWanted && (
        <Button size="sm" onClick={() => void runAction(() => desktop.updates.goOn())}>
          <Trans>Restart now</Trans>
        </Button>
      )}
      {state.status === 'ready' && !state.isWanted && (
        <Button
          size="sm"
          variant="primary"
          onClick={() => void runAction(() => desktop.updates.install())}
        >
          <Trans>Restart and update</Trans>
        </Button>
      )}
    </div>
  )
}
