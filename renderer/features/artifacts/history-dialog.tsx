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
import { formatBytes, formatCount, formatRelativeTime } from '../../ui/format.ts'
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
    : `${formatCount(files.length)}${isCut ? ' and more' : ''} files`

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
    if (done) announce(outcome === 'applied' ? said : 'It waits for the server.')
    return done
  }
  const goBack = async (revision: Revision, newest: number): Promise<void> => {
    setBusy(true)
    const done = await doing(`All files are as in version ${revision.number} again`, () =>
      restore(revision, newest),
    )
    setBusy(false)
    if (done) setAsked(null)
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`History of ${title}`}
      description={
        isReadOnly
          ? 'You may read this artifact, not change it: who may edit can go back.'
          : 'Going back is one more change: what is there now stays in this list.'
      }
    >
      {restores.map(({ id, state, input }) => (
        <ChangeNote
          key={id}
          id={id}
          state={state}
          what={
            'fileId' in input
              ? 'Going back with one file'
              : `Going back to version ${input.revision}`
          }
        />
      ))}
      {standing.isPending ? (
        <Skeleton rows={5} label="Loading the history" />
      ) : standing.error ? (
        <NoVersions code={failureOf(standing.error)} onRetry={() => void pages.refetch()} />
      ) : revisions.length === 0 ? (
        <EmptyState icon={<History aria-hidden />} title="No history yet">
          Each change to a file of this artifact is kept here.
        </EmptyState>
      ) : (
        <>
          <ol aria-label="Versions" className="divide-y">
            {revisions.map((revision, index) => (
              <li key={revision.number} className="py-3">
                <div className="flex items-center gap-3">
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-medium text-sm">{countOf(revision)}</p>
                    <p className="text-soft text-xs">
                      <time dateTime={revision.at} title={new Date(revision.at).toLocaleString()}>
                        {formatRelativeTime(revision.at)}
                      </time>{' '}
                      · {nameOf(revision.by)}
                    </p>
                  </div>
                  {index === 0 ? (
                    <Badge tone="info">Now</Badge>
                  ) : (
                    !isReadOnly && (
                      <Button onClick={() => setAsked(revision)}>
                        Go back…<span className="sr-only"> to version {revision.number}</span>
                      </Button>
                    )
                  )}
                </div>
                <details className="mt-2">
                  <summary className="cursor-pointer text-soft text-xs hover:text-ink">
                    Files of version {revision.number}
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
                            Look
                            <span className="sr-only">
                              {' '}
                              at {version.file_path} of version {revision.number}
                            </span>
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
              Show older
            </Button>
          )}
          {standing.failure && (
            <div role="alert" className="mt-3 flex items-center gap-3 text-danger text-sm">
              <p className="flex-1">
                {isUnreached(standing.failure)
                  ? 'Earlier versions need the server.'
                  : `${failureText[standing.failure].title}.`}{' '}
                This is the list as it was read {formatRelativeTime(standing.savedAt)}.
              </p>
              <Button busy={pages.isFetching} onClick={() => void pages.refetch()}>
                Try again
              </Button>
            </div>
          )}
        </>
      )}
      {asked && (
        <GoBackAllDialog
          artifactId={artifactId}
          revision={asked}
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
            doing(`${looked.file_path} is back as it was`, () =>
              restoreFile(looked, newestOf(looked)),
            )
          }
          onClose={() => setLooked(null)}
        />
      )}
    </Dialog>
  )
}
