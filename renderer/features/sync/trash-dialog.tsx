import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { FolderLink, TrashEntry } from '../../../src/contract/folders.ts'
import { trashDays } from '../../../src/sync/policy.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes, formatFilesOf, formatRelativeTime } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { syncKeys, syncQueries } from './queries.ts'
import { type Decision, decisionsUndone, decisionText, removerText } from './removals.ts'
import { daysLeftText, type Restored, restoreAll, restoredText } from './restoring.ts'
import { useRemovals } from './server-queries.ts'

/** What sync took out of a folder, and the way back. */
export const TrashDialog = ({ link, onClose }: { link: FolderLink; onClose: () => void }) => {
  const client = useQueryClient()
  const you = useAccountId()
  const entries = useQuery(syncQueries.trash(you, link))
  const { progress, restored, begin, stop } = useRestoreAll(link)
  const restore = (entryId: string) =>
    void runAction(async () => {
      const path = await desktop.folders.restore({ linkId: link.id, entryId })
      announce(t`${path} is back`)
      await client.invalidateQueries({ queryKey: syncKeys.trash(you, link.id) })
    })
  const list = entries.data ?? []
  const removals = useRemovals(link, list)
  const [asked, setAsked] = useState<readonly TrashEntry[] | null>(null)
  const go = (wanted: readonly TrashEntry[]): void => {
    setAsked(null)
    const [one] = wanted
    if (wanted.length === 1 && one) restore(one.id)
    else void begin(wanted)
  }
  const undone = asked ? decisionsUndone(link, asked, removals, you) : []
  /** Nobody's decision is undone without a word. */
  const ask = (wanted: readonly TrashEntry[]): void =>
    decisionsUndone(link, wanted, removals, you).length > 0 ? setAsked(wanted) : go(wanted)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t`Trash of ${link.title}`}
      description={t`What sync takes out of this folder is kept here for ${trashDays} days.`}
    >
      {(progress || list.length > 0) && (
        <div className="mb-3 flex items-center gap-3 pt-1">
          <div className="min-w-0 flex-1 text-soft text-xs">
            {progress ? (
              <Progress
                label={t`Restoring`}
                value={progress.done}
                total={progress.total}
                detail={formatFilesOf(progress.done, progress.total)}
              />
            ) : (
              t`Nothing is overwritten: where a name is taken, the file comes back beside it.`
            )}
          </div>
          <Button onClick={() => (progress ? stop() : ask(list))}>
            {progress ? t`Stop` : t`Restore all`}
          </Button>
        </div>
      )}
      {restored && <Outcome restored={restored} />}
      {entries.isPending ? (
        <Skeleton rows={3} label={t`Loading the trash`} />
      ) : entries.isLoadingError ? (
        <ErrorState code={failureOf(entries.error)} onRetry={() => void entries.refetch()} />
      ) : list.length === 0 ? (
        <EmptyState icon={<Trash2 />} title={t`The trash is empty`}>
          <Trans>Files that sync removes from this folder wait here for {trashDays} days.</Trans>
        </EmptyState>
      ) : (
        <ul aria-label={t`Removed files`} className="max-h-96 divide-y overflow-y-auto">
          {list.map((entry) => (
            <li key={entry.id} className="flex items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="truncate font-mono text-xs">{entry.path}</p>
                <p className="text-faint text-xs">
                  <Trans>
                    {formatBytes(entry.size)} · removed{removerText(entry, removals, you)}{' '}
                    {formatRelativeTime(entry.removedAt)} ·{' '}
                    {daysLeftText(entry.removedAt, Date.now())}
                  </Trans>
                </p>
                {!entry.isPlaceKnown && (
                  <p className="text-faint text-xs">
                    <Trans>
                      Which folder it was in is not known any more: it comes back to the top one.
                    </Trans>
                  </p>
                )}
              </div>
              <Button disabled={progress !== null} onClick={() => ask([entry])}>
                <Trans>
                  Restore<span className="sr-only"> {entry.path}</span>
                </Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <UndoDialog
          entries={asked}
          decisions={undone}
          onGo={() => go(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </Dialog>
  )
}

/** What others decided is not undone without saying whose decision that was. */
const UndoDialog = ({
  entries,
  decisions,
  onGo,
  onClose,
}: {
  entries: readonly TrashEntry[]
  decisions: readonly Decision[]
  onGo: () => void
  onClose: () => void
}) => (
  <Dialog
    open
    onOpenChange={(open) => !open && onClose()}
    title={plural(entries.length, {
      one: `Restore ${entries[0]?.path ?? ''}?`,
      other: 'Restore # files?',
    })}
    description={t`What you restore is sent, and comes back for everybody.`}
    footer={
      <>
        <Button onClick={onClose}>
          <Trans>Leave it</Trans>
        </Button>
        <Button variant="primary" onClick={onGo}>
          <Trans>Restore for everybody</Trans>
        </Button>
      </>
    }
  >
    <div className="flex flex-col gap-2 text-sm">
      {decisions.map((decision) => (
        <p key={decision.name} className="rounded-md bg-warning-soft p-3">
          {decisionText(decision, entries.length)}
        </p>
      ))}
    </div>
  </Dialog>
)

/** Goes on until it is done, stopped, or nobody looks any more. */
const useRestoreAll = (link: FolderLink) => {
  const client = useQueryClient()
  const account = useAccountId()
  const abort = useRef<AbortController | null>(null)
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null)
  const [restored, setRestored] = useState<Restored | null>(null)
  const stop = (): void => abort.current?.abort()
  useEffect(() => () => abort.current?.abort(), [])
  const begin = async (entries: readonly TrashEntry[]): Promise<void> => {
    const own = new AbortController()
    abort.current = own
    const total = entries.length
    setRestored(null)
    setProgress({ done: 0, total })
    const answer = await restoreAll(
      entries,
      ({ id: entryId }) =>
        desktop.folders.restore({ linkId: link.id, entryId }).then(
          (path) => ({ path }),
          (error: unknown) => ({ code: failureOf(error) }),
        ),
      { signal: own.signal, told: (done) => setProgress({ done, total }) },
    )
    setProgress(null)
    setRestored(answer)
    announce(restoredText(answer))
    await client.invalidateQueries({ queryKey: syncKeys.trash(account, link.id) })
  }
  return { progress, restored, begin, stop }
}

const Outcome = ({ restored }: { restored: Restored }) => (
  <div
    className={classNames(
      'mb-2 rounded-md p-3 text-sm',
      restored.failed.length > 0 ? 'bg-warning-soft' : 'bg-success-soft',
    )}
  >
    <p>{restoredText(restored)}</p>
    {restored.failed.length > 0 && (
      <ul
        aria-label={t`Not restored`}
        className="mt-2 flex max-h-40 flex-col gap-1 overflow-y-auto"
      >
        {restored.failed.map(({ path, code }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two may have one path, and none moves.
          <li key={index} className="text-xs">
            <span className="font-mono">{path}</span>: {failureText[code].sentence}{' '}
            {failureText[code].remedy} <FailureCodeText code={code} />
          </li>
        ))}
      </ul>
    )}
  </div>
)
