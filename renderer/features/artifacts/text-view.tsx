import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { NoView } from './preview.tsx'
import { viewOf } from './tree.ts'

// The editor and the Markdown renderer are most of the program's code, and the first screen needs neither.
const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }))
const Markdown = lazy(async () => ({ default: (await import('./markdown.tsx')).Markdown }))

export const TextView = ({
  file,
  editing,
  draft,
  onDraft,
  onSave,
}: {
  file: ArtifactFile
  editing: boolean
  /** What is typed and not saved; null when that is nothing. */
  draft: Draft | null
  onDraft: (draft: Draft | null) => void
  onSave: (draft: Draft | null) => void
}) => {
  const content = useQuery({
    queryKey: ['content', file.id, file.sha256],
    queryFn: () => desktop.artifacts.read({ artifactId: file.artifactId, fileId: file.id }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (content.isPending) return <Skeleton rows={10} label="Opening the file" />
  if (content.error)
    return <ErrorState code={failureOf(content.error)} onRetry={() => void content.refetch()} />
  if (content.data.kind === 'binary') return <NoView file={file} />
  const { text, sha256 } = content.data
  if (viewOf(file) === 'markdown' && !editing)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keyboard.
      <section tabIndex={0} aria-label={file.path} className="h-full overflow-auto px-8 py-6">
        <Suspense fallback={<Skeleton rows={10} label="Opening the file" />}>
          <Markdown text={text} />
        </Suspense>
      </section>
    )
  // What arrives while somebody types does not become what they began with.
  const drafted = (value: string): Draft | null =>
    value === text ? null : { text: value, base: draft?.base ?? sha256 }
  return (
    <Suspense fallback={<Skeleton rows={10} label="Opening the editor" />}>
      <CodeEditor
        path={file.path}
        text={draft?.text ?? text}
        editable={editing}
        onChange={(value) => onDraft(drafted(value))}
        onSave={(value) => onSave(drafted(value))}
      />
    </Suspense>
  )
}
