import { t } from '@lingui/core/macro'
import { type ComponentProps, lazy, Suspense } from 'react'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { CodeEditor as Editor } from './code-editor.tsx'
import type { TextDiff as Diff } from './text-diff.tsx'

export { isHeavy } from './heavy-text.ts'

// Half of all of the window's code, and nothing that is seen first needs it.
const LazyEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }))
const LazyDiff = lazy(async () => ({ default: (await import('./text-diff.tsx')).TextDiff }))

export const CodeEditor = (props: ComponentProps<typeof Editor>) => (
  <Suspense fallback={<Skeleton rows={10} label={t`Opening the editor`} />}>
    <LazyEditor {...props} />
  </Suspense>
)

export const TextDiff = (props: ComponentProps<typeof Diff>) => (
  <Suspense fallback={<Skeleton rows={8} label={t`Comparing both versions`} />}>
    <LazyDiff {...props} />
  </Suspense>
)
