import { expect, it } from 'vitest'
import { type ChangedVersion, goingBackOf, versionsBefore } from './going-back.ts'

const version = (
  file: string,
  revision: number,
  artifactRevision: number,
  more: Partial<ChangedVersion> = {},
): ChangedVersion => ({
  file_id: file,
  revision,
  artifact_revision: artifactRevision,
  file_path: file,
  sha256: 'a',
  is_executable: false,
  removed: false,
  created_by: 'ada',
  created_at: `2026-11-0${artifactRevision}`,
  ...more,
})

it('tells what is removed, changed and brought back, and whose removals that undoes', () => {
  const before = [
    version('edited', 1, 1),
    version('gone', 1, 1),
    version('also gone', 1, 1),
    version('moved', 1, 1),
    version('marked', 1, 1),
    version('there and back', 1, 1),
    version('removed then', 2, 2, { removed: true }),
  ]
  const since = [
    version('edited', 2, 3, { sha256: 'b' }),
    version('edited', 3, 4, { sha256: 'c' }),
    version('gone', 2, 3, { removed: true }),
    version('also gone', 2, 4, { removed: true }),
    version('moved', 2, 3, { file_path: 'elsewhere' }),
    version('marked', 2, 3, { is_executable: true }),
    version('there and back', 2, 3, { sha256: 'b' }),
    version('there and back', 3, 4),
    version('removed then', 3, 4),
    version('new', 1, 5),
    version('new and gone', 1, 4),
    version('new and gone', 2, 5, { removed: true }),
  ]
  expect(versionsBefore(since)).toEqual(
    before.map(({ file_id, revision }) => ({ fileId: file_id, revision })),
  )
  expect(goingBackOf(since, before)).toEqual({
    newest: 5,
    removed: ['new', 'removed then'],
    changed: ['edited', 'elsewhere → moved', 'marked (not executable any more)'],
    back: ['also gone', 'gone'],
    undoes: [{ by: 'ada', files: 2, at: '2026-11-04' }],
  })
})
