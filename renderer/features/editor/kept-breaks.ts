import { invertedEffects } from '@codemirror/commands'
import {
  type EditorState,
  type Extension,
  MapMode,
  StateEffect,
  StateField,
  Text,
  type Transaction,
} from '@codemirror/state'
import {
  breakAt,
  breaksOf,
  isSameBreaks,
  type LineBreak,
  type LineBreaks,
  restoreBreaks,
  spliceBreaks,
  withBreaks,
} from '../../../src/domain/line-breaks.ts'

/** A text as the editor takes it: its lines, and how each ends. */
export type BrokenText = { lines: Text; breaks: LineBreaks }
export const brokenText = (text: string): BrokenText => ({
  lines: Text.of(text.split(/\r\n?|\n/)),
  breaks: breaksOf(text),
})

/** Another text came in place of all of it. */
const replaced = StateEffect.define<LineBreaks>()
/** Ends that undoing brings back, each where it stands; one that is undone away meanwhile is none. */
const restored = StateEffect.define<readonly { at: number; written: LineBreak }[]>({
  map: (ends, changes) =>
    ends.flatMap(({ at, written }) => {
      const now = changes.mapPos(at, 1, MapMode.TrackAfter)
      return now === null ? [] : [{ at: now, written }]
    }),
})

const eachChange = (
  transaction: Transaction,
  use: (change: { at: number; removed: number; inserted: number }) => void,
): void => {
  const { doc } = transaction.startState
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    const at = doc.lineAt(from).number - 1
    use({ at, removed: doc.lineAt(to).number - 1 - at, inserted: inserted.lines - 1 })
  }, true)
}

const field = StateField.define<LineBreaks>({
  create: () => '\n',
  update: (before, transaction) => {
    let breaks = before
    if (transaction.docChanged) {
      // Places are those of the old text; what came before them has moved them since.
      let moved = 0
      eachChange(transaction, ({ at, removed, inserted }) => {
        breaks = spliceBreaks(breaks, at + moved, removed, inserted)
        moved += inserted - removed
      })
    }
    const { newDoc } = transaction
    for (const effect of transaction.effects) {
      if (effect.is(replaced)) breaks = effect.value
      if (effect.is(restored)) {
        const former = effect.value.flatMap(({ at, written }) => {
          const line = newDoc.lineAt(Math.min(at, newDoc.length))
          const isEnd = line.to === at && line.number < newDoc.lines
          return isEnd ? [[line.number - 1, written] as const] : []
        })
        breaks = restoreBreaks(breaks, former, newDoc.lines - 1)
      }
    }
    return breaks
  },
})

/** Keeps how lines end beside the text, through typing, pasting, undoing. */
export const keptBreaks = ({ breaks }: BrokenText): Extension => [
  field.init(() => breaks),
  invertedEffects.of((transaction) => {
    const before = transaction.startState.field(field)
    if (transaction.effects.some((effect) => effect.is(replaced))) return [replaced.of(before)]
    if (!transaction.docChanged) return []
    const { doc } = transaction.startState
    const ends: { at: number; written: LineBreak }[] = []
    eachChange(transaction, ({ at, removed }) => {
      for (let line = at; line < at + removed; line += 1)
        ends.push({ at: doc.line(line + 1).to, written: breakAt(before, line) })
    })
    return ends.length > 0 ? [restored.of(ends)] : []
  }),
]

/** What puts another text in place of all of it. What both have keeps its place: the cursor, and what is in sight. */
export const replaceAll = (state: EditorState, text: BrokenText) => {
  const [before, after] = [state.doc.toString(), text.lines.toString()]
  const shorter = Math.min(before.length, after.length)
  let from = 0
  while (from < shorter && before[from] === after[from]) from += 1
  let same = 0
  while (same < shorter - from && before.at(-1 - same) === after.at(-1 - same)) same += 1
  return {
    changes: {
      from,
      to: before.length - same,
      insert: text.lines.slice(from, after.length - same),
    },
    effects: replaced.of(text.breaks),
  }
}

export const isText = (state: EditorState, { lines, breaks }: BrokenText): boolean =>
  state.doc.eq(lines) && isSameBreaks(state.field(field), breaks, lines.lines - 1)

/** As it is to be written. */
export const writtenText = (state: EditorState): string =>
  withBreaks(state.doc.toString(), state.field(field))
