import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asFailure, type FailureCode } from '../../../src/domain/failure.ts'
import { openApiClient } from '../server/api-client.ts'
import { objectKey, openArtifactApi } from '../server/artifact-api.ts'
import { openUploads } from '../server/uploads.ts'
import { openBlobs } from '../store/blobs.ts'
import { openArtifactRemote } from './folder/artifact-remote.ts'

/* A server, or whoever stands before it, that means harm: what it says is looked at before anything is done with it. */

const projectId = '00000000-0000-4000-8000-000000000001'
const artifactId = '00000000-0000-4000-8000-000000000002'
const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
const sha256 = 'ab'.repeat(32)
const { signal } = new AbortController()

type Asked = { method: string; path: string; body: string }
const open = (answer: (asked: Asked, count: number) => Response) => {
  const asked: Asked[] = []
  const server = openApiClient({
    server: { url: 'http://server', publishableKey: 'publishable' },
    accessToken: async () => 'token',
    time: {
      now: () => 1_800_000_000_000,
      elapsed: () => 0,
      random: () => 0,
      sleep: (milliseconds, until) =>
        new Promise((resolve, reject) => {
          until.addEventListener('abort', () => reject(until.reason), { once: true })
          if (milliseconds < 60_000) resolve()
        }),
    },
    fetch: async (url, { method = 'GET', body }) => {
      const now = { method, path: url.slice('http://server'.length), body: String(body ?? '') }
      return answer(now, asked.push(now))
    },
  })
  const remote = openArtifactApi(server)
  return { asked, server, remote }
}
const codeOf = (work: Promise<unknown>): Promise<FailureCode | 'no failure'> =>
  work.then(
    () => 'no failure' as const,
    (error: unknown) => asFailure(error).code,
  )

const file = (change: object = {}, number = 7) => ({
  id: idOf(number),
  artifact_id: artifactId,
  file_path: 'a.txt',
  file_type: 'text/plain',
  file_size: 3,
  sha256,
  revision: 1,
  is_main_file: false,
  deleted_at: null,
  ...change,
})
const artifact = {
  id: artifactId,
  project_id: projectId,
  title: 'T',
  description: null,
  artifact_type: 'code',
  status: 'draft',
  is_public: false,
  updated_at: '2026-01-01',
  deleted_at: null,
}
const pull = (files: object[], change: object = {}) =>
  Response.json({
    cursor: '1',
    epoch: 'e',
    artifacts: [artifact],
    files,
    artifact_ids: [artifactId],
    ...change,
  })

describe('a row is refused at the door', () => {
  const attack = 'x\0../../../.bashrc\x0039\x001'
  it.each([
    ['a NUL in a path', { file_path: attack }],
    ['half of a character in a path', { file_path: 'a\ud800' }],
    ['a hash that leaves its folder', { sha256: '../../../.bashrc' }],
    ['a hash in capitals', { sha256: 'AB'.repeat(32) }],
    ['a hash and more', { sha256: `${sha256}/x` }],
    ['an id that leaves its folder', { id: '../../x' }],
    ['a size below nothing', { file_size: -1 }],
    ['a size that is no number', { file_size: 1e300 }],
    ['half a byte', { file_size: 0.5 }],
    ['a revision that is none', { revision: 0 }],
    ['a path without end', { file_path: 'a/'.repeat(10_000) }],
    ['a mode in place of a bit', { is_executable: 0o4755 }],
    ['a time of before all', { modified_at: '1969-12-31T23:59:59Z' }],
    ['a time that is none', { modified_at: 'infinity' }],
    ['a time of no calendar', { modified_at: '2026-02-31T00:00:00Z' }],
    ['a time that is a number', { modified_at: 1e300 }],
  ])('%s', async (_name, change) => {
    const { remote } = open(() => pull([file(change)]))
    expect(await codeOf(remote.pull(projectId, null, signal))).toBe('server.unexpected-answer')
  })
  it.each([
    ['a usual row', {}],
    ['a name that is refused later, by itself', { file_path: '../x' }],
    ['a name of many letters', { file_path: `${'ä'.repeat(1000)} 🙂.txt` }],
    ['a file that is larger than any disk', { file_size: 9e15 }],
    ['an executable one that nobody else could read', { is_executable: true, is_owner_only: true }],
  ])('and not: %s', async (_name, change) => {
    const { remote } = open(() => pull([file(change)]))
    expect((await remote.pull(projectId, null, signal)).files).toMatchObject([change])
  })
  it('in history, in a commit’s answer and in titles, too', async () => {
    const version = { file_id: idOf(7), revision: 1, file_path: 'a', sha256: '../x' }
    const versions = open(() => Response.json([version]))
    expect(await codeOf(versions.remote.versions([], signal))).toBe('server.unexpected-answer')
    const files = [{ file_id: idOf(7), revision: -4 }]
    const committed = open(() => Response.json({ status: 'committed', revision: 2, files }))
    expect(await codeOf(committed.remote.commit(artifactId, {}, [], signal))).toBe(
      'server.unexpected-answer',
    )
    const titles = open(() => pull([], { artifacts: [{ ...artifact, title: 'a\0b' }] }))
    expect(await codeOf(titles.remote.pull(projectId, null, signal))).toBe(
      'server.unexpected-answer',
    )
  })
})

describe('what becomes the name of a file or a part of an address', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom('../../x', '..', '', 'a/b', `${sha256}\0`, `${sha256}\n`, ` ${sha256}`),
  )
  it('is a hash and an id of exactly their form, wherever it came from', () => {
    const blobs = openBlobs('/cache')
    fc.assert(
      fc.property(hostile, (text) => {
        expect(() => objectKey({ artifactId, sha256: text })).toThrow()
        expect(() => objectKey({ artifactId: text, sha256 })).toThrow()
        expect(() => blobs.pathOf(text)).toThrow()
      }),
    )
    expect(objectKey({ artifactId, sha256 })).toBe(`${artifactId}/${sha256}`)
    expect(blobs.pathOf(sha256)).toBe(`/cache/ab/${sha256}`)
  })
})

describe('an answer without end', () => {
  it('is cut, of whatever it is the answer', async () => {
    let sent = 0
    const endless = (): Response =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull: (controller) => {
            sent += 1 << 20
            controller.enqueue(new Uint8Array(1 << 20).fill(32))
          },
        }),
      )
    const { remote } = open(endless)
    expect(await codeOf(remote.commit(artifactId, {}, [], signal))).toBe('server.unexpected-answer')
    expect(sent).toBeLessThan(20 << 20)
  })

  const listed = async (answer: (count: number) => Response) => {
    const { remote, asked } = open((_asked, count) => answer(count))
    const folder = openArtifactRemote(remote, async () => {}, { projectId, artifactId }, 2)
    const read = async (): Promise<number> => {
      let files = 0
      const { whole } = await folder.pull(null, signal)
      for await (const piece of whole ?? []) files += piece.length
      return files
    }
    return { code: await read().catch((error: unknown) => asFailure(error).code), asked }
  }
  it.each([
    ['the same page again and again', () => pull([file()], { more: true })],
    ['an empty page', () => pull([], { more: true })],
    ['pages that go back', (count: number) => pull([file({}, 1000 - count)], { more: true })],
    ['pages for ever', (count: number) => pull([file({}, count)], { more: true })],
  ])('is no list: %s', async (_name, answer) => {
    const { code, asked } = await listed(answer)
    expect(code).toBe('server.unexpected-answer')
    expect(asked.length).toBeLessThanOrEqual(1_000)
  })
  it('and pages that come to an end are one', async () => {
    const { code } = await listed((count) => pull([file({}, count)], { more: count < 5 }))
    expect(code).toBe(5)
  })
})

describe('a place for a large upload', () => {
  const path = '/storage/v1/upload/resumable'
  const sendTo = async (location: string, offset = '0') => {
    const { remote, server, asked } = open(({ method, path: to }) => {
      if (to.includes('/info/')) return Response.json({}, { status: 404 })
      if (method === 'POST' && to === path)
        return new Response(null, { status: 201, headers: { location } })
      if (method === 'PATCH') return new Response(null, { status: 410 })
      return new Response(null, { status: 200, headers: { 'upload-offset': offset } })
    })
    const places = new Map<string, string>()
    const send = openUploads(
      server,
      remote,
      {
        uploadLocation: async (key) => places.get(key) ?? null,
        rememberUpload: async (key, place) =>
          void (place ? places.set(key, place) : places.delete(key)),
      },
      1024,
    )
    const bytes = Buffer.alloc(300_000)
    const blob = { artifactId, sha256, size: bytes.length, mediaType: 'text/plain' }
    const read = async function* (from: number, to: number) {
      yield bytes.subarray(from, to)
    }
    const run = () => codeOf(send(blob, read, signal, () => {}))
    return { run, asked, places }
  }
  it.each([
    ['of another server', `https://evil.example${path}/x?a=1`, `${path}/x?a=1`],
    ['behind a proxy that hides a part of it', '/upload/resumable/x', `${path}/x`],
    ['under a path', `http://server/supabase${path}/x`, `${path}/x`],
  ])('%s is looked for at ours', async (_name, location, expected) => {
    const { run, asked } = await sendTo(location)
    await run()
    expect(asked.find(({ method }) => method === 'PATCH')?.path).toBe(expected)
  })
  it.each([
    ['http://['],
    ['/rest/v1/projects'],
    [`${path}/`],
    [`${path}/../../../rest/v1/projects`],
  ])('%s is none', async (location) => {
    const { run, asked } = await sendTo(location)
    await run()
    expect(asked.some(({ method }) => method === 'PATCH')).toBe(false)
  })
  it('that has more than there is to send is not gone on with', async () => {
    const { run, asked, places } = await sendTo(`${path}/new`, '9'.repeat(300))
    places.set(objectKey({ artifactId, sha256 }), `${path}/old`)
    await run()
    expect(asked.filter(({ path: to }) => to.startsWith(path)).slice(0, 3)).toMatchObject([
      { method: 'HEAD', path: `${path}/old` },
      { method: 'POST', path },
      { method: 'PATCH', path: `${path}/new` },
    ])
  })
})
