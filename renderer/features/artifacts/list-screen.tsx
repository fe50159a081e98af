import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import {
  Box,
  CloudDownload,
  CloudOff,
  Download,
  FolderInput,
  HardDrive,
  Plus,
  Search,
} from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { ArtifactSummary } from '../../../src/contract/artifacts.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { useSession, useSync } from '../../data/stores.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes, formatCount, formatFiles, formatRelativeTime } from '../../ui/format.ts'
import { Progress } from '../../ui/progress.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { DropZone, NewArtifactDialog, type Way } from '../adding/index.ts'
import { useReadOnly, whyReadOnly } from '../projects/index.ts'
import { LinkChip } from '../sync/index.ts'
import { useProjects } from '../workspaces/index.ts'
import { useArtifacts } from './use-artifacts.ts'

const Availability = ({ artifact }: { artifact: ArtifactSummary }) => {
  if (artifact.fileCount > 0 && artifact.cachedCount >= artifact.fileCount)
    return (
      <Badge tone="success" icon={<HardDrive aria-hidden />}>
        <Trans>On this computer</Trans>
      </Badge>
    )
  if (artifact.cachedCount > 0)
    return (
      <Badge
        icon={<HardDrive aria-hidden />}
      >{t`${formatCount(artifact.cachedCount)} of ${formatCount(artifact.fileCount)} here`}</Badge>
    )
  return (
    <Badge icon={<CloudDownload aria-hidden />}>
      <Trans>At the server</Trans>
    </Badge>
  )
}

/** Where the list is narrow, what it is called and where it is have to do. */
const columns =
  'grid grid-cols-[minmax(0,1fr)_9.5rem] gap-x-4 @3xl:grid-cols-[minmax(0,1fr)_6rem_4rem_5rem_7rem_9.5rem]'
const wide = 'hidden @3xl:block'

const Row = ({ artifact }: { artifact: ArtifactSummary }) => (
  <span className={classNames(columns, 'w-full items-center')}>
    <span className="min-w-0">
      <span className="block truncate font-medium">{artifact.title}</span>
      <span className={classNames(wide, 'truncate text-faint text-xs')}>
        {artifact.description}
      </span>
      <span className="block truncate text-faint text-xs @3xl:hidden">
        {formatFiles(artifact.fileCount)} · {formatBytes(artifact.size)} ·{' '}
        {formatRelativeTime(artifact.updatedAt)}
      </span>
    </span>
    <span className={classNames(wide, 'truncate text-soft text-xs')}>{artifact.kind}</span>
    <span className={classNames(wide, 'text-right text-soft text-xs tabular-nums')}>
      {formatCount(artifact.fileCount)}
    </span>
    <span className={classNames(wide, 'text-right text-soft text-xs tabular-nums')}>
      {formatBytes(artifact.size)}
    </span>
    <span className={classNames(wide, 'text-soft text-xs')}>
      {formatRelativeTime(artifact.updatedAt)}
    </span>
    <span>
      <Availability artifact={artifact} />
    </span>
  </span>
)

const noArtifacts: ArtifactSummary[] = []
/** More than this nobody reads: they type another letter. */
const maxHits = 1_000

/** The artifacts that a search finds, the best first, and how many there are in all; null where nothing is searched. */
const useFound = (projectId: string, filter: string) => {
  const [found, setFound] = useState<{ ids: string[]; total: number } | null>(null)
  useEffect(() => {
    if (!filter.trim()) return setFound(null)
    let current = true
    void desktop.artifacts.search({ query: filter.slice(0, 200), projectId, atMost: maxHits }).then(
      ({ hits, total }) =>
        current && setFound({ ids: hits.map(({ artifactId }) => artifactId), total }),
      () => current && setFound(null),
    )
    return () => {
      current = false
    }
  }, [filter, projectId])
  return found
}

export const ArtifactListScreen = () => {
  const { projectId = '' } = useParams()
  const navigate = useNavigate()
  const project = useProjects().data?.find(({ id }) => id === projectId)
  const query = useArtifacts(projectId)
  const online = useSession((session) => session.status === 'active')
  const sync = useSync()
  const [filter, setFilter] = useState('')
  const [making, setMaking] = useState<Way | null>(null)
  const isReadOnly = useReadOnly(projectId)
  const filterBox = useRef<HTMLInputElement>(null)
  const artifacts = query.data ?? noArtifacts
  const found = useFound(projectId, filter)
  const byId = useMemo(() => new Map(artifacts.map((each) => [each.id, each])), [artifacts])
  const shown = found ? found.ids.flatMap((id) => byId.get(id) ?? []) : artifacts
  const busy = sync.projectId === projectId && sync.phase === 'transferring'
  const size = artifacts.reduce((sum, artifact) => sum + artifact.size, 0)
  const whole = artifacts.every((artifact) => artifact.cachedCount >= artifact.fileCount)

  useEffect(() => {
    const focusFilter = (event: KeyboardEvent): void => {
      if (
        event.key !== '/' ||
        event.target instanceof HTMLInputElement ||
        (event.target instanceof HTMLElement && event.target.isContentEditable)
      )
        return
      event.preventDefault()
      filterBox.current?.focus()
    }
    window.addEventListener('keydown', focusFilter)
    return () => window.removeEventListener('keydown', focusFilter)
  }, [])

  useEffect(() => {
    if (!query.isPending) void desktop.app.mark({ name: 'list' })
  }, [query.isPending])

  return (
    <DropZone
      place={{ projectId, artifactId: null }}
      label={t`Artifacts of this project`}
      says={t`Drop to make an artifact of it`}
      why={isReadOnly ? whyReadOnly() : null}
    >
      <header className="flex flex-wrap items-end justify-end gap-x-2 gap-y-3 px-6 pt-6 pb-4">
        <div className="min-w-0 basis-full">
          <h1 className="truncate font-semibold text-xl" title={project?.name}>
            {project?.name ?? t`Artifacts`}
          </h1>
          <p className="truncate text-soft">
            {project?.description ??
              plural(artifacts.length, { one: 'One artifact', other: '# artifacts' })}
          </p>
        </div>
        <div className="mr-auto min-w-32 max-w-56 flex-1">
          <TextField
            ref={filterBox}
            label={t`Search by title`}
            hideLabel
            placeholder={t`Search by title`}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
        {busy ? (
          <Button onClick={() => void desktop.sync.cancel()}>
            <Trans>Stop</Trans>
          </Button>
        ) : artifacts.length > 0 ? (
          <Button
            disabled={!online || whole}
            onClick={() => void desktop.sync.run({ projectId, files: 'all' })}
          >
            <Download aria-hidden className="size-4" />
            {whole ? t`All on this computer` : t`Download all · ${formatBytes(size)}`}
          </Button>
        ) : null}
        <LinkChip projectId={projectId} artifactId={null} />
        <Button
          // Where there is none yet, the pane itself asks for the first.
          variant={artifacts.length > 0 ? 'primary' : 'secondary'}
          disabled={isReadOnly}
          title={isReadOnly ? whyReadOnly() : undefined}
          onClick={() => setMaking('empty')}
        >
          <Plus aria-hidden /> <Trans>New artifact</Trans>
        </Button>
      </header>
      {busy && (
        <div className="px-6 pb-3">
          <Progress
            label={t`Downloading`}
            value={sync.bytesDone}
            total={sync.bytesTotal}
            detail={t`${formatCount(sync.filesDone)} of ${formatCount(sync.filesTotal)} files · ${formatBytes(sync.bytesDone)} of ${formatBytes(sync.bytesTotal)}`}
          />
        </div>
      )}
      <div className="@container flex min-h-0 flex-1 flex-col border-t">
        {query.isPending || (query.asking && artifacts.length === 0) ? (
          <Skeleton rows={8} tall label={t`Loading artifacts`} />
        ) : query.isLoadingError ? (
          <ErrorState code={failureOf(query.error)} onRetry={() => void query.refetch()} />
        ) : artifacts.length === 0 ? (
          online ? (
            <EmptyState
              icon={<Box aria-hidden />}
              title={t`No artifacts yet`}
              action={
                isReadOnly ? null : (
                  <>
                    <Button variant="primary" onClick={() => setMaking('empty')}>
                      <Plus aria-hidden /> <Trans>Make the first one</Trans>
                    </Button>
                    <Button onClick={() => setMaking('linked')}>
                      <FolderInput aria-hidden /> <Trans>Bring in a folder</Trans>
                    </Button>
                  </>
                )
              }
            >
              {isReadOnly
                ? `${t`An artifact is a folder of files your team keeps.`} ${whyReadOnly()}`
                : t`An artifact is a folder of files your team keeps. Make one, or drop files and folders here.`}
            </EmptyState>
          ) : (
            <EmptyState icon={<CloudOff aria-hidden />} title={t`Not seen on this computer yet`}>
              <Trans>
                You are offline, and this project was never opened here. It will load when you are
                back online.
              </Trans>
            </EmptyState>
          )
        ) : shown.length === 0 ? (
          <EmptyState
            icon={<Search aria-hidden />}
            title={t`Nothing by that name`}
            action={
              <Button onClick={() => setFilter('')}>
                <Trans>Clear the search</Trans>
              </Button>
            }
          >
            <Trans>No artifact of this project has “{filter}” in its title or description.</Trans>
          </EmptyState>
        ) : (
          <>
            {found && (
              <p role="status" className="border-b px-6 py-2 text-soft text-xs tabular-nums">
                {shown.length < found.total
                  ? t`The best ${formatCount(shown.length)} of ${formatCount(found.total)} found. Another word narrows it down.`
                  : t`${formatCount(found.total)} of ${formatCount(artifacts.length)} artifacts`}
              </p>
            )}
            <div
              aria-hidden
              className={classNames(columns, 'border-b px-6 py-2 font-medium text-faint text-xs')}
            >
              <span>
                <Trans>Title</Trans>
              </span>
              <span className={wide}>
                <Trans>Kind</Trans>
              </span>
              <span className={classNames(wide, 'text-right')}>
                <Trans>Files</Trans>
              </span>
              <span className={classNames(wide, 'text-right')}>
                <Trans>Size</Trans>
              </span>
              <span className={wide}>
                <Trans>Updated</Trans>
              </span>
              <span>
                <Trans>Availability</Trans>
              </span>
            </div>
            <VirtualList
              label={t`Artifacts`}
              items={shown}
              getKey={(artifact) => artifact.id}
              getText={(artifact) => artifact.title}
              onOpen={(artifact) => navigate(`/projects/${projectId}/artifacts/${artifact.id}`)}
              rowHeight={52}
              className="min-h-0 flex-1 px-3"
              renderItem={(artifact) => <Row artifact={artifact} />}
            />
          </>
        )}
      </div>
      {making && (
        <NewArtifactDialog projectId={projectId} first={making} onClose={() => setMaking(null)} />
      )}
    </DropZone>
  )
}
