import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import type { Updates } from '../../../src/contract/updates.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useAppInfo } from '../../data/stores.ts'
import { useUpdates } from '../../data/updates.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
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
      if (checkedAt === null) return t`Not looked for yet.`
      return updates.skipped === null
        ? t`Up to date, as of ${formatDate(checkedAt)}.`
        : t`Looked for on ${formatDate(checkedAt)}. You skip ${updates.skipped}.`
    case 'checking':
      return t`Looking…`
    case 'available':
      return `${t`There is ${state.release.version}.`} ${(state.isWanted && waitText(updates)) || ''}`
    case 'downloading':
      return t`Fetching ${state.release.version}…`
    case 'ready':
      return `${t`${state.release.version} is here and takes a restart.`} ${(state.isWanted && waitText(updates)) || ''}`
    case 'installing':
      return i18n._(stepText[state.step])
    case 'failed':
      return `${failureText[state.failure].title}. ${failureText[state.failure].remedy}`
  }
}

/** Settings → Updates. */
export const UpdateSettings = () => {
  const updates = useUpdates((state) => state.updates)
  const version = useAppInfo((info) => info.version)
  const [isOpen, setOpen] = useState(false)
  if (!updates) return <Skeleton rows={2} label={t`Loading updates`} />
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
          <p className="font-medium text-sm">
            <Trans>Atelier {version}</Trans>
          </p>
          <p role="status" className="text-soft text-xs">
            {means.kind === 'none' ? i18n._(hindranceText[means.why]) : stateText(updates)}
            {means.kind !== 'none' && state.status === 'failed' && (
              <>
                {' '}
                <FailureCodeText code={state.failure} />
              </>
            )}
          </p>
          {means.kind === 'page' && (
            <p className="mt-1 text-soft text-xs">{i18n._(hindranceText[means.why])}</p>
          )}
          {leadsToPage && updates.copiesFirst && (
            <p className="mt-1 text-soft text-xs">{i18n._(copyFirstText)}</p>
          )}
        </div>
        {means.kind !== 'none' && (
          <div className="flex flex-wrap gap-2">
            {leadsToPage && <WayOn updates={updates} />}
            {hasRelease && (
              <Button onClick={() => setOpen(true)}>
                <Trans>What’s new</Trans>
              </Button>
            )}
            {state.status === 'downloading' && (
              <Button onClick={() => void runAction(() => desktop.updates.cancel())}>
                <Trans>Cancel</Trans>
              </Button>
            )}
            {state.status === 'available' && means.kind === 'self' && !state.isWanted && (
              <Button onClick={() => void runAction(() => desktop.updates.download())}>
                <Trans>Download</Trans>
              </Button>
            )}
            {isHeldUp && (
              <Button onClick={() => void runAction(() => desktop.updates.goOn())}>
                {state.status === 'ready' ? t`Restart now` : t`Fetch it now`}
              </Button>
            )}
            {state.status === 'ready' && !isHeldUp && (
              <Button
                variant="primary"
                disabled={state.isWanted}
                onClick={() => void runAction(() => desktop.updates.install())}
              >
                <Trans>Restart and update</Trans>
              </Button>
            )}
            {(mayCheck || state.status === 'checking') && (
              <Button
                busy={state.status === 'checking'}
                onClick={() => void runAction(() => desktop.updates.check())}
              >
                <Trans>Check now</Trans>
              </Button>
            )}
          </div>
        )}
        {state.status === 'downloading' && (
          <div className="basis-full">
            <Progress
              label={t`Fetching the update`}
              value={state.bytesDone}
              total={state.bytesTotal}
              detail={t`${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`}
            />
          </div>
        )}
      </div>
      {means.kind !== 'none' && (
        <div className="flex items-center gap-4 px-4 py-3">
          <div className="min-w-0 flex-1">
            <p className="font-medium text-sm">
              <Trans>Look for updates by itself</Trans>
            </p>
            <p className="text-soft text-xs">
              {means.kind === 'self'
                ? t`Once a day, and fetch them, while nothing is being sent. Installing always waits for you.`
                : t`Once a day, while nothing is being sent. Installing always waits for you.`}
            </p>
          </div>
          <Switch
            label={t`Look for updates by itself`}
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
