import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  conflictOf,
  conflictPath,
  foldPath,
  parseFilePath,
  parseNewFilePath,
  refusalOf,
  visibleParts,
} from './file-path.ts'

describe('characters that nobody sees', () => {
  it.each([
    'invoice\u202Efdp.exe',
    'a\u200Bb',
    'a\u2066b',
    '\uFEFFa',
    'soft\u00ADhyphen',
    'a\u200Db',
    'ی\u200C',
  ])('no new name has them: %j', (name) => {
    expect(() => parseNewFilePath(name)).toThrowError(
      expect.objectContaining({ code: 'file.name-refused' }),
    )
    // Of others they are taken, and shown.
    expect(parseFilePath(name)).toBe(name)
    expect(visibleParts(name).some(({ isHidden }) => isHidden)).toBe(true)
  })
  it.each(['می\u200Cخواهم.txt', '👩\u200D💻.md', 'naïve.txt', 'שלום.txt'])(
    'a name of words and signs is one: %j',
    (name) => {
      expect(parseNewFilePath(name)).toBe(name)
      expect(visibleParts(name)).toEqual([{ text: name, isHidden: false }])
    },
  )
  it('is shown by its number', () =>
    expect(visibleParts('rtl\u202Egpj.html')).toEqual([
      { text: 'rtl', isHidden: false },
      { text: 'U+202E', isHidden: true },
      { text: 'gpj.html', isHidden: false },
    ]))
})

describe('names', () => {
  it.each([
    '..',
    'a/../b',
    '/abs',
    'a//b',
    './a',
    'c:x',
    'a\\b',
    'nul\u0000',
    '',
    'x'.repeat(2000),
    'ü'.repeat(200),
  ])('refuses %j', (text) =>
    expect(() => parseFilePath(text)).toThrow(
      expect.objectContaining({ code: 'file.name-refused' }),
    ),
  )
  it('what it accepts never leaves its folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (refusalOf(text.normalize('NFC'))) return
        const url = new URL(text.split('/').map(encodeURIComponent).join('/'), 'x://h/root/')
        expect(url.pathname.startsWith('/root/')).toBe(true)
      }),
      { numRuns: 20_000 },
    )
  })
  it('folds NFC and NFD, and case, together', () => {
    expect(foldPath('Ü.txt')).toBe(foldPath('u\u0308.TXT'))
  })
  it('names a conflict beside its file, free of every taken name', () => {
    const at = new Date(2026, 0, 31, 14, 3, 22)
    const first = conflictPath('docs/notes.md', 'desk', at, new Set())
    expect(first).toBe('docs/notes (conflict, desk, 2026-01-31 14.03.22).md')
    expect(conflictPath('docs/notes.md', 'desk', at, new Set([foldPath(first)]))).not.toBe(first)
  })
  it('a conflict name is never too long, whatever the file and the device are called', () => {
    const at = new Date(2026, 0, 31, 14, 3, 22)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string(), (text, device) => {
        if (refusalOf(text.normalize('NFC')) !== null) return
        expect(refusalOf(conflictPath(text.normalize('NFC'), device, at, new Set()))).toBeNull()
      }),
      { numRuns: 5000 },
    )
  })
  it.each([
    'CON',
    'aux.txt',
    'docs/COM1.log',
    'lpt³',
    'name.',
    'name ',
    ' name',
    'a/b./c',
    'what?',
    'a<b',
  ])('is not given here: %j, though it is taken from others', (text) => {
    expect(() => parseNewFilePath(text)).toThrow(
      expect.objectContaining({ code: 'file.name-refused' }),
    )
    expect(parseFilePath(text)).toBe(text)
  })
  it.each(['console.log', '.gitignore', 'com10', 'docs/Übersicht 2.md', '日本語.txt'])(
    'is given: %j',
    (text) => expect(parseNewFilePath(text)).toBe(text.normalize('NFC')),
  )
  it('a conflict copy tells whose it is, and no other name does', () => {
    const at = new Date(2026, 0, 31, 14, 3, 22)
    for (const path of ['a.txt', 'b/c.tar.gz', 'no-extension', '.hidden', 'd (1).md', 'é/ü.html']) {
      const copy = conflictPath(path, 'Ada’s desk', at, new Set())
      expect(conflictOf(copy)).toEqual({ path, device: 'Ada’s desk', at: '2026-01-31 14.03.22' })
      const second = conflictPath(
        path,
        'desk',
        at,
        new Set([foldPath(conflictPath(path, 'desk', at, new Set()))]),
      )
      expect(conflictOf(second)).toMatchObject({ path, device: 'desk' })
      expect(conflictOf(path)).toBeNull()
    }
  })
})
