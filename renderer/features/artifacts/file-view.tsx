import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Code, Eye, Lock, Pencil, RotateCw, Save } from 'lucide-react'
import { useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import type { TextEncoding } from '../../../src/domain/text-encoding.ts'
import { failureOf } from '../../data/desktop.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { failureText } from '../../text/failure-text.ts'
import { Badge } from '../../ui/badge.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { FileBoundary } from './file-boundary.tsx'
import { NoView, Preview } from './preview.tsx'
import { encodingName, MarkdownView, TextView } from './text-view.tsx'
import { isDrawing, viewOf } from './tree.ts'
import { useEditing } from './use-editing.ts'

const stateBadge = {
  cached: null,
  remote: (
    <Badge>
      <Trans>At the server</Trans>
    </Badge>
  ),
  edited: (
    <Badge tone="info">
      <Trans>Edited, not sent yet</Trans>
    </Badge>
  ),
  blocked: (
    <Badge tone="danger">
      <Trans>Needs your attention</Trans>
    </Badge>
  ),
}

/** One file; give it the file's id as key. */
export const FileView = ({ file, isReadOnly }: { file: ArtifactFile; isReadOnly: boolean }) => {
  const kind = viewOf(file)
  const isDrawn = kind === 'image' && isDrawing(file.path)
  const [source, setSource] = useState(false)
  const [asked, setAsked] = useState(false)
  const [turn, setTurn] = useState(0)
  const hasSource = kind === 'page' || kind === 'markdown' || isDrawn
  const [mayType, setMayType] = useState(false)
  const isText = kind !== 'other' && (kind !== 'image' || isDrawn)
  const edit = useEditing(file, isText && (!hasSource || kind === 'markdown' || source || mayType))
  const { text, isChanged } = edit
  // Whoever left with something unsaved finds it open.
  const editing = asked || isChanged
  if (editing && !mayType) setMayType(true)
  const asText = kind === 'text' || source || editing
  const canEdit = isText && (text ? text.isExact : hasSource && !edit.content.data)
  const encoding = text && encodingName(text.encoding)
  const saveTyped = (as?: TextEncoding): void => {
    const typed = edit.typed()
    if (typed) void edit.save(() => typed.text, as)
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-1.5">
        <h2 className="min-w-0 truncate font-medium">{file.path}</h2>
        <span className="shrink-0 text-faint text-xs">{formatBytes(file.size)}</span>
        {isChanged ? (
          <Badge tone="info">
            <Trans>Not saved</Trans>
          </Badge>
        ) : (
          stateBadge[file.state]
        )}
        <span className="ml-auto flex flex-wrap items-center gap-1">
          {hasSource && !editing && (
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
              {source ? t`Preview` : t`Source`}
            </Button>
          )}
          {!asText && kind === 'page' && (
            <Button size="sm" variant="quiet" onClick={() => setTurn(turn + 1)}>
              <RotateCw aria-hidden className="size-4" />
              <Trans>Reload</Trans>
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
                    if (isChanged) edit.discard()
                  }}
                >
                  {isChanged ? t`Discard` : t`Done`}
                </Button>
                <Button
                  size="sm"
                  variant="primary"
                  disabled={!isChanged}
                  onClick={() => saveTyped()}
                >
                  <Save aria-hidden className="size-4" />
                  <Trans>Save</Trans>
                </Button>
              </>
            ) : isReadOnly ? (
              <Badge>
                <Lock aria-hidden className="size-3" /> <Trans>You may read, not edit</Trans>
              </Badge>
            ) : (
              <Button size="sm" variant="secondary" onClick={() => setAsked(true)}>
                <Pencil aria-hidden className="size-4" />
                <Trans>Edit</Trans>
              </Button>
            ))}
        </span>
      </div>
      {edit.failure && (
        <Banner tone="danger">
          {failureText[edit.failure].sentence} {failureText[edit.failure].remedy}{' '}
          <FailureCodeText code={edit.failure} />
        </Banner>
      )}
      {encoding && editing && (
        <Banner
          action={
            <Button size="sm" disabled={!isChanged} onClick={() => saveTyped('utf-8')}>
              <Trans>Save as UTF-8</Trans>
            </Button>
          }
        >
          <Trans>This text is in {encoding}, an older encoding, and is saved in it.</Trans>
        </Banner>
      )}
      <div className="min-h-0 flex-1">
        <FileBoundary key={String(asText)} file={file}>
          <Shown
            file={file}
            edit={edit}
            asText={asText}
            editing={editing}
            turn={turn}
            isText={isText}
          />
        </FileBoundary>
      </div>
      {encoding && !editing && (
        <p role="note" className="shrink-0 border-t px-4 py-1.5 text-faint text-xs">
          {text.isExact
            ? t`This text is in ${encoding}, an older encoding.`
            : t`This text is in ${encoding}, and damaged: it can be read here, not edited.`}
        </p>
      )}
      {kind === 'page' && !asText && (
        <p className="flex shrink-0 items-center gap-2 border-t px-4 py-1.5 text-faint text-xs">
          <Lock aria-hidden className="size-3.5" />
          <Trans>
            This preview is isolated: it sees nothing of Atelier and reaches no network.
          </Trans>
        </p>
      )}
    </div>
  )
}

const Shown = ({
  file,
  edit: { content, text, isReady, start, discarded, onChange, save },
  asText,
  editing,
  turn,
  isText,
}: {
  file: ArtifactFile
  edit: ReturnType<typeof useEditing>
  asText: boolean
  editing: boolean
  turn: number
  isText: boolean
}) => {
  const kind = viewOf(file)
  if (!isText && kind === 'other') return <NoView file={file} />
  if (!asText && kind !== 'markdown') return <Preview file={file} turn={turn} />
  if (content.isLoadingError)
    return <ErrorState code={failureOf(content.error)} onRetry={() => void content.refetch()} />
  if (content.isPending || !isReady) return <Skeleton rows={10} label={t`Opening the file`} />
  if (!text) return <NoView file={file} />
  if (!asText) return <MarkdownView file={file} text={text.text} />
  return (
    <TextView
      file={file}
      text={text.text}
      start={start}
      editing={editing && text.isExact}
      discarded={discarded}
      onChange={onChange}
      onSave={(read) => void save(read)}
    />
  )
}
