import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import './code-editor.css'
import './text-diff.css'
import { syntaxHighlighting } from '@codemirror/language'
import { MergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup, minimalSetup } from 'codemirror'
import { useEffect, useMemo, useRef } from 'react'
import { visibleText } from '../../../src/domain/file-path.ts'
import { classNames } from '../../ui/class-names.ts'
import { isHeavy } from './heavy-text.ts'

/** Milliseconds; what is not compared by then is marked as a whole. */
const diffTimeoutMs = 500

/** Two texts side by side, what differs marked in both. */
export const TextDiff = ({
  theirs,
  mine,
  path,
  names = [t`Their version`, t`Your version`],
}: {
  theirs: string
  mine: string
  path: string
  /** What the two sides are called where they are read aloud. */
  names?: readonly [string, string]
}) => {
  const place = useRef<HTMLElement>(null)
  const [first, second] = names
  const isPlain = useMemo(() => isHeavy(theirs) || isHeavy(mine), [theirs, mine])
  useEffect(() => {
    if (!place.current) return
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [
        ...(isPlain
          ? [minimalSetup, lineNumbers()]
          : [basicSetup, syntaxHighlighting(classHighlighter), EditorView.lineWrapping]),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': visibleText(label), tabindex: '0' }),
      ],
    })
    const a = side(theirs, t`${first} of ${path}`)
    const b = side(mine, t`${second} of ${path}`)
    const parent = place.current
    const views = isPlain
      ? [a, b].map((each) => new EditorView({ parent, ...each }))
      : [
          new MergeView({
            parent,
            a,
            b,
            diffConfig: { scanLimit: 500, timeout: diffTimeoutMs },
            collapseUnchanged: { margin: 3, minSize: 6 },
          }),
        ]
    return () => {
      for (const view of views) view.destroy()
    }
  }, [theirs, mine, path, first, second, isPlain])
  return (
    <div className="flex h-full min-h-0 flex-col">
      <section
        ref={place}
        aria-label={t`Both versions, side by side`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className={classNames(
          'text-diff code-editor min-h-0 flex-1',
          isPlain ? 'grid grid-cols-2 grid-rows-1 [&>*]:min-w-0' : 'overflow-auto',
        )}
      />
      {isPlain && (
        <p role="note" className="shrink-0 border-t px-4 py-1.5 text-faint text-xs">
          <Trans>
            One of the two is large, or has very long lines: what differs is not marked.
          </Trans>
        </p>
      )}
    </div>
  )
}
