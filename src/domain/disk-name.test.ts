import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diskPathOf, displayNameOf, folderNameOf, type Platform } from './disk-name.ts'
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
        expect(disk.split('/')[0]!.toLowerCase()).not.toBe('.atelier')
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
    ['Harbour signs', 'Harbour signs'],
    ['a/b: "c"', 'a-b- -c-'],
    ['...', 'Artifact'],
    ['con', 'con folder'],
    ['x'.repeat(200), 'x'.repeat(80)],
  ])('a title %j becomes the folder %j', (title, folder) =>
    expect(folderNameOf(title)).toBe(folder),
  )
})
