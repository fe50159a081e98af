import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import type { Updates } from '../../../src/contract/updates.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatBytes, formatDate } from '../../ui/format.ts'
import { Progress } from '../../ui/progress.tsx'
import { PageButton } from './page-button.tsx'
import { copyFirstText, hindranceText, waitText } from './words.ts'

const ReleaseNotes = lazy(async () => ({
  default: (await import('./release-notes.tsx')).ReleaseNotes,
}))

/** What is new, and what the person wants of it. */
export const UpdateDialog = ({ updates, onClose }: { updates: Updates; onClose: () => void }) => {
  const { state, means } = updates
  if (!('release' in state) || state.release === null) return null
  const { release } = state
  const then = (work: () => Promise<unknown>): void => {
    onClose()
    void runAction(work)
  }
  const wait = waitText(updates)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t`Atelier ${release.version}`}
      description={
        release.releasedAt === null ? t`What is new` : t`Of ${formatDate(release.releasedAt)}`
      }
      footer={
        <>
          {state.status === 'downloading' && (
            <Button onClick={() => void runAction(() => desktop.updates.cancel())}>
              <Trans>Cancel</Trans>
            </Button>
          )}
          {(state.status === 'available' || state.status === 'ready') && (
            <>
              <Button variant="quiet" onClick={() => then(() => desktop.updates.skip())}>
                <Trans>Skip this version</Trans>
              </Button>
              <Button onClick={() => then(() => desktop.updates.later())}>
                <Trans>Later</Trans>
              </Button>
            </>
          )}
          {state.status === 'available' && means.kind === 'page' && (
            <PageButton variant="primary" updates={updates} onOpen={onClose} />
          )}
          {state.status === 'available' && means.kind === 'self' && (
            <Button
              variant="primary"
              disabled={state.isWanted}
              onClick={() => void runAction(() => desktop.updates.download())}
            >
              <Trans>Download</Trans>
            </Button>
          )}
          {state.status === 'ready' && (
            <Button
              variant="primary"
              disabled={state.isWanted}
              onClick={() => then(() => desktop.updates.install())}
            >
              <Trans>Restart and update</Trans>
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {means.kind === 'page' && <p className="text-sm">{i18n._(hindranceText[means.why])}</p>}
        {means.kind === 'page' && updates.copiesFirst && (
          <p className="text-sm">{i18n._(copyFirstText)}</p>
        )}
        {wait && <p className="text-sm text-soft">{wait}</p>}
        {state.status === 'downloading' && (
          <Progress
            label={t`Fetching the update`}
            value={state.bytesDone}
            total={state.bytesTotal}
            detail={t`${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`}
          />
        )}
        {release.notes ? (
          <Suspense fallback={null}>
            <ReleaseNotes notes={release.notes} />
          </Suspense>
        ) : (
          <p className="text-sm text-soft">
            <Trans>Nothing is said about what is new in it.</Trans>
          </p>
        )}
      </div>
    </Dialog>
  )
}
