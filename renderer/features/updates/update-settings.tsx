import { useState } from 'react'
import type { Updates } from '../../../src/contract/updates.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useAppInfo } from '../../data/stores.ts'
import { useUpdates } from '../../data/updates.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatDate } from '../../ui/format.ts'
import { Progress } from '../../ui/progress.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { WayOn } from './page-button.tsx'
import { UpdateDialog } from './update-dialog.tsx'
import { copyFirstText, hindranceText, stepText, waitText } from './words.ts'

const stateText = (updates: Updates): string => {
  const { state, checkedAt } = updates
  switch (state.status) {
    case 'current':
      if (checkedAt === null) return 'Not looked for yet.'
      return updates.skipped === null
        ? `Up to date, as of ${formatDate(checkedAt)}.`
        : `Looked for on ${formatDate(checkedAt)}. You skip ${updates.skipped}.`
    case 'checking':
      return 'Looking…'
    case 'available':
      return `There is ${state.release.version}. ${(state.isWanted && waitText(updates)) || ''}`
    case 'downloading':
      return `Fetching ${state.release.version}…`
    case 'ready':
      return `${state.release.version} is here and takes a restart. ${(state.isWanted && waitText(updates)) || ''}`
    case 'installing':
      return stepText[state.step]
    case 'failed':
      return `${failureText[state.failure].title}. ${failureText[state.failure].remedy}`
  }
}

/** Settings → Updates. */
export const UpdateSettings = () => {
  const updates = useUpdates((state) => state.updates)
  const version = useAppInfo((info) => info.version)
  const [isOpen, setOpen] = useState(false)
  if (!updates) return <Skeleton rows={2} label="Loading updates" />
  const { state, means } = updates
  const hasRelease = 'release' in state && state.release !== null && state.release.notes !== ''
  const isHeldUp =
    (state.status === 'ready' || state.status === 'available') &&
    state.isWanted &&
    waitText(updates) !== null
  const leadsToPage =
    (state.status === 'failed' && (state.during === 'install' || means.kind === 'page')) ||
    (state.status === 'available' && means.kind === 'page')
  const mayCheck = ['current', 'failed', 'available'].includes(state.status)
  return (
    <div className="divide-y">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
        <div className="min-w-48 flex-1">
          <p className="font-medium text-sm">Atelier {version}</p>
          <p role="status" className="text-soft text-xs">
            {means.kind === 'none' ? hindranceText[means.why] : stateText(updates)}
          </p>
          {means.kind === 'page' && (
            <p className="mt-1 text-soft text-xs">{hindranceText[means.why]}</p>
          )}
          {leadsToPage && updates.copiesFirst && (
            <p className="mt-1 text-soft text-xs">{copyFirstText}</p>
          )}
        </div>
        {means.kind !== 'none' && (
          <div className="flex flex-wrap gap-2">
            {leadsToPage && <WayOn updates={updates} />}
            {hasRelease && <Button onClick={() => setOpen(true)}>What’s new</Button>}
            {state.status === 'downloading' && (
              <Button onClick={() => void runAction(() => desktop.updates.cancel())}>Cancel</Button>
            )}
            {state.status === 'available' && means.kind === 'self' && !state.isWanted && (
              <Button onClick={() => void runAction(() => desktop.updates.download())}>
                Download
              </Button>
            )}
            {isHeldUp && (
              <Button onClick={() => void runAction(() => desktop.updates.goOn())}>
                {state.status === 'ready' ? 'Restart now' : 'Fetch it now'}
              </Button>
            )}
            {state.status === 'ready' && !isHeldUp && (
              <Button
                variant="primary"
                disabled={state.isWanted}
                onClick={() => void runAction(() => desktop.updates.install())}
              >
                Restart and update
              </Button>
            )}
            {(mayCheck || state.status === 'checking') && (
              <Button
                busy={state.status === 'checking'}
                onClick={() => void runAction(() => desktop.updates.check())}
              >
                Check now
              </Button>
            )}
          </div>
        )}
        {state.status === 'downloading' && (
          <div className="basis-full">
            <Progress
              label="Fetching the update"
              value={state.bytesDone}
              total={state.bytesTotal}
              detail={`${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`}
            />
          </div>
        )}
      </div>
      {means.kind !== 'none' && (
        <div className="flex items-center gap-4 px-4 py-3">
          <div className="min-w-0 flex-1">
            <p className="font-medium text-sm">Look for updates by itself</p>
            <p className="text-soft text-xs">
              Once a day{means.kind === 'self' && ', and fetch them'}, while nothing is being sent.
              Installing always waits for you.
            </p>
          </div>
          <Switch
            label="Look for updates by itself"
            checked={updates.automatic}
            onChange={(automatic) =>
              void runAction(() => desktop.updates.setAutomatic({ automatic }))
            }
          />
        </div>
      )}
      {isOpen && <UpdateDialog updates={updates} onClose={() => setOpen(false)} />}
    </div>
  )
}
