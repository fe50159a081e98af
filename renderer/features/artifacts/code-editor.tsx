import './code-editor.css'
import { LanguageDescription, syntaxHighlighting } from '@codemirror/language'
import { languages } from '@codemirror/language-data'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { useEffect, useLayoutEffect, useRef } from 'react'

/** Text that came from outside, and is not the person's typing. */
const given = Annotation.define<boolean>()

/** Colours come from the theme's variables, so light and dark follow by themselves (code-editor.css). */
export const CodeEditor = ({
  path,
  text,
  editable,
  onChange,
  onSave,
}: {
  path: string
  text: string
  editable: boolean
  onChange: (text: string) => void
  /** With the text at that moment: what was typed last may not have come back as a property yet. */
  onSave: (text: string) => void
}) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const handlers = useRef({ onChange, onSave })
  handlers.current = { onChange, onSave }
  const editing = useRef(new Compartment())

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file is a new editor; its text and mode are followed below.
  useEffect(() => {
    if (!place.current) return
    const language = new Compartment()
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          basicSetup,
          syntaxHighlighting(classHighlighter),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': `Text of ${path}` }),
          language.of([]),
          editing.current.of([
            EditorState.readOnly.of(!editable),
            EditorView.editable.of(editable),
          ]),
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: (target) => {
                handlers.current.onSave(target.state.doc.toString())
                return true
              },
            },
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.annotation(given)))
              handlers.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    let current = true
    const description = LanguageDescription.matchFilename(languages, path)
    void description?.load().then((support) => {
      if (current) editor.dispatch({ effects: language.reconfigure(support) })
    })
    return () => {
      current = false
      editor.destroy()
    }
  }, [path])

  useEffect(() => {
    view.current?.dispatch({
      effects: editing.current.reconfigure([
        EditorState.readOnly.of(!editable),
        EditorView.editable.of(editable),
      ]),
    })
    if (editable) view.current?.focus()
  }, [editable])

  // Before anything else can happen: an effect that came later would find, and undo, a key pressed meanwhile.
  useLayoutEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== text)
      editor.dispatch({
        changes: { from: 0, to: editor.state.doc.length, insert: text },
        annotations: given.of(true),
      })
  }, [text])

  return (
    <section
      ref={place}
      tabIndex={editable ? undefined : 0}
      aria-label="Text"
      className="code-editor h-full min-h-0 overflow-auto"
    />
  )
}
