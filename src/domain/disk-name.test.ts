import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diskPathOf, displayNameOf, folderNameOf, isOwnName, type Platform } from './disk-name.ts'
import { refusalOf } from './file-path.ts'

const platforms: Platform[] = ['win32', 'darwin', 'linux']
const odd = fc.constantFrom(
  ...[
    'CON',
    'con.txt',
    'a.',
    'b ',
    '.atelier',
    '.Atelier',
    '.ate\u200Dlier',
    'ATELIE~1',
    'Atelier (set aside)',
    '％0041',
    '％FF05',
    '％',
    'ü',
    'e\u0301',
  ],
  ...['<', '>', '"', '|', '?', '*', 'LPT¹', 'x'.repeat(80), '…', '名前', '🙂', '.hidden'],
)
const segment = fc.oneof(odd, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))
const path = fc
  .array(
    fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((segments) => segments.join('/').normalize('NFC'))
  .filter((text) => refusalOf(text) === null)

describe('names on a disk', () => {
  it.each(platforms)('come back as they were: %s', (platform) => {
    fc.assert(
      fc.property(path, (text) => {
        let disk: string
        try {
          disk = diskPathOf(text, platform)
        } catch (error) {
          expect(error).toMatchObject({ code: 'file.name-refused' })
          return
        }
        expect(disk.split('/').map(displayNameOf).join('/')).toBe(text)
        expect(disk.split('/')).not.toContain('..')
        for (const name of disk.split('/')) expect(isOwnName(name, platform)).toBe(false)
        if (platform === 'win32') {
          expect(disk).not.toMatch(/[<>:"|?*]/)
          for (const name of disk.split('/')) {
            expect(name).not.toMatch(/[. ]$/)
            expect(name).not.toMatch(/^(con|aux|nul|prn|lpt¹)(\.|$)/i)
          }
        }
        // A disk that takes names apart (NFD) tells the same.
        expect(disk.normalize('NFD').split('/').map(displayNameOf).join('/')).toBe(text)
      }),
      { numRuns: 20_000 },
    )
  })
  it('two names are never one on the disk', () => {
    fc.assert(
      fc.property(path, path, fc.constantFrom(...platforms), (one, two, platform) => {
        fc.pre(one !== two)
        try {
          expect(diskPathOf(one, platform)).not.toBe(diskPathOf(two, platform))
        } catch (error) {
          expect(error).toMatchObject({ code: 'file.name-refused' })
        }
      }),
      { numRuns: 20_000 },
    )
  })
  it.each([
    ['.atelier', 'linux', true],
    ['.ATELIER', 'linux', true],
    ['.ate\u200Dlier', 'darwin', true],
    ['\uFEFF.atelier', 'linux', true],
    ['ATELIE~1', 'win32', true],
    ['at1F2E~2', 'win32', true],
    ['ATELI~12', 'win32', true],
    ['atelier (set aside) 3', 'linux', true],
    ['ATELIE~1', 'linux', false],
    ['.atelierignore', 'win32', false],
    ['.atelier.', 'linux', false],
    ['atelier', 'win32', false],
    ['attic~a', 'win32', false],
    ['PROGRA~1', 'win32', false],
  ] as const)('%j on %s means our folder: %s', (name, platform, isOwn) => {
    expect(isOwnName(name, platform)).toBe(isOwn)
    // At any depth somebody else's file of that name is another one here, and comes back as it was.
    const disk = diskPathOf(`docs/${name}/x`, platform)
    expect(disk.split('/').some((part) => isOwnName(part, platform))).toBe(false)
    expect(disk.split('/').map(displayNameOf).join('/')).toBe(`docs/${name}/x`)
  })
  it.each([
    ['Harbour signs', 'Harbour signs'],
    ['a/b: "c"', 'a-b- -c-'],
    ['...', 'Artifact'],
    ['con', 'con folder'],
    ['Evil.app', 'Evil.app folder'],
    ['x.Workflow', 'x.Workflow folder'],
    ['x.{645FF040-5081-101B-9F08-00AA002F954E}', 'x.{645FF040-5081-101B-9F08-00AA002F954E} folder'],
    ['Happy.apple', 'Happy.apple'],
    ['signs\u202Eppa', 'signs-ppa'],
    ['x'.repeat(200), 'x'.repeat(80)],
  ])('a title %j becomes the folder %j', (title, folder) =>
    expect(folderNameOf(title)).toBe(folder),
  )
})
