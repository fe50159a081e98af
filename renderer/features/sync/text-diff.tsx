import '../artifacts/code-editor.css'
import './text-diff.css'
import { syntaxHighlighting } from '@codemirror/language'
import { MergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { useEffect, useRef } from 'react'

/** Two texts side by side, what differs marked in both. */
export const TextDiff = ({
  theirs,
  mine,
  path,
  names = ['Their version', 'Your version'],
}: {
  theirs: string
  mine: string
  path: string
  /** What the two sides are called where they are read aloud. */
  names?: readonly [string, string]
}) => {
  const place = useRef<HTMLElement>(null)
  const [first, second] = names
  useEffect(() => {
    if (!place.current) return
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [
        basicSetup,
        syntaxHighlighting(classHighlighter),
        EditorView.lineWrapping,
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      ],
    })
    const view = new MergeView({
      parent: place.current,
      a: side(theirs, `${first} of ${path}`),
      b: side(mine, `${second} of ${path}`),
      collapseUnchanged: { margin: 3, minSize: 6 },
    })
    return () => view.destroy()
  }, [theirs, mine, path, first, second])
  return (
    <section
      ref={place}
      aria-label="Both versions, side by side"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className="text-diff code-editor h-full min-h-0 overflow-auto"
    />
  )
}
