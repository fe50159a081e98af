import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conflictPath, foldPath, parseFilePath, refusalOf } from '../domain/file-path.ts'
import { type LocalEdit, plan, type RemoteFile } from './plan.ts'
import { backoff } from './retry.ts'
import { judge } from './server-answer.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd')
const sha = fc.constantFrom('s1', 's2', 's3', 's4', 's5')
const remoteFile: fc.Arbitrary<RemoteFile> = fc.record({
  id,
  artifactId: fc.constant('x'),
  path: fc.constantFrom('p', 'q'),
  sha256: sha,
  size: fc.nat(9),
  revision: fc.integer({ min: 1, max: 4 }),
  deleted: fc.boolean(),
})
const localEdit: fc.Arbitrary<LocalEdit> = fc.record({
  fileId: id,
  artifactId: fc.constant('x'),
  path: fc.constantFrom('p', 'q'),
  sha256: sha,
  size: fc.nat(9),
  baseRevision: fc.integer({ min: 0, max: 4 }),
})
const input = fc.record({
  remote: fc.uniqueArray(remoteFile, { selector: (file) => file.id }),
  local: fc.uniqueArray(localEdit, { selector: (edit) => edit.fileId }),
  cached: fc.uniqueArray(sha).map((list) => new Set(list)),
})

describe('the planner', () => {
  it('does something with every edit, and never loses its bytes', () => {
    fc.assert(
      fc.property(input, ({ remote, local, cached }) => {
        const operations = plan({ remote, local, cached, wanted: () => true })
        for (const edit of local) {
          const of = operations.filter(
            (o) => o.kind !== 'download' && o.edit.fileId === edit.fileId,
          )
          expect(of).toHaveLength(1)
          const theirs = remote.find((file) => file.id === edit.fileId)
          if (of[0]?.kind === 'settle')
            expect(theirs).toMatchObject({ sha256: edit.sha256, deleted: false })
          if (theirs?.deleted) expect(of[0]?.kind).toBe('upload')
        }
      }),
      { numRuns: 5000 },
    )
  })
  it('commits only over the revision the edit was made on, or over a deletion', () => {
    fc.assert(
      fc.property(input, ({ remote, local, cached }) => {
        for (const operation of plan({ remote, local, cached, wanted: () => true })) {
          if (operation.kind !== 'upload') continue
          const theirs = remote.find((file) => file.id === operation.edit.fileId)
          expect(operation.expectedRevision).toBe(theirs?.revision ?? 0)
          if (theirs && !theirs.deleted) expect(operation.edit.baseRevision).toBe(theirs.revision)
        }
      }),
      { numRuns: 5000 },
    )
  })
  it('is done once everything it asked for is done', () => {
    fc.assert(
      fc.property(input, ({ remote, cached }) => {
        const first = plan({ remote, local: [], cached, wanted: () => true })
        const after = new Set([
          ...cached,
          ...first.flatMap((o) => (o.kind === 'download' ? [o.file.sha256] : [])),
        ])
        expect(plan({ remote, local: [], cached: after, wanted: () => true })).toEqual([])
      }),
      { numRuns: 5000 },
    )
  })
})

describe('answers of the server', () => {
  it.each([
    ['expired token', 400, '{"statusCode":"403","message":"jwt expired"}', { kind: 'reauthorise' }],
    ['401', 401, '{}', { kind: 'reauthorise' }],
    ['rate limit', 429, '{}', { kind: 'retry', code: 'server.rate-limited' }],
    ['locked', 423, '', { kind: 'retry', code: 'server.unavailable' }],
    ['gateway', 502, '<html>', { kind: 'retry', code: 'server.unavailable' }],
    ['a proxy page', 403, '<html>blocked', { kind: 'retry', code: 'server.unexpected-answer' }],
    ['duplicate', 400, '{"statusCode":"409","error":"Duplicate"}', { kind: 'duplicate' }],
    ['missing at commit', 409, '{"code":"PT409"}', { kind: 'retry', code: 'server.conflict' }],
    [
      'policy',
      400,
      '{"statusCode":"403","message":"new row violates row-level security policy"}',
      { kind: 'park', code: 'server.denied' },
    ],
    ['42501', 403, '{"code":"42501"}', { kind: 'park', code: 'server.denied' }],
    [
      'not found',
      400,
      '{"statusCode":"404"}',
      { kind: 'park', code: 'sync.remote-object-missing' },
    ],
    ['too large', 400, '{"statusCode":"413"}', { kind: 'park', code: 'file.too-large' }],
    ['mime', 400, '{"statusCode":"415"}', { kind: 'park', code: 'file.name-refused' }],
  ])('%s', (_name, status, text, judgement) => expect(judge(status, text)).toEqual(judgement))
  it('waits at least as long as it was asked to', () => {
    expect(backoff(0, () => 0, 3)).toBe(3000)
    expect(backoff(20, () => 1, null)).toBe(60_000)
  })
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
})
