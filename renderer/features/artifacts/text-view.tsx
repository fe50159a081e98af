import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import type { TextEncoding } from '../../../src/domain/text-encoding.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { CodeEditor, isHeavy } from '../editor/index.tsx'
import { useLaidOut } from '../markdown/index.ts'

// Nothing that is seen first needs it.
const Markdown = lazy(async () => ({ default: (await import('./markdown.tsx')).Markdown }))

const encodingNames: Record<TextEncoding, string | null> = {
  'utf-8': null,
  'utf-8-marked': null,
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}
/** Null for what every program writes today. */
export const encodingName = (encoding: TextEncoding): string | null => encodingNames[encoding]

const Note = ({ children }: { children: ReactNode }) => (
  <p role="note" className="shrink-0 border-t px-4 py-1.5 text-faint text-xs">
    {children}
  </p>
)

/** A text as it is written, to read or to edit. */
export const TextView = ({
  file,
  text,
  start,
  editing,
  discarded = 0,
  note,
  onChange,
  onSave,
}: {
  file: ArtifactFile
  text: string
  /** What is typed and not saved. */
  start?: string | undefined
  editing: boolean
  /** Counts how often what was typed was thrown away. */
  discarded?: number
  note?: string
  onChange?: (isChanged: boolean, read: () => string) => void
  onSave?: (read: () => string) => void
}) => {
  const [begun] = useState(start)
  const isLong = useMemo(() => isHeavy(text), [text])
  const plain = useMemo(() => isHeavy(begun ?? ''), [begun]) || isLong
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="min-h-0 flex-1">
        <CodeEditor
          path={file.path}
          text={text}
          plain={plain}
          editable={editing}
          discarded={discarded}
          {...(start === undefined ? {} : { start })}
          {...(onChange ? { onChange } : {})}
          {...(onSave ? { onSave } : {})}
        />
      </div>
      {note && <Note>{note}</Note>}
      {plain && (
        <Note>
          <Trans>
            A large text, or one with very long lines: shown without colours and wrapping.
          </Trans>
        </Note>
      )}
    </div>
  )
}

/** A Markdown text as the page it means; as it is written where that is too much of a page. */
export const MarkdownView = ({ file, text }: { file: ArtifactFile; text: string }) => {
  const laid = useLaidOut(text)
  if (laid.kind === 'refused')
    return (
      <TextView
        file={file}
        text={text}
        editing={false}
        note={t`This is too large or too deeply nested to be laid out as a page. It is shown as it is written.`}
      />
    )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keyboard.
    <section tabIndex={0} aria-label={file.path} className="h-full overflow-auto px-8 py-6">
      {laid.kind === 'pending' ? (
        <Skeleton rows={10} label={t`Opening the file`} />
      ) : (
        <Suspense fallback={<Skeleton rows={10} label={t`Opening the file`} />}>
          <Markdown page={laid.page} file={file} />
        </Suspense>
      )}
    </section>
  )
}
