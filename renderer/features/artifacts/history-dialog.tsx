import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { History } from 'lucide-react'
import { useState } from 'react'
import { failureOf } from '../../data/desktop.ts'
import { useChanges } from '../../data/mutations.ts'
import { runAction } from '../../data/run-action.ts'
import { failureText } from '../../text/failure-text.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes, formatCount, formatMoment, formatRelativeTime } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChangeNote } from '../changes/index.ts'
import { GoBackAllDialog } from './go-back-all-dialog.tsx'
import { isUnreached, NoVersions } from './needs-server.tsx'
import { type FileVersion, type Revision, whatHappened } from './revisions.ts'
import { useHistory } from './use-history.ts'
import { VersionDialog } from './version-dialog.tsx'

const countOf = ({ files, isCut }: Revision): string =>
  files.length === 1 && !isCut
    ? (files[0]?.file_path ?? '')
    : isCut
      ? t`${formatCount(files.length)} and more files`
      : plural(files.length, { one: 'One file', other: '# files' })

/** Every state the artifact had, who made it, and the way back to it. Nothing is lost by going back. */
export const HistoryDialog = ({
  projectId,
  artifactId,
  title,
  isReadOnly,
  onClose,
}: {
  projectId: string
  artifactId: string
  title: string
  isReadOnly: boolean
  onClose: () => void
}) => {
  const restores = [
    ...useChanges('artifacts.restore'),
    ...useChanges('artifacts.restoreFile'),
  ].filter(({ input }) => input.artifactId === artifactId)
  const { pages, standing, revisions, nameOf, restore, restoreFile } = useHistory(
    projectId,
    artifactId,
  )
  const [asked, setAsked] = useState<Revision | null>(null)
  const [looked, setLooked] = useState<FileVersion | null>(null)
  const [busy, setBusy] = useState(false)
  const versions = revisions.flatMap(({ files }) => files)
  const of = (fileId: string, revision: number): string => `${fileId} ${revision}`
  const known = new Map(versions.map((each) => [of(each.file_id, each.revision), each]))
  const before = ({ file_id, revision }: FileVersion) => known.get(of(file_id, revision - 1))
  // The newest come first, and all of them.
  const newestOf = (version: FileVersion): FileVersion =>
    versions.find(({ file_id }) => file_id === version.file_id) ?? version
  const doing = async (
    said: string,
    work: () => Promise<'applied' | 'waiting'>,
  ): Promise<boolean> => {
    let outcome: 'applied' | 'waiting' = 'applied'
    const done = await runAction(async () => {
      outcome = await work()
    })
    if (done) announce(outcome === 'applied' ? said : t`It waits for the server.`)
    return done
  }
  const goBack = async (revision: Revision, newest: number): Promise<void> => {
    setBusy(true)
    const done = await doing(t`All files are as in version ${revision.number} again`, () =>
      restore(revision, newest),
    )
    setBusy(false)
    if (done) setAsked(null)
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t`History of ${title}`}
      description={
        isReadOnly
          ? t`You may read this artifact, not change it: who may edit can go back.`
          : t`Going back is one more change: what is there now stays in this list.`
      }
    >
      {restores.map(({ id, state, input }) => (
        <ChangeNote
          key={id}
          id={id}
          state={state}
          what={
            'fileId' in input
              ? t`Going back with one file`
              : t`Going back to version ${input.revision}`
          }
        />
      ))}
      {standing.isPending ? (
        <Skeleton rows={5} label={t`Loading the history`} />
      ) : standing.error ? (
        <NoVersions code={failureOf(standing.error)} onRetry={() => void pages.refetch()} />
      ) : revisions.length === 0 ? (
        <EmptyState icon={<History aria-hidden />} title={t`No history yet`}>
          <Trans>Each change to a file of this artifact is kept here.</Trans>
        </EmptyState>
      ) : (
        <>
          <ol aria-label={t`Versions`} className="divide-y">
            {revisions.map((revision, index) => (
              <li key={revision.number} className="py-3">
                <div className="flex items-center gap-3">
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-medium text-sm">{countOf(revision)}</p>
                    <p className="text-soft text-xs">
                      <time dateTime={revision.at} title={formatMoment(revision.at)}>
                        {formatRelativeTime(revision.at)}
                      </time>{' '}
                      · {nameOf(revision.by)}
                    </p>
                  </div>
                  {index === 0 ? (
                    <Badge tone="info">
                      <Trans>Now</Trans>
                    </Badge>
                  ) : (
                    !isReadOnly && (
                      <Button onClick={() => setAsked(revision)}>
                        <Trans>
                          Go back…<span className="sr-only"> to version {revision.number}</span>
                        </Trans>
                      </Button>
                    )
                  )}
                </div>
                <details className="mt-2">
                  <summary className="cursor-pointer text-soft text-xs hover:text-ink">
                    <Trans>Files of version {revision.number}</Trans>
                  </summary>
                  <ul className="mt-1">
                    {revision.files.map((version) => (
                      <li key={version.file_id} className="flex items-center gap-2 py-1">
                        <span className="min-w-0 flex-1 truncate font-mono text-xs">
                          {version.file_path}
                        </span>
                        <span className="shrink-0 text-soft text-xs">
                          {whatHappened(version, before(version))} ·{' '}
                          {formatBytes(version.file_size)}
                        </span>
                        {!version.removed && (
                          <Button size="sm" onClick={() => setLooked(version)}>
                            <Trans>
                              Look
                              <span className="sr-only">
                                {' '}
                                at {version.file_path} of version {revision.number}
                              </span>
                            </Trans>
                          </Button>
                        )}
                      </li>
                    ))}
                  </ul>
                </details>
              </li>
            ))}
          </ol>
          {pages.hasNextPage && (
            <Button
              className="mt-3"
              busy={pages.isFetchingNextPage}
              onClick={() => void pages.fetchNextPage()}
            >
              <Trans>Show older</Trans>
            </Button>
          )}
          {standing.failure && (
            <div role="alert" className="mt-3 flex items-center gap-3 text-danger text-sm">
              <p className="flex-1">
                {isUnreached(standing.failure)
                  ? t`Earlier versions need the server.`
                  : `${failureText[standing.failure].title}.`}{' '}
                <Trans>
                  This is the list as it was read {formatRelativeTime(standing.savedAt)}.
                </Trans>{' '}
                <FailureCodeText code={standing.failure} />
              </p>
              <Button busy={pages.isFetching} onClick={() => void pages.refetch()}>
                <Trans>Try again</Trans>
              </Button>
            </div>
          )}
        </>
      )}
      {asked && (
        <GoBackAllDialog
          artifactId={artifactId}
          revision={asked}
          listed={revisions[0]?.number ?? asked.number}
          nameOf={nameOf}
          busy={busy}
          onGo={(newest) => void goBack(asked, newest)}
          onClose={() => setAsked(null)}
        />
      )}
      {looked && (
        <VersionDialog
          artifactId={artifactId}
          version={looked}
          newest={newestOf(looked)}
          author={nameOf(looked.created_by)}
          isReadOnly={isReadOnly}
          onGoBack={() =>
            doing(t`${looked.file_path} is back as it was`, () =>
              restoreFile(looked, newestOf(looked)),
            )
          }
          onClose={() => setLooked(null)}
        />
      )}
    </Dialog>
  )
}
