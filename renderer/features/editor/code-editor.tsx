import { t } from '@lingui/core/macro'
import './code-editor.css'
import { LanguageDescription, syntaxHighlighting } from '@codemirror/language'
import { languages } from '@codemirror/language-data'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup, minimalSetup } from 'codemirror'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { visibleText } from '../../../src/domain/file-path.ts'
import {
  type BrokenText,
  brokenText,
  isText,
  keptBreaks,
  replaceAll,
  writtenText,
} from './kept-breaks.ts'

/** Text that came from outside, and is not the person's typing. */
const given = Annotation.define<boolean>()

const modeOf = (editable: boolean) => [
  EditorState.readOnly.of(!editable),
  EditorView.editable.of(editable),
]

/** Colours come from the theme's variables, so light and dark follow by themselves (code-editor.css). */
export const CodeEditor = ({
  path,
  text,
  start = text,
  plain,
  editable,
  discarded,
  onChange,
  onSave,
}: {
  path: string
  /** What is saved. A new one is shown at once, unless something else is typed by then. */
  text: string
  /** What to begin with, where something was typed and not saved. */
  start?: string
  /** Without colours and wrapping, for a text that is too much for them. */
  plain: boolean
  editable: boolean
  /** Counts how often what was typed was thrown away. */
  discarded: number
  /** Whether it is another text than `text`; `read` is what it is then, with its line ends. */
  onChange?: (isChanged: boolean, read: () => string) => void
  onSave?: (read: () => string) => void
}) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const handlers = useRef({ onChange, onSave })
  handlers.current = { onChange, onSave }
  const editing = useRef(new Compartment())
  const saved = useMemo(() => brokenText(text), [text])
  const savedNow = useRef(saved)
  const latest = useRef<BrokenText | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file is a new editor; its text and mode are followed below.
  useEffect(() => {
    if (!place.current) return
    const language = new Compartment()
    const begun = latest.current ?? (start === text ? saved : brokenText(start))
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: begun.lines,
        extensions: [
          keptBreaks(begun),
          plain
            ? [minimalSetup, lineNumbers()]
            : [basicSetup, syntaxHighlighting(classHighlighter), EditorView.lineWrapping],
          EditorView.contentAttributes.of({ 'aria-label': t`Text of ${visibleText(path)}` }),
          language.of([]),
          editing.current.of(modeOf(editable)),
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: ({ state }) => {
                handlers.current.onSave?.(() => writtenText(state))
                return true
              },
            },
          ]),
          EditorView.updateListener.of(({ docChanged, transactions, state }) => {
            if (docChanged && !transactions.some((each) => each.annotation(given)))
              handlers.current.onChange?.(!isText(state, savedNow.current), () =>
                writtenText(state),
              )
          }),
        ],
      }),
    })
    view.current = editor
    let current = true
    const description = plain ? null : LanguageDescription.matchFilename(languages, path)
    void description?.load().then((support) => {
      if (current) editor.dispatch({ effects: language.reconfigure(support) })
    })
    return () => {
      current = false
      // Another name or mode of the same file goes on with what is there.
      latest.current = brokenText(writtenText(editor.state))
      editor.destroy()
    }
  }, [path, plain])

  useEffect(() => {
    view.current?.dispatch({ effects: editing.current.reconfigure(modeOf(editable)) })
    if (editable) view.current?.focus()
  }, [editable])

  const discardedNow = useRef(discarded)
  // Where the person reads stays in sight, and undoing brings back what was thrown away.
  useLayoutEffect(() => {
    const editor = view.current
    if (discardedNow.current === discarded) return
    discardedNow.current = discarded
    if (!editor || isText(editor.state, savedNow.current)) return
    editor.dispatch({
      ...replaceAll(editor.state, savedNow.current),
      annotations: given.of(true),
    })
  }, [discarded])

  // Before anything else can happen: an effect that came later would find, and undo, a key pressed meanwhile.
  useLayoutEffect(() => {
    const editor = view.current
    const before = savedNow.current
    savedNow.current = saved
    if (!editor || before === saved) return
    const wasChanged = !isText(editor.state, before)
    if (!wasChanged && !isText(editor.state, saved))
      editor.dispatch({ ...replaceAll(editor.state, saved), annotations: given.of(true) })
    // What was typed before may be what is saved now, or no longer.
    if (wasChanged) {
      const { state } = editor
      handlers.current.onChange?.(!isText(state, saved), () => writtenText(state))
    }
  }, [saved])

  return (
    <section
      ref={place}
      tabIndex={editable ? undefined : 0}
      aria-label={t`Text`}
      className="code-editor h-full min-h-0 overflow-auto"
    />
  )
}
