import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CloudOff,
  Pause,
  Play,
  RefreshCw,
} from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { SyncState } from '../../../src/contract/sync.ts'
import { needsAnswer, needsAttention } from '../../../src/sync/attention.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useFolders, useSession, useSync } from '../../data/stores.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatRelativeTime } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { Progress } from '../../ui/progress.tsx'
import { BlockedList } from './blocked-list.tsx'
import { useConflicts } from './conflicts.tsx'
import { type StatusText, speedText, statusText, unshown } from './status-text.ts'
import { PendingList, TransferList } from './transfer-list.tsx'

/** Of the cache and the linked folders. */
const useStatus = (): StatusText => {
  const isOut = useSession((session) => session.status === 'reauthenticate')
  const status = statusText(
    useSync(),
    useFolders((state) => state.links) ?? [],
    useConflicts().data?.length ?? 0,
  )
  // The server may well be there: it is the person who is not.
  return isOut ? { ...status, word: t`Signed out`, tone: 'warning' } : status
}

const iconOf = (state: SyncState, { tone }: StatusText) => {
  if (state.paused) return <Pause aria-hidden className="size-4 text-soft" />
  if (tone === 'info')
    return <RefreshCw aria-hidden className="size-4 text-info motion-safe:animate-spin" />
  if (tone === 'warning') return <CloudOff aria-hidden className="size-4 text-warning" />
  if (tone === 'danger') return <CircleAlert aria-hidden className="size-4 text-danger" />
  if (tone === 'success') return <CircleCheck aria-hidden className="size-4 text-success" />
  return <CircleDashed aria-hidden className="size-4 text-soft" />
}

/** The end of a run is told once; its ticks are not. */
const useCompletion = (state: SyncState): void => {
  const before = useRef(state.phase)
  useEffect(() => {
    if (before.current === 'transferring' && state.phase === 'idle')
      announce(statusText(state).word)
    before.current = state.phase
  }, [state])
}

export const SyncStatus = () => {
  const state = useSync()
  const [open, setOpen] = useState(false)
  const navigate = useNavigate()
  const status = useStatus()
  const { word, detail } = status
  useCompletion(state)
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="flex items-center gap-2 whitespace-nowrap rounded-md px-2 py-1.5 text-left hover:bg-hover [&>svg]:shrink-0"
      >
        {iconOf(state, status)}
        <span className="font-medium text-sm">{word}</span>
        {detail && (
          <span className="text-faint text-xs tabular-nums max-[900px]:sr-only">{detail}</span>
        )}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t`Sync`}>
        <SyncPanel onLeave={() => setOpen(false)} />
        <Elsewhere />
        <div className="mt-4 border-t pt-3">
          <Button
            onClick={() => {
              setOpen(false)
              void navigate('/sync')
            }}
          >
            <Trans>Folders, conflicts and trash</Trans>
          </Button>
        </div>
      </Dialog>
    </>
  )
}

/** What asks for an answer on the screen of sync. */
const Elsewhere = () => {
  const links = useFolders((state) => state.links) ?? []
  const conflicts = useConflicts().data ?? []
  const asks = links.filter(needsAttention).map(({ id, title, held, blocked, failure }) => ({
    key: id,
    title,
    code: held ? null : failure,
    text: held
      ? plural(held.count, {
          one: 'the deletion of one file waits for your word.',
          other: 'the deletion of # files waits for your word.',
        })
      : failure
        ? `${failureText[failure].title}.`
        : plural(blocked.filter(needsAnswer).length, {
            one: 'one file cannot go on without you.',
            other: '# files cannot go on without you.',
          }),
  }))
  if (asks.length + conflicts.length === 0) return null
  return (
    <ul aria-label={t`Elsewhere`} className="mt-4 flex flex-col gap-1.5 border-t pt-3 text-sm">
      {asks.map(({ key, title, text, code }) => (
        <li key={key}>
          <span className="font-medium">{title}</span>: {text}
          {code && (
            <>
              {' '}
              <FailureCodeText code={code} />
            </>
          )}
        </li>
      ))}
      {conflicts.length > 0 && (
        <li>
          {plural(conflicts.length, {
            one: 'Both sides changed one file: choose which to keep.',
            other: 'Both sides changed # files: choose which to keep.',
          })}
        </li>
      )}
    </ul>
  )
}

/** What is on its way, what waits, and what needs the person. */
export const SyncPanel = ({ onLeave }: { onLeave?: () => void }) => {
  const state = useSync()
  const online = useSession((session) => session.status === 'active')
  const { projectId } = useParams()
  const { paused } = state
  const busy = !paused && (state.phase === 'checking' || state.phase === 'transferring')
  const status = useStatus()
  const { word, detail } = status
  const speed = speedText(state)
  /** Outside a project, everything that waits. */
  const syncNow = () =>
    projectId ? desktop.sync.run({ projectId, files: 'pinned' }) : desktop.sync.runAll()
  const setPaused = (next: boolean): void =>
    void runAction(async () => {
      await desktop.transfers.change({ paused: next })
      announce(next ? t`Syncing is paused` : t`Syncing goes on`)
    })
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {iconOf(state, status)}
        <div className="min-w-32 flex-1">
          <p className="font-medium">{word}</p>
          <p className="text-faint text-xs">
            {detail ??
              (state.lastSyncedAt
                ? t`Last synced ${formatRelativeTime(state.lastSyncedAt)}`
                : t`Not synced yet`)}
          </p>
        </div>
        {busy ? (
          <Button onClick={() => void desktop.sync.cancel()}>
            <Trans>Stop</Trans>
          </Button>
        ) : (
          !paused && (
            <Button disabled={!online} onClick={() => void runAction(syncNow)}>
              <Trans>Sync now</Trans>
            </Button>
          )
        )}
        <Button onClick={() => setPaused(!paused)}>
          {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
          {paused ? t`Resume syncing` : t`Pause syncing`}
        </Button>
      </div>
      {busy && speed && <p className="-mt-2 text-soft text-xs tabular-nums">{speed}</p>}
      {busy && state.bytesTotal > 0 && (
        <Progress
          label={t`Everything`}
          value={state.bytesDone}
          total={state.bytesTotal}
          {...(detail ? { detail } : {})}
        />
      )}
      {state.stopped && !busy && !paused && (
        <p className="-mt-2 text-soft text-sm">
          <Trans>
            You stopped syncing, and nothing was lost. It goes on with “Sync now”, with your next
            edit and when Atelier starts again.
          </Trans>
        </p>
      )}
      {state.failure && state.failure !== 'sync.cancelled' && state.phase !== 'offline' && (
        <Banner tone="danger">
          {failureText[state.failure].sentence} {failureText[state.failure].remedy}{' '}
          <FailureCodeText code={state.failure} />
        </Banner>
      )}
      <TransferList
        label={t`On the way`}
        transfers={state.transfers}
        more={unshown(state)}
        placeOf={({ fileId }) => ({ of: 'cache', fileId })}
      />
      <PendingList label={t`Waiting`} pending={state.pending} />
      <BlockedList items={state.blocked} onLeave={onLeave} />
    </div>
  )
}
