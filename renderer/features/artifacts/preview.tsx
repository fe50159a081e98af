import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import './checker.css'
import { useQuery } from '@tanstack/react-query'
import { Download, FileQuestion } from 'lucide-react'
import { useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { useAccountId } from '../../data/account.ts'
import { artifactQueries } from '../../data/artifact-queries.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { saveCopy } from '../sync/index.ts'
import { PagePreview } from './page-preview.tsx'
import { isDrawing, viewOf } from './tree.ts'

/** A file that shows itself: an image, or a page of the artifact's own. */
export const Preview = ({
  file,
  turn = 0,
  version,
}: {
  file: Pick<ArtifactFile, 'artifactId' | 'path' | 'sha256' | 'mediaType'>
  turn?: number
  /** The hash of an earlier one, which was read before; of an image. */
  version?: string
}) => {
  const key = `${turn} ${file.sha256}`
  return viewOf(file) === 'image' ? (
    <Picture key={key} file={file} version={version} />
  ) : (
    <PagePreview key={key} artifactId={file.artifactId} path={file.path} />
  )
}

const Picture = ({
  file: { artifactId, path },
  version,
}: {
  file: Pick<ArtifactFile, 'artifactId' | 'path'>
  version: string | undefined
}) => {
  const url = useQuery(artifactQueries.previewUrl(useAccountId(), artifactId, path, version))
  const [isApart, setApart] = useState(false)
  // A drawing that would hold the window is one of those that have a page of their own.
  if (isApart) return <PagePreview artifactId={artifactId} path={path} />
  if (!url.data) return <Skeleton rows={6} label={t`Opening the preview`} />
  return (
    <div className="checker grid h-full place-items-center overflow-auto p-6">
      <img
        src={url.data}
        alt={path}
        className="max-h-full max-w-full"
        onError={() => setApart(isDrawing(path) && !version)}
      />
    </div>
  )
}

export const NoView = ({ file }: { file: ArtifactFile }) => {
  const [busy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    setBusy(true)
    await saveCopy(file.id)
    setBusy(false)
  }
  return (
    <EmptyState
      icon={<FileQuestion aria-hidden />}
      title={t`No view for this kind of file`}
      action={
        <Button busy={busy} onClick={() => void save()}>
          <Download aria-hidden /> <Trans>Save a copy…</Trans>
        </Button>
      }
    >
      <Trans>
        {file.mediaType}, {formatBytes(file.size)}. SHA-256 {file.sha256.slice(0, 16)}…
      </Trans>
    </EmptyState>
  )
}
