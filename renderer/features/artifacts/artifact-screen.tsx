import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ChevronLeft, CloudOff, FileStack, History, Pencil } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { failureOf } from '../../data/desktop.ts'
import { useChanges } from '../../data/mutations.ts'
import { useReached } from '../../data/stores.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes, formatFiles } from '../../ui/format.ts'
import { Panes } from '../../ui/panes.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AddMenu, chooseFiles, DropZone, NewFileDialog } from '../adding/index.ts'
import { ChangeNote } from '../changes/index.ts'
import { whyReadOnly } from '../projects/index.ts'
import { LinkChip, useConflicts } from '../sync/index.ts'
import { FileTree } from './file-tree.tsx'
import { FileView } from './file-view.tsx'
import { HistoryDialog } from './history-dialog.tsx'
import { RenameDialog } from './rename-dialog.tsx'
import { firstFile } from './tree.ts'
import { useFiles } from './use-artifacts.ts'

export const ArtifactScreen = () => {
  const { projectId = '', artifactId = '' } = useParams()
  const [parameters, setParameters] = useSearchParams()
  const navigate = useNavigate()
  const [showsHistory, setShowsHistory] = useState(false)
  const [isNaming, setNaming] = useState(false)
  const [title, setTitle] = useState<string | null>(null)
  const renames = useChanges('artifacts.rename')
  const rename = renames.findLast(({ input }) => input.artifactId === artifactId)
  const { files, artifact, asking, isReadOnly } = useFiles(projectId, artifactId)
  const isReached = useReached()
  const list = files.data ?? []
  const conflicts = (useConflicts(projectId).data ?? []).filter(
    (conflict) => conflict.artifactId === artifactId,
  )
  const openMade = ({ id }: { id: string }): void => setParameters({ file: id })
  const file = list.find(({ id }) => id === parameters.get('file')) ?? firstFile(list)

  const content =
    files.isPending || (asking && list.length === 0) ? (
      <Skeleton rows={8} label={t`Loading files`} />
    ) : files.isLoadingError ? (
      <ErrorState code={failureOf(files.error)} onRetry={() => void files.refetch()} />
    ) : list.length === 0 || !file ? (
      <EmptyState
        icon={artifact ? <FileStack aria-hidden /> : <CloudOff aria-hidden />}
        title={
          artifact
            ? t`No files yet`
            : isReached
              ? t`No such artifact here`
              : t`Not seen on this computer yet`
        }
        action={
          artifact && !isReadOnly ? (
            <>
              <Button variant="primary" onClick={() => setNaming(true)}>
                <Trans>New file…</Trans>
              </Button>
              <Button onClick={() => void chooseFiles({ projectId, artifactId })}>
                <Trans>Upload files…</Trans>
              </Button>
            </>
          ) : artifact ? null : (
            <Button onClick={() => void navigate(`/projects/${projectId}`)}>
              <Trans>Go to the artifacts</Trans>
            </Button>
          )
        }
      >
        {artifact
          ? isReadOnly
            ? `${t`Files of this artifact appear here.`} ${whyReadOnly()}`
            : t`Make one, upload some, or drop files and folders here.`
          : isReached
            ? t`It is not in this project, or no longer shared with you.`
            : t`This artifact will load when you are back online.`}
      </EmptyState>
    ) : (
      <Panes
        name="artifact"
        panes={[
          {
            id: 'tree',
            size: 264,
            minimum: 160,
            maximum: 480,
            fixed: true,
            content: (
              <FileTree
                files={list}
                selectedId={file.id}
                onSelect={(next) => setParameters({ file: next.id })}
              />
            ),
          },
          {
            id: 'file',
            minimum: 280,
            content: <FileView key={file.id} file={file} isReadOnly={isReadOnly} />,
          },
        ]}
      />
    )

  return (
    <DropZone
      place={{ projectId, artifactId }}
      label={t`Artifact`}
      says={t`Drop to add it to this artifact`}
      why={isReadOnly ? whyReadOnly() : null}
    >
      <header className="flex flex-wrap items-center justify-end gap-x-2 gap-y-2 border-b px-4 py-3">
        <Link
          to={`/projects/${projectId}`}
          aria-label={t`Back to the artifacts`}
          className="grid size-8 place-items-center rounded-md text-soft hover:bg-hover hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-5" />
        </Link>
        <div className="mr-1 min-w-40 flex-1">
          <h1 className="truncate font-semibold text-lg" title={artifact?.title}>
            {artifact?.title ?? t`Artifact`}
          </h1>
          <p className="truncate text-faint text-xs">
            {artifact
              ? `${artifact.kind} · ${formatFiles(artifact.fileCount)} · ${formatBytes(artifact.size)}`
              : ' '}
          </p>
        </div>
        {artifact && !isReadOnly && (
          <Button onClick={() => setTitle(artifact.title)}>
            <Pencil aria-hidden /> <Trans>Rename</Trans>
          </Button>
        )}
        {conflicts.length > 0 && conflicts[0] && (
          <Link
            to={`/sync/conflicts/${artifactId}/${conflicts[0].copyId}`}
            className="rounded-md bg-warning-soft px-2.5 py-1 font-medium text-sm text-warning hover:underline"
          >
            {plural(conflicts.length, {
              one: 'One file in conflict',
              other: '# files in conflict',
            })}
          </Link>
        )}
        {artifact && !isReadOnly && (
          <AddMenu projectId={projectId} artifactId={artifactId} onMade={openMade} />
        )}
        {artifact && (
          <Button onClick={() => setShowsHistory(true)}>
            <History aria-hidden /> <Trans>History</Trans>
          </Button>
        )}
        {artifact && <LinkChip projectId={projectId} artifactId={artifactId} />}
      </header>
      {rename && (
        <ChangeNote
          id={rename.id}
          state={rename.state}
          what={t`The new title “${rename.input.title}”`}
          onEdit={() => setTitle(rename.input.title)}
        />
      )}
      <div className="min-h-0 flex-1">{content}</div>
      {title !== null && (
        <RenameDialog
          projectId={projectId}
          artifactId={artifactId}
          title={title}
          known={artifact?.title ?? title}
          onClose={() => setTitle(null)}
        />
      )}
      {showsHistory && artifact && (
        <HistoryDialog
          projectId={projectId}
          artifactId={artifactId}
          title={artifact.title}
          isReadOnly={isReadOnly}
          onClose={() => setShowsHistory(false)}
        />
      )}
      {isNaming && (
        <NewFileDialog artifactId={artifactId} onMade={openMade} onClose={() => setNaming(false)} />
      )}
    </DropZone>
  )
}
