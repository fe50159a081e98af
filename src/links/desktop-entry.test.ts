import fc from 'fast-check'
import { expect, it } from 'vitest'
import { desktopEntryOf, entryToWrite, execArgument } from './desktop-entry.ts'

/** Reads Exec as a desktop does: first the value, then the command line, then its field codes. */
const readExec = (line: string): string[] => {
  const value = line.replaceAll(/\\(.)/g, (_, sign: string) => {
    const escapes: Record<string, string> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' }
    const read = escapes[sign]
    if (read === undefined) throw new Error(`\\${sign} is no escape.`)
    return read
  })
  const [, quoted = '', rest = ''] = /^"((?:[^"\\`$]|\\["`$\\])*)"(.*)$/.exec(value) ?? []
  const program = quoted.replaceAll(/\\(["`$\\])/g, '$1')
  if (/%(?!%)/.test(program.replaceAll('%%', ''))) throw new Error('A field code.')
  return [program.replaceAll('%%', '%'), ...rest.trim().split(' ')]
}
const lineOf = (entry: string, key: string) =>
  entry
    .split('\n')
    .find((line) => line.startsWith(`${key}=`))
    ?.slice(key.length + 1) ?? ''

it.each([
  ['/opt/Atelier.AppImage', '"/opt/Atelier.AppImage"'],
  ['/home/Ada Moreau/Apps/a.AppImage', '"/home/Ada Moreau/Apps/a.AppImage"'],
  ['/a"b', String.raw`"/a\\"b"`],
  ['/a$HOME`x`', '"/a\\\\$HOME\\\\`x\\\\`"'],
  ['/a\\b', String.raw`"/a\\\\b"`],
  ['/100%/f', '"/100%%/f"'],
])('%s is quoted as the specification says', (path, quoted) => {
  expect(execArgument(path)).toBe(quoted)
})

const comments = { en: 'What it is for' }

it('whatever the path is, a desktop reads that very path', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-composite' }).map((text) => `/${text}`),
      (path) => {
        const entry = desktopEntryOf(path, comments)
        if (entry === null) return
        expect(readExec(lineOf(entry, 'Exec'))).toEqual([path, '%U'])
        expect(lineOf(entry, 'TryExec').replaceAll('\\\\', '\\')).toBe(path)
        expect(entry.split('\n')).toHaveLength(13)
      },
    ),
    { numRuns: 5_000 },
  )
})

it.each(['/a\nExec=evil', '/a=b', 'relative', '/a\u0000', '/a\tb'])('%j has none', (path) => {
  expect(desktopEntryOf(path, comments)).toBeNull()
})

it('is written where none is, and again when the program lies elsewhere; never over another’s', () => {
  const free = { text: null, isInstalledForAll: false }
  const first = entryToWrite('/a/Atelier.AppImage', comments, free)
  expect(first).toContain('MimeType=x-scheme-handler/atelier;')
  expect(entryToWrite('/a/Atelier.AppImage', comments, { ...free, text: first })).toBeNull()
  expect(entryToWrite('/b/Atelier.AppImage', comments, { ...free, text: first })).toContain(
    '"/b/Atelier',
  )
  expect(
    entryToWrite('/a/A', comments, { ...free, text: '[Desktop Entry]\nName=Mine\n' }),
  ).toBeNull()
  expect(entryToWrite('/a/A', comments, { text: null, isInstalledForAll: true })).toBeNull()
})

it('says what it is for in the language that the desktop speaks', () =>
  expect(desktopEntryOf('/a', { en: 'Together', de: 'Gemeinsam' })).toContain(
    '\nComment=Together\nComment[de]=Gemeinsam\n',
  ))
