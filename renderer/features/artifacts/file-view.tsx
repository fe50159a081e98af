import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Code, Eye, FileQuestion, Lock, Pencil, RotateCw, Save } from 'lucide-react'
import { useEffect, useState } from 'react'
import Markdown from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { Badge } from '../../ui/badge.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { failureText } from '../../ui/failure-text.ts'
import { formatBytes } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { CodeEditor } from './code-editor.tsx'
import './code-editor.css'
import { viewOf } from './tree.ts'

const stateBadge = {
  cached: null,
  remote: <Badge>At the server</Badge>,
  edited: <Badge tone="info">Edited, not sent yet</Badge>,
  parked: <Badge tone="danger">Needs your attention</Badge>,
}

/** The artifact's own page, on an origin of its own: it sees nothing of Atelier and reaches no network. */
const Preview = ({ file, turn }: { file: ArtifactFile; turn: number }) => {
  const url = useQuery({
    queryKey: ['preview', file.artifactId, file.path],
    queryFn: () => desktop.artifacts.previewUrl({ artifactId: file.artifactId, path: file.path }),
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

const Text = ({
  file,
  editing,
  draft,
  onDraft,
}: {
  file: ArtifactFile
  editing: boolean
  /** What is typed and not saved; null when that is nothing. */
  draft: string | null
  onDraft: (draft: string | null) => void
}) => {
  const content = useQuery({
    queryKey: ['content', file.id, file.sha256],
    queryFn: () => desktop.artifacts.read({ artifactId: file.artifactId, fileId: file.id }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (content.isPending) return <Skeleton rows={10} label="Opening the file" />
  if (content.error)
    return <ErrorState code={failureOf(content.error)} onRetry={() => void content.refetch()} />
  if (content.data.kind === 'binary') return <Other file={file} />
  const { text } = content.data
  if (viewOf(file) === 'markdown' && !editing)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keyboard.
      <section tabIndex={0} aria-label={file.path} className="h-full overflow-auto px-8 py-6">
        <div className="prose">
          <Markdown
            remarkPlugins={[remarkGfm]}
            rehypePlugins={[rehypeSanitize]}
            components={{
              a: ({ href, children }) => (
                <a
                  href={href}
                  onClick={(event) => {
                    event.preventDefault()
                    if (href) void desktop.app.openExternal({ url: href }).catch(() => {})
                  }}
                >
                  {children}
                </a>
              ),
              img: ({ alt }) => <em>{alt}</em>,
            }}
          >
            {text}
          </Markdown>
        </div>
      </section>
    )
  const save = (value: string) =>
    document.dispatchEvent(
      new CustomEvent('atelier:save', { detail: value === text ? null : value }),
    )
  return (
    <CodeEditor
      path={file.path}
      text={draft ?? text}
      editable={editing}
      onChange={(value) => onDraft(value === text ? null : value)}
      onSave={save}
    />
  )
}

const Other = ({ file }: { file: ArtifactFile }) => (
  <EmptyState icon={<FileQuestion aria-hidden />} title="No view for this kind of file">
    {file.mediaType}, {formatBytes(file.size)}. SHA-256 {file.sha256.slice(0, 16)}…
  </EmptyState>
)

export const FileView = ({
  file,
  onDirty,
}: {
  file: ArtifactFile
  onDirty: (dirty: boolean) => void
}) => {
  const client = useQueryClient()
  const kind = viewOf(file)
  const [source, setSource] = useState(false)
  const [editing, setEditing] = useState(false)
  const [turn, setTurn] = useState(0)
  const [draft, setDraft] = useState<string | null>(null)
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const hasPreview =
    kind === 'page' ||
    (kind === 'image' && file.mediaType === 'image/svg+xml') ||
    kind === 'markdown'
  const asText = kind === 'text' || source || editing
  const canEdit = kind !== 'other' && (kind !== 'image' || file.mediaType === 'image/svg+xml')

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file starts afresh.
  useEffect(() => {
    setSource(false)
    setEditing(false)
    setDraft(null)
    setFailure(null)
  }, [file.id])
  useEffect(() => onDirty(draft !== null), [draft, onDirty])

  const save = async (text: string | null): Promise<void> => {
    if (text === null) return
    try {
      const saved = await desktop.artifacts.edit({
        artifactId: file.artifactId,
        fileId: file.id,
        text,
      })
      client.setQueryData(['content', file.id, saved.sha256], {
        kind: 'text',
        text,
        sha256: saved.sha256,
      })
      await client.invalidateQueries({ queryKey: ['files', file.artifactId] })
      // What was typed while it was being saved is still to be saved.
      setDraft((now) => (now === text ? null : now))
      setFailure(null)
      announce('Saved')
    } catch (error) {
      setFailure(failureOf(error))
    }
  }
  useEffect(() => {
    const listener = (event: Event): void => {
      if (event instanceof CustomEvent) void save(event.detail)
    }
    document.addEventListener('atelier:save', listener)
    return () => document.removeEventListener('atelier:save', listener)
  })

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b px-4">
        <h2 className="min-w-0 truncate font-medium">{file.path}</h2>
        <span className="shrink-0 text-faint text-xs">{formatBytes(file.size)}</span>
        {stateBadge[file.state]}
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {hasPreview && !editing && (
            <Button
              size="sm"
              variant="quiet"
              aria-pressed={source}
              onClick={() => setSource(!source)}
            >
              {source ? (
                <Eye aria-hidden className="size-4" />
              ) : (
                <Code aria-hidden className="size-4" />
              )}
              {source ? 'Preview' : 'Source'}
            </Button>
          )}
          {!asText && kind === 'page' && (
            <Button size="sm" variant="quiet" onClick={() => setTurn(turn + 1)}>
              <RotateCw aria-hidden className="size-4" />
              Reload
            </Button>
          )}
          {canEdit &&
            (editing ? (
              <>
                <Button
                  size="sm"
                  variant="quiet"
                  onClick={() => {
                    setEditing(false)
                    setDraft(null)
                  }}
                >
                  {draft === null ? 'Done' : 'Discard'}
                </Button>
                <Button
                  size="sm"
                  variant="primary"
                  disabled={draft === null}
                  onClick={() => void save(draft)}
                >
                  <Save aria-hidden className="size-4" />
                  Save
                </Button>
              </>
            ) : (
              <Button size="sm" variant="secondary" onClick={() => setEditing(true)}>
                <Pencil aria-hidden className="size-4" />
                Edit
              </Button>
            ))}
        </span>
      </div>
      {failure && (
        <Banner tone="danger">
          {failureText[failure].sentence} {failureText[failure].wayOut}
        </Banner>
      )}
      <div className="min-h-0 flex-1">
        {kind === 'other' ? (
          <Other file={file} />
        ) : asText || kind === 'markdown' ? (
          <Text
            file={file}
            editing={asText && editing}
            draft={draft}
            onDraft={setDraft}
            key={`${file.id} ${asText}`}
          />
        ) : (
          <Preview file={file} turn={turn} />
        )}
      </div>
      {kind === 'page' && !asText && (
        <p className="flex shrink-0 items-center gap-2 border-t px-4 py-1.5 text-faint text-xs">
          <Lock aria-hidden className="size-3.5" />
          This preview is isolated: it sees nothing of Atelier and reaches no network.
        </p>
      )}
    </div>
  )
}
