import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesOnDisk, open, type Person, query, refusal, type Setting } from './support.ts'

let setting: Setting
const chunk = 6 * 1024 * 1024
const at = (name: string) => `${setting.ada.id}/${name}`
const vault = () => setting.ada.client.storage.from('vault')
const endpoint = () => `${setting.backend.url}/storage/v1/upload/resumable`
const bytesOf = async (name: string) =>
  Buffer.from(await (await vault().download(at(name))).data!.arrayBuffer())
const inResumable = async () => {
  const folder = join(setting.folder, 'objects', 'resumable')
  return (await filesOnDisk(setting)).filter((path) => path.startsWith(folder))
}

type Outcome =
  | { kind: 'done' | 'stopped'; url: string }
  | { kind: 'refused'; status: number; body: string }

/** Runs one upload to its end, or until `stopAfter` bytes have been taken. */
const send = (
  name: string,
  data: Buffer,
  more: {
    as?: Person
    bucket?: string
    url?: string
    stopAfter?: number
    upsert?: boolean
    options?: Partial<UploadOptions>
    metadata?: Record<string, string>
    key?: string
  } = {},
): Promise<Outcome> =>
  new Promise((resolve) => {
    const upload = new Upload(data, {
      endpoint: endpoint(),
      ...(more.url ? { uploadUrl: more.url } : {}),
      retryDelays: null,
      chunkSize: chunk,
      headers: {
        authorization: `Bearer ${(more.as ?? setting.ada).token}`,
        apikey: setting.backend.publishableKey,
        'x-upsert': String(more.upsert ?? false),
      },
      metadata: {
        bucketName: more.bucket ?? 'vault',
        objectName: more.key ?? at(name),
        contentType: 'video/mp4',
        cacheControl: '60',
        ...more.metadata,
      },
      onSuccess: () => resolve({ kind: 'done', url: upload.url ?? '' }),
      onError: (error) => {
        const response = error instanceof DetailedError ? error.originalResponse : null
        resolve({
          kind: 'refused',
          status: response?.getStatus() ?? 0,
          body: response?.getBody() ?? error.message,
        })
      },
      onChunkComplete: (_size, accepted) => {
        if (more.stopAfter === undefined || accepted < more.stopAfter) return
        void upload.abort().then(() => resolve({ kind: 'stopped', url: upload.url ?? '' }))
      },
      ...more.options,
    })
    upload.start()
  })

const raw = (
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: Buffer<ArrayBuffer>,
) =>
  fetch(url, {
    method,
    headers: { 'tus-resumable': '1.0.0', authorization: `Bearer ${setting.ada.token}`, ...headers },
    ...(body ? { body } : {}),
  })
const encoded = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')
const create = (length: number, name: string) =>
  raw('POST', endpoint(), {
    'upload-length': String(length),
    'upload-metadata': encoded({ bucketName: 'vault', objectName: at(name) }),
  })

beforeAll(async () => {
  setting = await open()
})
afterAll(() => setting.close())

describe('an upload in chunks', () => {
  test('arrives whole, with its type, cache and metadata, and leaves no state', async () => {
    const data = randomBytes(14_000_000)
    expect((await send('whole.bin', data, { metadata: { metadata: '{"shot":3}' } })).kind).toBe(
      'done',
    )
    expect((await bytesOf('whole.bin')).equals(data)).toBe(true)
    expect((await vault().info(at('whole.bin'))).data).toMatchObject({
      size: data.length,
      contentType: 'video/mp4',
      cacheControl: 'max-age=60',
      metadata: { shot: 3 },
    })
    expect(await inResumable()).toEqual([])
  })
  test('of no byte arrives too', async () => {
    expect(await send('empty.bin', Buffer.alloc(0))).toMatchObject({ kind: 'done' })
    expect((await vault().info(at('empty.bin'))).data!.size).toBe(0)
  })
  test('with data in the creating request', async () => {
    const data = randomBytes(100_000)
    expect(
      (await send('early.bin', data, { options: { uploadDataDuringCreation: true } })).kind,
    ).toBe('done')
    expect((await bytesOf('early.bin')).equals(data)).toBe(true)
  })
  test('belongs to who sent it', async () => {
    const rows = await query<{ owner_id: string }>(
      setting,
      `select owner_id from storage.objects where name = '${at('whole.bin')}'`,
    )
    expect(rows[0]!.owner_id).toBe(setting.ada.id)
  })
  test('a part that is refused while it comes is told so, and its connection goes on', async () => {
    const url = (await create(2 * chunk, 'refused.bin')).headers.get('location')!
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(chunk),
      authorization: `Bearer ${setting.ben.token}`,
    }
    // A sender that hears nothing before it has sent all of it, a little at a time.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const patch = request(url, { method: 'PATCH', headers }, (answer) => {
        answer.resume().on('end', () => {
          expect(answer.headers.connection).toBe('keep-alive')
          resolve(answer.statusCode)
        })
      })
      patch.on('error', reject)
      const packet = Buffer.alloc(chunk / 64)
      let left = 64
      const timer = setInterval(() => {
        patch.write(packet)
        left -= 1
        if (left > 0) return
        clearInterval(timer)
        patch.end()
      }, 10)
      patch.on('close', () => clearInterval(timer))
    })
    expect(status).toBe(404)
  })
  test('continues after it was stopped', async () => {
    const data = randomBytes(14_000_000)
    const first = await send('stopped.bin', data, { stopAfter: chunk })
    expect(first.kind).toBe('stopped')
    expect((await vault().exists(at('stopped.bin'))).data).toBe(false)
    expect((await send('stopped.bin', data, { url: 'url' in first ? first.url : '' })).kind).toBe(
      'done',
    )
    expect((await bytesOf('stopped.bin')).equals(data)).toBe(true)
  })
  test('continues after the server was restarted', async () => {
    const data = randomBytes(20_000_000)
    const first = await send('restart.bin', data, { stopAfter: 2 * chunk })
    await setting.restart()
    const url = 'url' in first ? first.url : ''
    const head = await raw('HEAD', url, {})
    expect([
      head.status,
      Number(head.headers.get('upload-offset')),
      head.headers.get('upload-length'),
    ]).toEqual([200, 2 * chunk, '20000000'])
    expect((await send('restart.bin', data, { url })).kind).toBe('done')
    expect((await bytesOf('restart.bin')).equals(data)).toBe(true)
  })
  test('keeps what arrived of a chunk that was cut', async () => {
    const data = randomBytes(5_000_000)
    const url = (await create(data.length, 'cut.bin')).headers.get('location')!
    const abort = new AbortController()
    const body = async function* () {
      yield data.subarray(0, 2_000_000)
      await new Promise((resolve) => setTimeout(resolve, 300))
      abort.abort()
      yield data.subarray(2_000_000)
    }
    await fetch(url, {
      method: 'PATCH',
      signal: abort.signal,
      body: body() as never,
      duplex: 'half',
      headers: {
        'tus-resumable': '1.0.0',
        authorization: `Bearer ${setting.ada.token}`,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
    } as RequestInit).catch(() => undefined)
    expect((await vault().exists(at('cut.bin'))).data).toBe(false)
    expect((await send('cut.bin', data, { url })).kind).toBe('done')
    expect((await bytesOf('cut.bin')).equals(data)).toBe(true)
  })
  test('a part that stands still gives way to who asks how far it is, with what came of it', async () => {
    const data = randomBytes(5_000_000)
    const url = (await create(data.length, 'still.bin')).headers.get('location')!
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(data.length),
      authorization: `Bearer ${setting.ada.token}`,
    }
    const patch = request(url, { method: 'PATCH', headers })
    patch.on('error', () => {})
    patch.write(data.subarray(0, 2_000_000))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const head = await raw('HEAD', url, {})
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '2000000'])
    expect((await send('still.bin', data, { url })).kind).toBe('done')
    expect((await bytesOf('still.bin')).equals(data)).toBe(true)
    patch.destroy()
  })
  test('whose last answer was lost is finished when the client asks', async () => {
    const url = (await create(4, 'late.bin')).headers.get('location')!
    // The bytes are on disk, and the process ended before the row was written.
    const { writeFile } = await import('node:fs/promises')
    await writeFile(join(setting.folder, 'objects', 'resumable', url.split('/').at(-1)!), 'late')
    const head = await raw('HEAD', url, {})
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '4'])
    expect((await bytesOf('late.bin')).toString()).toBe('late')
  })
})

describe('refusals', () => {
  test('a foreign folder, before a byte is sent', async () => {
    expect(await send('x', Buffer.from('x'), { as: setting.ben })).toMatchObject({
      kind: 'refused',
      status: 403,
      body: expect.stringContaining('row-level security'),
    })
  })
  test('a key that exists', async () => {
    expect(await send('whole.bin', Buffer.from('x'))).toMatchObject({
      kind: 'refused',
      status: 409,
    })
  })
  test('which x-upsert lifts', async () => {
    expect((await send('whole.bin', Buffer.from('new'), { upsert: true })).kind).toBe('done')
    expect((await bytesOf('whole.bin')).toString()).toBe('new')
  })
  test('a key taken while the upload ran: the first stays, and the state goes', async () => {
    const url = (await create(3, 'taken.bin')).headers.get('location')!
    await vault().upload(at('taken.bin'), Buffer.from('first'))
    const answer = await raw(
      'PATCH',
      url,
      { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      Buffer.from('new'),
    )
    expect(answer.status).toBe(409)
    expect((await bytesOf('taken.bin')).toString()).toBe('first')
    expect((await raw('HEAD', url, {})).status).toBe(404)
  })
  test('too large for the bucket', async () => {
    expect(await send('big', Buffer.alloc(1_000_001), { bucket: 'small' })).toMatchObject({
      kind: 'refused',
      status: 413,
    })
  })
  test('a media type the bucket does not take', async () => {
    expect(
      await send('x', Buffer.from('x'), { bucket: 'avatars', key: setting.ada.id }),
    ).toMatchObject({ status: 415 })
  })
  test('no such bucket', async () => {
    expect(await send('x', Buffer.from('x'), { bucket: 'none' })).toMatchObject({
      kind: 'refused',
      status: 404,
    })
  })
  test.each(['../x', '/x', 'a//b', 'ü'])('the key %s', async (key) => {
    expect(await send('x', Buffer.from('x'), { key })).toMatchObject({
      kind: 'refused',
      status: 400,
    })
  })
  test('metadata that names no object', async () => {
    const answer = await raw('POST', endpoint(), {
      'upload-length': '1',
      'upload-metadata': encoded({ bucketName: 'vault' }),
    })
    expect(answer.status).toBe(400)
  })
  test('a length that is not known', async () => {
    const metadata = encoded({ bucketName: 'vault', objectName: at('defer') })
    expect(
      (await raw('POST', endpoint(), { 'upload-defer-length': '1', 'upload-metadata': metadata }))
        .status,
    ).toBe(501)
  })
  test('no credentials, an invalid token', async () => {
    expect(
      (
        await raw('POST', endpoint(), {
          authorization: '',
          'upload-length': '1',
          'upload-metadata': encoded({ bucketName: 'vault', objectName: at('n') }),
        })
      ).status,
    ).toBe(400)
    expect(
      (
        await raw('POST', endpoint(), {
          authorization: 'Bearer a.b.c',
          'upload-length': '1',
          'upload-metadata': encoded({ bucketName: 'vault', objectName: at('n') }),
        })
      ).status,
    ).toBe(403)
  })
  test('another offset than the one reached', async () => {
    const url = (await create(10, 'offset.bin')).headers.get('location')!
    const answer = await raw(
      'PATCH',
      url,
      { 'upload-offset': '5', 'content-type': 'application/offset+octet-stream' },
      Buffer.from('x'),
    )
    expect(answer.status).toBe(409)
  })
  test('somebody else’s upload: not seen, not continued, not ended', async () => {
    const url = (await create(10, 'mine.bin')).headers.get('location')!
    const ben = { authorization: `Bearer ${setting.ben.token}` }
    expect((await raw('HEAD', url, ben)).status).toBe(404)
    expect(
      (
        await raw(
          'PATCH',
          url,
          { ...ben, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
          Buffer.from('x'),
        )
      ).status,
    ).toBe(404)
    expect((await raw('DELETE', url, ben)).status).toBe(404)
    expect((await raw('HEAD', url, {})).headers.get('upload-offset')).toBe('0')
  })
  test('an upload that is not there', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', '..%2Fx', 'x.json']) {
      expect((await raw('HEAD', `${endpoint()}/${id}`, {})).status).toBe(404)
    }
  })
})

describe('protocol', () => {
  test('a started upload can be given up', async () => {
    const before = (await inResumable()).length
    const url = (await create(10, 'given-up.bin')).headers.get('location')!
    expect((await raw('DELETE', url, {})).status).toBe(204)
    expect((await inResumable()).length).toBe(before)
  })
  test('OPTIONS says that this speaks tus, how much it takes, and to whom', async () => {
    const origin = 'app://atelier'
    const response = await fetch(endpoint(), { method: 'OPTIONS', headers: { origin } })
    expect([
      response.status,
      response.headers.get('tus-version'),
      response.headers.get('access-control-allow-origin'),
    ]).toEqual([204, '1.0.0', origin])
    expect(Number(response.headers.get('tus-max-size'))).toBeGreaterThan(1e9)
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH')
  })
  test('a plain upload still finds the key taken', async () => {
    expect(refusal(await vault().upload(at('restart.bin'), Buffer.from('x')))).toBe(
      '409 The resource already exists',
    )
  })
})
