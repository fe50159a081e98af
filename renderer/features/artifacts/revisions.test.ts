import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FileVersion, revisionsOf, whatHappened } from './revisions.ts'

const id = '00000000-0000-4000-8000-000000000001'
const rowsOf = (sizes: number[]): FileVersion[] =>
  sizes.flatMap((size, index) =>
    Array.from({ length: size }, (_, file) => ({
      file_id: id,
      revision: 1,
      artifact_revision: sizes.length - index,
      file_path: `file-${file}`,
      file_size: 1,
      sha256: '',
      is_executable: false,
      is_owner_only: false,
      modified_at: '2026-01-01T00:00:00Z',
      removed: false,
      created_at: '2026-01-01T00:00:00Z',
      created_by: null,
    })),
  )

describe('revisions', () => {
  it('come once each, newest first, whole or said to be cut, however they fall on pages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 10 }),
        (sizes, pageSize) => {
          const rows = rowsOf(sizes)
          const found: ReturnType<typeof revisionsOf> = []
          // As the dialog asks: a page of what is older than the oldest that is shown.
          for (let before = Number.POSITIVE_INFINITY; ; ) {
            const page = rows.filter((row) => row.artifact_revision < before).slice(0, pageSize)
            const revisions = revisionsOf(page, pageSize)
            found.push(...revisions)
            if (page.length < pageSize) break
            before = revisions.at(-1)!.number
          }
          expect(found.map(({ number }) => number)).toEqual(
            sizes.map((_, index) => sizes.length - index),
          )
          for (const [index, { files, isCut }] of found.entries())
            if (!isCut) expect(files).toHaveLength(sizes[index]!)
            else expect(sizes[index]).toBeGreaterThanOrEqual(pageSize)
        },
      ),
    )
  })
})

it('says of a version without other bytes what it is', () => {
  const [first] = rowsOf([1]) as [FileVersion]
  const second = { ...first, revision: 2 }
  const marked = { ...second, is_executable: true }
  expect(whatHappened(first, undefined)).toBe('new')
  expect(whatHappened({ ...second, removed: true }, first)).toBe('removed')
  expect(whatHappened(marked, first)).toBe('made executable')
  expect(whatHappened({ ...second, revision: 3 }, marked)).toBe('not executable any more')
  // With other bytes, under another name, or of what is not known here it is a change like any other.
  expect(whatHappened({ ...marked, sha256: 'b' }, first)).toBe('changed')
  expect(whatHappened({ ...marked, file_path: 'b' }, first)).toBe('changed')
  expect(whatHappened(marked, { ...first, removed: true })).toBe('changed')
  expect(whatHappened(marked, undefined)).toBe('changed')
})
