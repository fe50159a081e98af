import { useQueryClient } from '@tanstack/react-query'
import { Code, Eye, Lock, Pencil, RotateCw, Save } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { Badge } from '../../ui/badge.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { failureText } from '../../ui/failure-text.ts'
import { formatBytes } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { NoView, Preview } from './preview.tsx'
import { TextView } from './text-view.tsx'
import { viewOf } from './tree.ts'
import { useDraft } from './use-draft.ts'

const stateBadge = {
  cached: null,
  remote: <Badge>At the server</Badge>,
  edited: <Badge tone="info">Edited, not sent yet</Badge>,
  parked: <Badge tone="danger">Needs your attention</Badge>,
}

export const FileView = ({ file, isReadOnly }: { file: ArtifactFile; isReadOnly: boolean }) => {
  const client = useQueryClient()
  const kind = viewOf(file)
  const [source, setSource] = useState(false)
  const [asked, setAsked] = useState(false)
  const [turn, setTurn] = useState(0)
  const { draft, failure: draftFailure, keep, saved } = useDraft(file)
  const [saveFailure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const failure = saveFailure ?? draftFailure
  // Whoever left with something unsaved finds it open.
  const editing = asked || draft !== null
  const hasPreview =
    kind === 'page' ||
    (kind === 'image' && file.mediaType === 'image/svg+xml') ||
    kind === 'markdown'
  const asText = kind === 'text' || source || editing
  const canEdit = kind !== 'other' && (kind !== 'image' || file.mediaType === 'image/svg+xml')

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file starts afresh.
  useEffect(() => {
    setSource(false)
    setAsked(false)
    setFailure(null)
  }, [file.id])

  const save = async (saving: Draft | null): Promise<void> => {
    if (saving === null) return
    const { text, base } = saving
    try {
      const answer = await desktop.artifacts.edit({
        artifactId: file.artifactId,
        fileId: file.id,
        text,
        baseSha256: base,
      })
      client.setQueryData(['content', file.id, answer.sha256], {
        kind: 'text',
        text,
        sha256: answer.sha256,
      })
      saved(text, answer.sha256)
      await client.invalidateQueries({ queryKey: ['files', file.artifactId] })
      setFailure(null)
      announce('Saved')
    } catch (error) {
      setFailure(failureOf(error))
    }
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b px-4">
        <h2 className="min-w-0 truncate font-medium">{file.path}</h2>
        <span className="shrink-0 text-faint text-xs">{formatBytes(file.size)}</span>
        {draft === null ? stateBadge[file.state] : <Badge tone="info">Not saved</Badge>}
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
                    setAsked(false)
                    if (draft !== null) keep(null)
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
            ) : isReadOnly ? (
              <Badge>
                <Lock aria-hidden className="size-3" /> You may read, not edit
              </Badge>
            ) : (
              <Button size="sm" variant="secondary" onClick={() => setAsked(true)}>
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
          <NoView file={file} />
        ) : asText || kind === 'markdown' ? (
          <TextView
            file={file}
            editing={asText && editing}
            draft={draft}
            onDraft={keep}
            onSave={(saving) => void save(saving)}
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
