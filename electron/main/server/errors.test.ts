import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asFailure, Failure, type FailureCode } from '../../../src/domain/failure.ts'
import { openApiClient } from './api-client.ts'
import { openArtifactApi } from './artifact-api.ts'
import { openUploads } from './uploads.ts'

/*
 * What the client makes of each answer of Supabase, from the request to what its caller hears. Storage says most
 * things as HTTP 400 with the truth in the body.
 */

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut'
type Asked = { method: string; path: string }

const chunkSize = 1024
const artifactId = '00000000-0000-4000-8000-000000000002'
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const small = Buffer.from('a small file')
const large = Buffer.alloc(3 * chunkSize, 7)
const fine: Answer = { status: 200, body: { Id: 'x', Key: 'x' } }

/** The real client before a server that says what it is told to. Time passes only where somebody waits. */
const open = (answer: (asked: Asked, count: number) => Answer) => {
  const asked: Asked[] = []
  const waits: number[] = []
  const places = new Map<string, string>()
  const clock = { now: 1_800_000_000_000 }
  const server = openApiClient({
    server: { url: 'http://server', publishableKey: 'publishable' },
    accessToken: async (refused) => (refused === undefined ? 'token' : `${refused} anew`),
    time: {
      now: () => clock.now,
      elapsed: () => clock.now,
      random: () => 0.5,
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
          // Who waits for an answer waits as long; it always comes here.
          if (milliseconds >= 60_000) return
          waits.push(milliseconds)
          clock.now += milliseconds
          resolve()
        }),
    },
    fetch: async (input, init) => {
      const now = { method: init?.method ?? 'GET', path: new URL(String(input)).pathname }
      const count = asked.push(now)
      await Promise.resolve()
      const said = answer(now, count)
      if (said === 'cut') throw new TypeError('fetch failed')
      const { status, body, headers } = said
      const isEmpty = body === undefined || status === 204
      const bytes =
        typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      return new Response(isEmpty ? null : (bytes as BodyInit), { status, headers: headers ?? {} })
    },
  })
  const remote = openArtifactApi(server)
  const send = openUploads(
    server,
    remote,
    {
      uploadLocation: async (key) => places.get(key) ?? null,
      rememberUpload: async (key, location) =>
        void (location ? places.set(key, location) : places.delete(key)),
    },
    chunkSize,
  )
  const { signal } = new AbortController()
  const blobOf = (bytes: Buffer) => ({ artifactId, sha256: sha256(bytes), size: bytes.length })
  return {
    asked,
    waits,
    places,
    clock,
    server,
    upload: (bytes = small) =>
      send(
        { ...blobOf(bytes), mediaType: 'text/plain' },
        async function* (from, to) {
          yield bytes.subarray(from, to)
        },
        signal,
        () => {},
      ),
    download: async (bytes = small) => {
      const { body } = await remote.download(blobOf(bytes), 0, signal)
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    commit: () =>
      remote.commit(artifactId, {}, [], signal).then(
        ({ status }) => status,
        (error: unknown) => Promise.reject(error),
      ),
  }
}
type Client = ReturnType<typeof open>
const codeOf = (work: Promise<unknown>): Promise<FailureCode | 'no failure'> =>
  work.then(
    () => 'no failure' as const,
    (error: unknown) => asFailure(error).code,
  )
const storage = (statusCode: number, code: string, message = code): Answer => ({
  status: 400,
  body: { statusCode: String(statusCode), error: code, message, code },
})
const rest = (status: number, code: string, message = code): Answer => ({
  status,
  body: { code, details: null, hint: null, message },
})
const page = (status: number): Answer => ({ status, body: '<html>Bad gateway</html>' })
const upload = (client: Client) => client.upload()
const download = (client: Client) => client.download()
const commit = (client: Client) => client.commit()

/** Goes on by itself: three more tries, further and further apart; the code is what is heard when they fail too. */
const passing: [name: string, answer: Answer, FailureCode][] = [
  ['fetch throws', 'cut', 'network.offline'],
  ['500', storage(500, 'InternalError'), 'server.unavailable'],
  ['502 with a page', page(502), 'server.unavailable'],
  ['503', { status: 503 }, 'server.unavailable'],
  ...[520, 521, 522, 523, 524, 525, 526, 527, 530].map((status): [string, Answer, FailureCode] => [
    `${status}`,
    page(status),
    'server.unavailable',
  ]),
  [
    '544 DatabaseTimeout',
    { status: 544, body: { statusCode: '544', code: 'DatabaseTimeout' } },
    'server.unavailable',
  ],
  ['429 SlowDown', { status: 429, body: { code: 'SlowDown' } }, 'server.rate-limited'],
  ['423 Locked', { status: 423, body: 'Locked' }, 'server.unavailable'],
  ...[402, 407, 408, 421, 425].map((status): [string, Answer, FailureCode] => [
    `${status}`,
    { status, body: { message: 'not now' } },
    'server.unavailable',
  ]),
  ['423 LockTimeout in the body', storage(423, 'LockTimeout'), 'server.unavailable'],
]
/** Told at once, asked once, never taken for a deletion. */
const permanent: [name: string, (client: Client) => Promise<unknown>, Answer, FailureCode][] = [
  ['403 AccessDenied', upload, storage(403, 'AccessDenied'), 'server.denied'],
  [
    'row-level security',
    upload,
    storage(403, 'AccessDenied', 'new row violates row-level security policy'),
    'server.denied',
  ],
  ['42501', commit, rest(403, '42501'), 'server.denied'],
  ['404 NoSuchKey', download, storage(404, 'NoSuchKey'), 'sync.remote-object-missing'],
  ['404 NoSuchBucket', download, storage(404, 'NoSuchBucket'), 'sync.remote-object-missing'],
  ['404 of a row', commit, rest(404, 'PT404'), 'server.not-found'],
  ['413 EntityTooLarge', upload, storage(413, 'EntityTooLarge'), 'file.too-large'],
  ['413 of a proxy', upload, { status: 413 }, 'file.too-large'],
  ['413 of a proxy as a page', upload, page(413), 'file.too-large'],
  ['415 of a proxy as a page', upload, page(415), 'file.type-refused'],
  ['405', upload, { status: 405, body: { message: 'not allowed' } }, 'sync.file-refused'],
  ['406', download, { status: 406, body: { message: 'not acceptable' } }, 'sync.file-refused'],
  ['415 InvalidMimeType', upload, storage(415, 'InvalidMimeType'), 'file.type-refused'],
  ['400 InvalidKey', upload, storage(400, 'InvalidKey'), 'file.name-refused'],
  ['22023', commit, rest(400, '22023'), 'server.refused-input'],
  ['23514', commit, rest(400, '23514'), 'server.refused-input'],
  ['23503', commit, rest(409, '23503'), 'server.refused-input'],
  ['23505', commit, rest(409, '23505', 'duplicate key value'), 'server.conflict'],
  ['400 without a code', upload, { status: 400, body: { message: 'bad' } }, 'sync.file-refused'],
  ['an answer nobody knows', upload, { status: 418, body: {} }, 'sync.file-refused'],
]
const expired: [name: string, (client: Client) => Promise<unknown>, Answer][] = [
  ['403 jwt expired', upload, storage(403, 'Unauthorized', 'jwt expired')],
  ['403 InvalidJWT', download, storage(403, 'InvalidJWT')],
]

describe('trouble that passes', () => {
  it.each(passing)('%s is tried again, and then it is well', async (_name, answer) => {
    const client = open((_asked, count) => (count <= 2 ? answer : fine))
    await client.upload()
    expect(client.asked).toHaveLength(3)
    // Full jitter of min(60 s, 0.5 s · 2ⁿ), with a chance of one half.
    expect(client.waits).toEqual([250, 500])
  })
  it.each(passing)('%s is told when four tries have failed', async (_name, answer, code) => {
    const client = open(() => answer)
    expect(await codeOf(client.upload())).toBe(code)
    expect(client.asked).toHaveLength(4)
  })
  it.each([429, 503])('%i waits as long as it is asked to', async (status) => {
    const headers = { 'retry-after': '17' }
    const client = open((_asked, count) => (count === 1 ? { status, headers } : fine))
    await client.upload()
    expect(client.waits).toEqual([17_000])
  })
})

describe('a server that is down', () => {
  it.each(passing)(
    '%s: twenty-four files are not ninety-six requests',
    async (_n, answer, code) => {
      const client = open(() => answer)
      const codes = await Promise.all(Array.from({ length: 24 }, () => codeOf(client.upload())))
      expect(new Set(codes)).toEqual(new Set([code]))
      expect(client.asked.length).toBeLessThanOrEqual(28)
      const before = client.asked.length
      const waited = client.waits.length
      expect(await codeOf(client.commit())).toBe(code)
      // Refused at once: nobody asked, nobody waited.
      expect([client.asked.length, client.waits.length]).toEqual([before, waited])
    },
  )
  it('is asked by one when its time is over, and by all when that went well', async () => {
    let isDown = true
    const client = open(() => (isDown ? page(502) : fine))
    await Promise.all(Array.from({ length: 24 }, () => codeOf(client.upload())))
    client.clock.now += 60_000
    const before = client.asked.length
    await Promise.all(Array.from({ length: 24 }, () => codeOf(client.upload())))
    expect(client.asked.length - before).toBe(1)
    isDown = false
    client.server.resetBreaker()
    await client.upload()
    await Promise.all(Array.from({ length: 24 }, () => client.upload()))
    expect(client.asked.length - before).toBe(26)
  })
  it('has half as many at once after an answer that asks for less, once a round', async () => {
    const client = open((_asked, count) => (count <= 4 ? { status: 429 } : fine))
    await Promise.all(Array.from({ length: 3 }, () => client.upload()))
    expect(client.server.limiter.limits.small).toBe(2)
  })
})

describe('a refusal', () => {
  it.each(permanent)('%s is told at once and asked once', async (_name, act, answer, code) => {
    const client = open(() => answer)
    expect(await codeOf(act(client))).toBe(code)
    expect(client.asked).toHaveLength(1)
    expect(client.waits).toEqual([])
  })
  it('is never a reason to delete anything at the server', async () => {
    for (const [, act, answer] of permanent) {
      const client = open(() => answer)
      await codeOf(act(client))
      expect(client.asked.filter(({ method }) => method === 'DELETE')).toEqual([])
    }
  })
  it.each(expired)('%s asks once more, and then for the person', async (_name, act, answer) => {
    const again = open((_asked, count) => (count === 1 ? answer : page(404)))
    await codeOf(act(again))
    expect(again.asked.length).toBeGreaterThan(1)
    const client = open(() => answer)
    expect(await codeOf(act(client))).toBe('auth.refused')
    expect(client.asked).toHaveLength(2)
  })
})

describe('claims of a token that REST does not like', () => {
  it('ask for another token, and are never by themselves that the session has ended', async () => {
    const expired = rest(401, 'PGRST303', 'JWT expired')
    const client = open(() => expired)
    expect(await codeOf(client.commit())).toBe('server.unavailable')
    expect(client.asked).toHaveLength(2)
  })
  it.each(['JWT issued at future', 'JWT not yet valid'])(
    'are asked with again when it is a moment later: %s',
    async (message) => {
      const answer = { status: 'committed', revision: 1, files: [] }
      const client = open((_asked, count) =>
        count <= 2 ? rest(401, 'PGRST303', message) : { status: 200, body: answer },
      )
      expect(await client.commit()).toBe('committed')
      expect(client.waits).toEqual([250, 500])
      const never = open(() => rest(401, 'PGRST303', message))
      expect(await codeOf(never.commit())).toBe('server.unavailable')
    },
  )
})

describe('a page in the place of an answer', () => {
  const typed = (status: number): Answer => ({
    status,
    body: '<p>Blocked</p>',
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })
  const portal: Answer = {
    status: 200,
    body: '<p>Hi</p>',
    headers: { 'content-type': 'text/html', 'content-length': '9' },
  }
  /** What is asked of storage is refused; the rest passes. */
  const guard = (refusal: Answer) => (asked: Asked) =>
    asked.path.startsWith('/storage/') ? refusal : { status: 200, body: [] }
  const refusals: [name: string, act: (client: Client) => Promise<unknown>, answer: Answer][] = [
    ['401', upload, typed(401)],
    ['403', upload, page(403)],
    ['403 by its type', upload, typed(403)],
    ['404', upload, typed(404)],
    ['405', upload, typed(405)],
    ['406', upload, typed(406)],
    ['403 for what is fetched', download, typed(403)],
    ['200 for what is fetched', download, portal],
  ]
  it.each(refusals)(
    'is the one file’s trouble while others pass, after three tries: %s',
    async (_n, act, answer) => {
      const client = open(guard(answer))
      expect(await codeOf(act(client))).toBe('sync.file-refused')
      const tries = client.asked.filter(({ path }) => path.startsWith('/storage/'))
      expect(tries).toHaveLength(3)
      // Others are not kept from anything.
      expect(await codeOf(client.commit())).toBe('server.unexpected-answer')
      for (let each = 0; each < 4; each += 1)
        expect(await codeOf(act(client))).toBe('sync.file-refused')
    },
  )
  it.each(refusals)('is everybody’s when nothing passes: %s', async (_n, act, answer) => {
    const client = open(() => answer)
    expect(await codeOf(act(client))).toBe('server.unexpected-answer')
  })
  it('is everybody’s: twenty-four files are not ninety-six requests', async () => {
    const client = open(() => page(403))
    const codes = await Promise.all(Array.from({ length: 24 }, () => codeOf(client.upload())))
    expect(new Set(codes)).toEqual(new Set(['server.unexpected-answer']))
    expect(client.asked.length).toBeLessThanOrEqual(32)
  })
  it.each(refusals)('for a moment is nobody’s: %s', async (_name, act, answer) => {
    const client = open((_asked, count) => (count <= 2 ? answer : fine))
    expect(await codeOf(act(client))).toBe('no failure')
  })
  it('for a commit is blocked by file, for what is read it is not', async () => {
    const passing = (asked: Asked) =>
      asked.path.includes('/rpc/') ? page(403) : ({ status: 200, body: [] } as const)
    expect(await codeOf(open(passing).commit())).toBe('sync.file-refused')
    const { signal } = new AbortController()
    const { server } = open(passing)
    const pulled = openArtifactApi(server).pull(artifactId, null, signal)
    expect(await codeOf(pulled)).toBe('server.unexpected-answer')
  })
  it('for a part of a large file is that file’s, and is sent three times', async () => {
    const client = open((asked) =>
      asked.path.includes('/info/')
        ? storage(404, 'NoSuchKey')
        : asked.method === 'PATCH'
          ? page(403)
          : asked.method === 'POST'
            ? { status: 201, headers: { location: '/storage/v1/upload/resumable/new' } }
            : { status: 200, body: [] },
    )
    expect(await codeOf(client.upload(large))).toBe('sync.file-refused')
    expect(client.asked.filter(({ method }) => method === 'PATCH')).toHaveLength(3)
  })
})

describe('our own key that is there already', () => {
  const duplicate = storage(409, 'KeyAlreadyExists', 'The resource already exists')
  const here = (bytes: Uint8Array) =>
    open(({ method }) => (method === 'POST' ? duplicate : { status: 200, body: bytes }))
  it('with the same bytes is a success whose answer was lost', async () => {
    const client = here(small)
    await client.upload()
    expect(client.asked.map(({ method }) => method)).toEqual(['POST', 'GET'])
  })
  it('with other bytes says so', async () => {
    const client = here(Buffer.from('b small file'))
    expect(await codeOf(client.upload())).toBe('sync.remote-object-damaged')
  })
})

describe('a large upload', () => {
  const key = `${artifactId}/${sha256(large)}`
  const resumable = '/storage/v1/upload/resumable'
  /** As TUS does it; what was begun earlier is `lost`. */
  const tus = (lost: Answer) => {
    let at = 0
    const said = ({ method, path }: Asked): Answer => {
      if (path.includes('/info/')) return { status: 200, body: { size: large.length } }
      if (path.endsWith('/old')) return lost
      if (method === 'POST') return { status: 201, headers: { location: `${resumable}/new` } }
      at += chunkSize
      return { status: 204, headers: { 'upload-offset': String(at) } }
    }
    return said
  }
  it.each([404, 410])('whose place is gone (%i) begins anew', async (status) => {
    const client = open(tus({ status, body: 'gone' }))
    client.places.set(key, `${resumable}/old`)
    await client.upload(large)
    expect(client.asked.filter(({ path }) => path.includes('resumable'))).toEqual([
      { method: 'HEAD', path: `${resumable}/old` },
      { method: 'POST', path: resumable },
      ...Array.from({ length: 3 }, () => ({ method: 'PATCH', path: `${resumable}/new` })),
    ])
    expect(client.places.size).toBe(0)
  })
  it.each([404, 410])(
    'whose place goes on the way (%i) forgets it, and tries again later',
    async (status) => {
      const client = open((asked) =>
        asked.method === 'PATCH' ? { status, body: 'gone' } : tus('cut')(asked),
      )
      expect(await codeOf(client.upload(large))).toBe('server.unavailable')
      expect(client.places.size).toBe(0)
    },
  )
  it('that was said to be done and is not there is no success', async () => {
    const said = tus('cut')
    const client = open((asked) =>
      asked.path.includes('/info/') ? storage(404, 'NoSuchKey') : said(asked),
    )
    expect(await codeOf(client.upload(large))).toBe('server.unexpected-answer')
  })
  it('whose server takes chunks and gets no further is not sent for ever', async () => {
    const said = tus('cut')
    const client = open((asked) =>
      asked.method === 'PATCH' || asked.method === 'HEAD'
        ? { status: 204, headers: { 'upload-offset': '0' } }
        : said(asked),
    )
    expect(await codeOf(client.upload(large))).toBe('server.unavailable')
  })
})

describe('one change that the server has no word for', () => {
  const change = (client: Client, begin = async () => {}) =>
    client.server.json(z.literal(true), '/rest/v1/rpc/rename', {}, new AbortController().signal, {
      of: 'change',
      begin,
    })
  const isChange = ({ path }: Asked): boolean => path.endsWith('/rename')
  const but = (answer: Answer) => (asked: Asked) =>
    isChange(asked) ? answer : { status: 200, body: [] }
  it.each<[name: string, answer: Answer, FailureCode]>([
    ['503', { status: 503 }, 'server.unavailable'],
    ['429', rest(429, 'PT429'), 'server.rate-limited'],
    ['a page', page(403), 'server.unexpected-answer'],
    ['no such function', rest(404, 'PGRST202'), 'server.older'],
  ])('is asked once at a time, and keeps nobody from anything: %s', async (_n, answer, code) => {
    const client = open(but(answer))
    for (let each = 0; each < 9; each += 1) expect(await codeOf(change(client))).toBe(code)
    expect(client.asked.filter(isChange)).toHaveLength(9)
    const before = client.asked.length
    await client.server.ping(new AbortController().signal)
    expect(client.asked).toHaveLength(before + 1)
    expect(client.server.reachability.missedSince).toBeNull()
  })
  it('is everybody’s trouble when nothing passes', async () => {
    const client = open(() => ({ status: 503 }))
    for (let each = 0; each < 3; each += 1)
      expect(await codeOf(change(client))).toBe('server.unavailable')
    expect(client.asked.filter(isChange).length).toBeLessThan(7)
  })
  it('is no sign that others pass', async () => {
    const client = open((asked) =>
      isChange(asked) ? { status: 200, body: 'other' } : { status: 503 },
    )
    const { signal } = new AbortController()
    const since = client.server.time.elapsed()
    expect(await codeOf(change(client))).toBe('server.unexpected-answer')
    expect(await client.server.answersOthers(since, signal)).toBe(false)
  })
  it('is begun before each request of it, and not where none goes out', async () => {
    let begun = 0
    const begin = async () => {
      begun += 1
    }
    const client = open(() => ({ status: 503 }))
    for (let each = 0; each < 9; each += 1) await codeOf(change(client, begin))
    expect(begun).toBe(client.asked.filter(isChange).length)
    const kept = open(but({ status: 200, body: true }))
    const full = () => Promise.reject(new Failure('disk.full', 'No room.'))
    for (let each = 0; each < 9; each += 1)
      expect(await codeOf(change(kept, full))).toBe('disk.full')
    expect(kept.asked).toEqual([])
    expect(await codeOf(change(kept))).toBe('no failure')
  })
})
