import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoff, retryAfterOf } from '../transfer/backoff.ts'
import { answers, type Judgement, judge } from '../transfer/response-policy.ts'
import { type LocalEdit, type Operation, plan, type RemoteFile } from './cache/plan.ts'

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

/** A server that takes each operation as it comes, and what is left here after it. */
const apply = (remote: RemoteFile[], local: LocalEdit[], operations: Operation[]) => {
  const rows = new Map(remote.map((file) => [file.id, file]))
  const edits = new Map(local.map((edit) => [edit.fileId, edit]))
  for (const operation of operations) {
    if (operation.kind === 'download') continue
    const { edit } = operation
    edits.delete(edit.fileId)
    if (operation.kind === 'keepBoth') {
      const beside = { ...edit, fileId: `${edit.fileId}'`, path: `${edit.path}'`, baseRevision: 0 }
      edits.set(beside.fileId, beside)
    } else if (operation.kind === 'upload') {
      const { fileId: id, artifactId, path, sha256, size } = edit
      const revision = operation.expectedRevision + 1
      rows.set(id, { id, artifactId, path, sha256, size, revision, deleted: false })
    }
  }
  return { remote: [...rows.values()], local: [...edits.values()] }
}

describe('the planner', () => {
  it('ends within three passes with nothing to send and every content still somewhere', () => {
    fc.assert(
      fc.property(input, ({ remote, local }) => {
        const contents = new Set([
          ...local.map((edit) => edit.sha256),
          // What an edit was knowingly made on may be replaced by it: history has it.
          ...remote
            .filter(
              (file) =>
                !file.deleted &&
                !local.some((e) => e.fileId === file.id && e.baseRevision === file.revision),
            )
            .map((file) => file.sha256),
        ])
        let state = { remote, local }
        for (let pass = 0; pass < 3; pass += 1) {
          const operations = plan({ ...state, cached: new Set(), wanted: () => false })
          state = apply(state.remote, state.local, operations)
        }
        expect(state.local).toEqual([])
        const left = new Set(state.remote.flatMap((f) => (f.deleted ? [] : [f.sha256])))
        for (const content of contents) expect(left).toContain(content)
      }),
      { numRuns: 20_000 },
    )
  })
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

type Case = [row: string, status: number, text: string, judgement: Judgement, mediaType?: string]
const token: Judgement = { kind: 'reauthorise', code: 'auth.refused' }
const storage = (code: string, message: string): string =>
  JSON.stringify({ statusCode: '403', error: 'Unauthorized', message, code })
const cases: Case[] = [
  ['expired token', 400, storage('InvalidJWT', '"exp" claim timestamp check failed'), token],
  ['expired token', 400, storage('AccessDenied', 'jwt expired'), token],
  ['expired token', 400, storage('AccessDenied', 'Invalid Compact JWS'), token],
  ['expired token', 403, '"exp" claim timestamp check failed', token],
  ['expired token', 403, 'signature verification failed', token],
  [
    'claims of a token',
    401,
    '{"code":"PGRST303","message":"JWT expired"}',
    { kind: 'reauthorise', code: 'server.unavailable' },
  ],
  [
    'token of a moment later',
    401,
    '{"code":"PGRST303","message":"JWT issued at future"}',
    { kind: 'retry', code: 'server.unavailable' },
  ],
  ['expired token', 401, '', token],
  ['refused without a word', 403, '', { kind: 'reauthorise', code: 'server.denied' }],
  ['refused without a word', 400, '', { kind: 'reauthorise', code: 'server.denied' }],
  ['rate limit', 429, '{}', { kind: 'retry', code: 'server.rate-limited' }],
  ['locked', 423, '', { kind: 'retry', code: 'server.unavailable' }],
  ['server trouble', 502, '<html>', { kind: 'retry', code: 'server.unavailable' }],
  ['a page', 403, '<html>blocked', { kind: 'suspect', code: 'server.unexpected-answer' }],
  [
    'a page',
    401,
    '',
    { kind: 'suspect', code: 'server.unexpected-answer' },
    'text/html; charset=x',
  ],
  ['key exists', 400, '{"statusCode":"409","error":"Duplicate"}', { kind: 'duplicate' }],
  ['conflict', 409, '{"code":"PT409"}', { kind: 'block', code: 'server.conflict' }],
  ['conflict', 409, 'Upload-Offset conflict', { kind: 'block', code: 'server.conflict' }],
  [
    'no permission',
    400,
    '{"statusCode":"403","message":"new row violates row-level security policy"}',
    { kind: 'block', code: 'server.denied' },
  ],
  ['no permission', 403, '{"code":"42501"}', { kind: 'block', code: 'server.denied' }],
  [
    'another schema',
    404,
    '{"code":"PGRST202","message":"Could not find the function public.pull_project"}',
    { kind: 'retry', code: 'server.unexpected-answer' },
  ],
  [
    'no such thing',
    400,
    '{"statusCode":"404"}',
    { kind: 'block', code: 'sync.remote-object-missing' },
  ],
  ['over', 410, '{"code":"PT410"}', { kind: 'block', code: 'server.gone' }],
  ['no such thing', 410, 'gone', { kind: 'block', code: 'sync.remote-object-missing' }],
  ['too large', 400, '{"statusCode":"413"}', { kind: 'block', code: 'file.too-large' }],
  ['refused type', 400, '{"statusCode":"415"}', { kind: 'block', code: 'file.type-refused' }],
  ...[402, 407, 408, 421, 425].map((status): (typeof cases)[number] => [
    'not now',
    status,
    '{}',
    { kind: 'retry', code: 'server.unavailable' },
  ]),
  ['refused key', 400, '{"code":"InvalidKey"}', { kind: 'block', code: 'file.name-refused' }],
  ['rows refused', 400, '{"code":"23514"}', { kind: 'block', code: 'server.refused-input' }],
  ['rows refused', 409, '{"code":"23503"}', { kind: 'block', code: 'server.refused-input' }],
]

describe('answers of the server', () => {
  it.each(cases)('%s: %i %s', (_row, status, text, judgement, mediaType) =>
    expect(judge(status, text, mediaType)).toEqual(judgement),
  )
  it('takes a file’s name for nothing but a name', () => {
    const missing = 'The bytes of jwt expired.md are not in storage.'
    expect(judge(409, JSON.stringify({ code: 'PT409', message: missing })).kind).toBe('block')
  })
  it('has a case for every row of the table', () => {
    expect(new Set(cases.map(([row]) => row))).toEqual(new Set(answers.map(({ name }) => name)))
  })
  it('never retries or blames for good what it does not know', () => {
    expect(judge(418, '{}')).toEqual({ kind: 'block', code: 'sync.file-refused' })
    expect(judge(400, '{"message":"bad"}')).toEqual({ kind: 'block', code: 'sync.file-refused' })
  })
  it('waits at least as long as it was asked to', () => {
    expect(backoff(0, () => 0, 3)).toBe(3000)
    expect(backoff(20, () => 1, null)).toBe(60_000)
  })
  it('reads Retry-After as seconds or as a date, and is not put off for the day', () => {
    const now = Date.UTC(2026, 0, 1)
    expect(retryAfterOf('7', now)).toBe(7)
    expect(retryAfterOf('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30)
    expect(retryAfterOf('86400', now)).toBe(120)
    expect([retryAfterOf(null, now), retryAfterOf('soon', now)]).toEqual([null, null])
  })
})
