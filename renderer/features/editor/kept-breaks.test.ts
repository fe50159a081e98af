import { history, redo, undo } from '@codemirror/commands'
import { EditorState, type Transaction } from '@codemirror/state'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brokenText, isText, keptBreaks, replaceAll, writtenText } from './kept-breaks.ts'

const open = (text: string): EditorState => {
  const broken = brokenText(text)
  return EditorState.create({ doc: broken.lines, extensions: [history(), keptBreaks(broken)] })
}
const run = (
  state: EditorState,
  command: (target: { state: EditorState; dispatch: (t: Transaction) => void }) => boolean,
): EditorState => {
  let next = state
  command({ state, dispatch: (transaction) => (next = transaction.state) })
  return next
}
const lines = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.constantFrom('\n', '\r\n', '\r')), {
  maxLength: 12,
})
const texts = fc
  .tuple(lines, fc.string({ maxLength: 3 }))
  .map(
    ([parts, last]) =>
      parts.map(([line, end]) => line.replace(/[\r\n]/g, '') + end).join('') +
      last.replace(/[\r\n]/g, ''),
  )
  // Two pieces beside each other must not make one break of two.
  .map((text) => text.replace(/\r(?=\n)/g, '\r'))

/** Where the editor's position is in the text as it is written. */
const placeOf = (text: string, position: number): number => {
  let seen = 0
  let place = 0
  while (seen < position) {
    if (text.startsWith('\r\n', place)) place += 1
    place += 1
    seen += 1
  }
  return place
}

describe('line ends in the editor', () => {
  it('one place is edited, and every other byte stays', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), fc.string({ maxLength: 5 }), (text, a, b, typed) => {
        const state = open(text)
        expect(writtenText(state)).toBe(text)
        const insert = typed.replace(/[\r\n]/g, '')
        const [from = 0, to = 0] = [a, b]
          .map((each) => each % (state.doc.length + 1))
          .sort((one, other) => one - other)
        const edited = state.update({ changes: { from, to, insert } }).state
        // A lone CR that comes to stand before a LF of the next line would be read as one break: no editor writes that.
        const expected = text.slice(0, placeOf(text, from)) + insert + text.slice(placeOf(text, to))
        expect(writtenText(edited)).toBe(expected)
        const back = run(edited, undo)
        expect(writtenText(back)).toBe(text)
        expect(isText(back, brokenText(text))).toBe(true)
        expect(writtenText(run(back, redo))).toBe(expected)
      }),
      { numRuns: 4000 },
    )
  })
  it('a new line ends like its neighbours', () => {
    const enter = (text: string, at: number): string =>
      writtenText(open(text).update({ changes: { from: at, insert: '\n' } }).state)
    expect(enter('one\r\ntwo\r\n', 1)).toBe('o\r\nne\r\ntwo\r\n')
    expect(enter('one\rtwo', 5)).toBe('one\rt\rwo')
    expect(enter('one\r\ntwo\n', 1)).toBe('o\r\nne\r\ntwo\n')
    expect(enter('one\r\ntwo\n', 5)).toBe('one\r\nt\nwo\n')
    expect(enter('word', 2)).toBe('wo\nrd')
  })
  it('random edits and their undoing come back to the text', () => {
    const edits = fc.array(
      fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom('', 'x', '\n', 'a\nb\nc')),
      {
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(texts, edits, (text, all) => {
        let state = open(text)
        for (const [at, length, insert] of all) {
          const from = at % (state.doc.length + 1)
          const to = Math.min(state.doc.length, from + length)
          state = state.update({ changes: { from, to, insert: state.toText(insert) } }).state
        }
        for (let count = 0; count < all.length; count += 1) state = run(state, undo)
        expect(writtenText(state)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
  it('a text from outside brings its own', () => {
    const state = open('a\nb')
    expect(writtenText(state.update(replaceAll(state, brokenText('c\r\nd\r'))).state)).toBe(
      'c\r\nd\r',
    )
    // The same letters with other ends are another text.
    expect(isText(state, brokenText('a\r\nb'))).toBe(false)
  })
  it('a text from outside leaves in place what both have, and is undone as a whole', () => {
    const state = open('one\ntwo\nthree')
    const next = state.update(replaceAll(state, brokenText('one\r\n2\r\nthree')))
    // At the start of the last line, and still there.
    expect(next.changes.mapPos(8, 1)).toBe(6)
    expect(next.changes.mapPos(1, 1)).toBe(1)
    fc.assert(
      fc.property(texts, texts, (text, other) => {
        const before = open(text)
        const after = before.update(replaceAll(before, brokenText(other))).state
        expect(writtenText(after)).toBe(other)
        const back = run(after, undo)
        expect(writtenText(back)).toBe(text)
        expect(writtenText(run(back, redo))).toBe(other)
      }),
      { numRuns: 2000 },
    )
  })
})
