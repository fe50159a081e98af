import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DraftOrder, type DraftText, keepWord, saveWord } from './drafts.ts'
import { breaksOf, withBreaks } from './line-breaks.ts'
import { decodeText, encodeText, type TextEncoding } from './text-encoding.ts'

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('\n', '\r\n', '\r', '\u2028', '\u0085', '\f', '\0', '\ufeff', 'Ä', '😀'),
    fc.string({ maxLength: 4, unit: 'binary' }),
  ),
  { maxLength: 20 },
)

describe('line breaks', () => {
  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('')
        const lines = text.replace(/\r\n?|\n/g, '\n')
        expect(withBreaks(lines, breaksOf(text))).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('encodings', () => {
  const samples: [string, string, TextEncoding, string][] = [
    ['UTF-16 with its mark', '//5HAHIA9gDfAGUADQAKAA==', 'utf-16le', 'Größe\r\n'],
    [
      'what a spreadsheet writes',
      'TmFtZTtHcvbfZQ0KxHBmZWw7MSw1',
      'windows-1252',
      'Name;Größe\r\nÄpfel;1,5',
    ],
    ['UTF-8 with a mark', '77u/eA==', 'utf-8-marked', 'x'],
    ['plain', 'w6Q=', 'utf-8', 'ä'],
  ]
  it.each(samples)('%s', (_name, base64, encoding, text) => {
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
    expect(decodeText(bytes, true)).toEqual({ text, encoding, isExact: true })
    expect(encodeText(text, encoding)).toEqual(bytes)
  })
  it('what is said to be exact comes back byte by byte', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.of(0xff, 0xfe, ...rest)),
      fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.of(0xfe, 0xff, ...rest)),
      fc.uint8Array({ min: 0x20, max: 0xff, maxLength: 40 }),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    )
    let exact = 0
    fc.assert(
      fc.property(bytes, fc.boolean(), (original, isNamedText) => {
        const decoded = decodeText(original, isNamedText)
        if (!decoded?.isExact) return
        exact += 1
        expect(encodeText(decoded.text, decoded.encoding)).toEqual(Uint8Array.from(original))
      }),
      { numRuns: 3000 },
    )
    expect(exact).toBeGreaterThan(500)
  })
  it('does not take bytes for text, nor half a letter for one that can be saved', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)
    expect(decodeText(png, false)).toBeNull()
    expect(decodeText(Uint8Array.of(0x61, 0, 0x62), false)).toBeNull()
    expect(decodeText(Uint8Array.of(0x61, 0, 0x62), true)?.text).toBe('a\0b')
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x00, 0xd8), true)?.isExact).toBe(false)
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x61), true)?.isExact).toBe(false)
  })
  it('says so when a letter has no place in an encoding', () => {
    expect(encodeText('1 € – ä', 'windows-1252')).toEqual(
      Uint8Array.of(0x31, 0x20, 0x80, 0x20, 0x96, 0x20, 0xe4),
    )
    for (const text of ['日本', '😀', '\u0301']) expect(encodeText(text, 'windows-1252')).toBeNull()
  })
})

describe('drafts', () => {
  type Message =
    | { kind: 'keep'; turn: number; draft: DraftText | null }
    | { kind: 'save'; turn: number; text: string; from: string }
  /** What the person did: they type, and save now and then; what was saved is known to them only sometimes. */
  const story = fc.array(fc.constantFrom('type', 'undo', 'save', 'learn'), {
    minLength: 1,
    maxLength: 14,
  })

  it('end when their text is saved, and outlive a save of less, in any order of arrival', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.nat()), (deeds, chances) => {
        const messages: Message[] = []
        let turn = 0
        let text = ''
        let base = 'h:'
        let saved = ''
        for (const deed of deeds) {
          turn += 1
          if (deed === 'learn') {
            base = `h:${saved}`
            continue
          }
          if (deed === 'type') text += 'x'
          if (deed === 'undo') text = saved
          if (deed === 'save') {
            messages.push({ kind: 'save', turn, text, from: base })
            saved = text
          } else
            messages.push({ kind: 'keep', turn, draft: text === saved ? null : { text, base } })
        }
        // Main hears them in any order; saves among themselves go one after the other.
        const saves = messages.filter(({ kind }) => kind === 'save')
        const arrivals = messages
          .map((message) => ({ message, at: chances.next().value % 1000 }))
          .sort((a, b) => a.at - b.at)
          .map(({ message }) => (message.kind === 'save' ? (saves.shift() ?? message) : message))
        let order: DraftOrder | null = null
        let draft: DraftText | null = null
        let here = 'h:'
        for (const message of arrivals) {
          const at = { writer: 'w', turn: message.turn }
          if (message.kind === 'keep') {
            const kept = keepWord(order, at, message.draft, here)
            if (kept) ({ order, draft } = kept)
          } else {
            here = `h:${message.text}`
            const left = saveWord(order, at, { from: message.from, to: here }, draft)
            ;({ order, draft } = left)
          }
        }
        const isSaved = text === saved || !messages.some(({ kind }) => kind === 'keep')
        if (isSaved) expect(draft).toBeNull()
        else {
          expect(draft?.text).toBe(text)
          // It stands on what is here, so that saving it is no conflict with oneself.
          expect(draft?.base).toBe(here)
        }
      }),
      { numRuns: 5000 },
    )
  })
  it('of another window, or after a restart, count from their own beginning', () => {
    const first = keepWord(null, { writer: 'a', turn: 9 }, { text: '1', base: 'b' }, 'b')
    const second = keepWord(first!.order, { writer: 'b', turn: 1 }, { text: '2', base: 'b' }, 'b')
    expect(second?.draft).toEqual({ text: '2', base: 'b' })
  })
  it('begun on what somebody else wrote since keep what they began with', () => {
    const { order } = saveWord(null, { writer: 'a', turn: 1 }, { from: 'one', to: 'two' }, null)
    const word = { text: 'x', base: 'one' }
    expect(keepWord(order, { writer: 'a', turn: 2 }, word, 'theirs')?.draft).toEqual(word)
  })
})
