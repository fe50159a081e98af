import { useQuery } from '@tanstack/react-query'
import { Download, FileQuestion } from 'lucide-react'
import { useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { desktop } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { saveCopy } from '../sync/index.tsx'
import { viewOf } from './tree.ts'

/** The artifact's own page, on an origin of its own: it sees nothing of Atelier and reaches no network. */
export const Preview = ({
  file,
  turn = 0,
  version,
}: {
  file: Pick<ArtifactFile, 'artifactId' | 'path' | 'sha256' | 'mediaType'>
  turn?: number
  /** The hash of an earlier one, which was read before. */
  version?: string
}) => {
  const { artifactId, path } = file
  const url = useQuery({
    queryKey: ['preview', artifactId, path, version],
    queryFn: () =>
      desktop.artifacts.previewUrl({ artifactId, path, ...(version ? { version } : {}) }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!url.data) return <Skeleton rows={6} label="Opening the preview" />
  return viewOf(file) === 'image' ? (
    <div className="checker grid h-full place-items-center overflow-auto p-6">
      <img
        key={`${turn} ${file.sha256}`}
        src={url.data}
        alt={file.path}
        className="max-h-full max-w-full"
      />
    </div>
  ) : (
    <iframe
      key={`${turn} ${file.sha256}`}
      src={url.data}
      title={`Preview of ${file.path}`}
      sandbox="allow-scripts"
      className="h-full w-full border-0 bg-white"
    />
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
      title="No view for this kind of file"
      action={
        <Button busy={busy} onClick={() => void save()}>
          <Download aria-hidden /> Save a copy…
        </Button>
      }
    >
      {file.mediaType}, {formatBytes(file.size)}. SHA-256 {file.sha256.slice(0, 16)}…
    </EmptyState>
  )
}
