import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  filesOnDisk,
  open,
  query,
  refusal,
  type Setting,
  startElsewhere,
  until,
} from './support.ts'

let setting: Setting
const at = (name: string) => `${setting.ada.id}/${name}`
const vault = () => setting.ada.client.storage.from('vault')
const headers = () => ({ authorization: `Bearer ${setting.ada.token}` })
const urlOf = (name: string, bucket = 'vault') =>
  `${setting.backend.url}/storage/v1/object/${bucket}/${at(name)}`

beforeAll(async () => {
  setting = await open()
  await vault().upload(at('digits'), Buffer.from('0123456789'), {
    contentType: 'text/plain',
    cacheControl: '60',
  })
  await vault().upload(at('empty'), Buffer.alloc(0))
})
afterAll(() => setting.close())

describe('reading', () => {
  const get = (extra: Record<string, string>, name = 'digits', method = 'GET') =>
    fetch(urlOf(name), { method, headers: { ...headers(), ...extra } })

  test.each([
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=50-60', 416, '', 'bytes */10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['bytes=5-2', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('Range %s', async (range, status, body, contentRange) => {
    const response = await get({ range })
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual(
      [status, body, contentRange],
    )
    if (status !== 416) expect(response.headers.get('content-length')).toBe(String(body.length))
  })
  test('the headers of a whole answer', async () => {
    const response = await get({})
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '10',
      'cache-control': 'max-age=60',
      'accept-ranges': 'bytes',
      etag: `"${createHash('md5').update('0123456789').digest('hex')}"`,
      'x-content-type-options': 'nosniff',
    })
  })
  test('If-None-Match: the same, a list, weak, any, another', async () => {
    const etag = (await get({})).headers.get('etag')!
    const status = async (value: string) => (await get({ 'if-none-match': value })).status
    expect([
      await status(etag),
      await status(`"x", ${etag}`),
      await status(`W/${etag}`),
      await status('*'),
      await status('"x"'),
    ]).toEqual([304, 304, 304, 304, 200])
  })
  test('If-Modified-Since', async () => {
    const modified = (await get({})).headers.get('last-modified')!
    expect((await get({ 'if-modified-since': modified })).status).toBe(304)
    expect((await get({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status).toBe(200)
  })
  test('If-Range: a part of the same, the whole of another', async () => {
    const etag = (await get({})).headers.get('etag')!
    expect((await get({ range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await get({ range: 'bytes=0-1', 'if-range': '"old"' })).status).toBe(200)
  })
  test('HEAD has the length and no body', async () => {
    const response = await get({}, 'digits', 'HEAD')
    expect([
      response.status,
      response.headers.get('content-length'),
      await response.text(),
    ]).toEqual([200, '10', ''])
  })
  test('an empty object', async () => {
    const response = await get({}, 'empty')
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '0'])
  })
  test('/object/authenticated/ is the same', async () => {
    const response = await fetch(urlOf('digits').replace('/object/', '/object/authenticated/'), {
      headers: headers(),
    })
    expect(await response.text()).toBe('0123456789')
  })
  test('a stored page may run nothing when opened straight from here', async () => {
    expect((await get({})).headers.get('content-security-policy')).toContain('sandbox')
  })
})

describe('protocol', () => {
  const origin = 'app://atelier'
  test('a preflight is answered without credentials', async () => {
    const response = await fetch(urlOf('digits'), {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-headers': 'authorization,x-upsert',
      },
    })
    expect([
      response.status,
      response.headers.get('access-control-allow-origin'),
      response.headers.get('access-control-allow-headers'),
    ]).toEqual([204, origin, 'authorization,x-upsert'])
  })
  test('an unknown route is a 404 in JSON, a refusal keeps its CORS header', async () => {
    const response = await fetch(`${setting.backend.url}/storage/v1/nothing/here`, {
      headers: { origin },
    })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      404,
      origin,
    ])
    expect(await response.json()).toMatchObject({ statusCode: '404' })
  })
  test.each([
    ['{', 'not valid JSON'],
    ['{"limit":"many"}', 'body/limit'],
    ['[]', 'body/'],
  ])('a list request of %s says what is wrong', async (body, message) => {
    const response = await fetch(`${setting.backend.url}/storage/v1/object/list/vault`, {
      method: 'POST',
      headers: headers(),
      body,
    })
    expect(response.status).toBe(400)
    expect(JSON.stringify(await response.json())).toContain(message)
  })
  test('a form without a file', async () => {
    const body = new FormData()
    body.append('cacheControl', '60')
    const response = await fetch(urlOf('noform'), { method: 'POST', headers: headers(), body })
    expect(await response.json()).toMatchObject({ message: 'no file in form' })
  })
})

describe('limits', () => {
  const small = () => setting.ada.client.storage.from('small')
  const pieces = async function* (count: number) {
    for (let index = 0; index < count; index += 1) yield Buffer.alloc(65_536, index)
  }
  test('a declared length is refused before the body', async () => {
    expect(refusal(await small().upload(at('big'), Buffer.alloc(1_000_001)))).toBe(
      '413 The object exceeded the maximum allowed size',
    )
  })
  test('a body of unknown length is cut off where the limit is, and nothing stays', async () => {
    const before = (await filesOnDisk(setting)).length
    const response = await fetch(urlOf('stream', 'small'), {
      method: 'POST',
      headers: headers(),
      body: pieces(64) as never,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect((await filesOnDisk(setting)).length).toBe(before)
  })
  test('a form is cut off too', async () => {
    const before = (await filesOnDisk(setting)).length
    expect(refusal(await small().upload(at('form'), new Blob([Buffer.alloc(3_000_000)])))).toBe(
      '413 The object exceeded the maximum allowed size',
    )
    expect((await filesOnDisk(setting)).length).toBe(before)
  })
  test('the next request is served as if nothing had been', async () => {
    expect((await small().upload(at('fits'), Buffer.alloc(1_000_000))).error).toBeNull()
  })
})

describe('when it goes wrong', () => {
  const abortMidway = async (extra: Record<string, string>, start: Buffer) => {
    const upload = httpRequest(urlOf('cut'), {
      method: 'POST',
      headers: { ...headers(), ...extra },
    })
    upload.on('error', () => undefined)
    upload.write(start)
    upload.write(Buffer.alloc(4_000_000, 1))
    const incoming = join(setting.folder, 'objects', 'incoming')
    await until(async () => (await filesOnDisk(setting)).some((path) => path.startsWith(incoming)))
    upload.destroy()
    await until(async () => !(await filesOnDisk(setting)).some((path) => path.startsWith(incoming)))
    expect((await vault().exists(at('cut'))).data).toBe(false)
  }
  test('an upload cut in the middle leaves neither bytes nor row', () =>
    abortMidway({ 'content-length': '9000000' }, Buffer.alloc(0)))
  test('nor does one without a length', () => abortMidway({}, Buffer.alloc(1)))
  test('nor does a form', () =>
    abortMidway(
      { 'content-type': 'multipart/form-data; boundary=xx', 'content-length': '9000000' },
      Buffer.from(
        '--xx\r\ncontent-disposition: form-data; name=""; filename="f"\r\ncontent-type: text/plain\r\n\r\n',
      ),
    ))
  test('a reader who leaves does no harm', async () => {
    await vault().upload(at('long'), Buffer.alloc(20_000_000, 7))
    const abort = new AbortController()
    const response = await fetch(urlOf('long'), { headers: headers(), signal: abort.signal })
    await response.body!.getReader().read()
    abort.abort()
    expect((await vault().exists(at('long'))).data).toBe(true)
  })
  test('what a crash left is swept at the next start, and bytes without a row are set aside', async () => {
    const objects = join(setting.folder, 'objects')
    const [row] = await query<{ version: string }>(
      setting,
      `select version from storage.objects where name = '${at('digits')}'`,
    )
    const stray = `${row!.version.slice(0, 2)}/${row!.version.slice(0, 2)}000000-0000-4000-8000-000000000000`
    await writeFile(join(objects, 'incoming', 'half'), 'half')
    await writeFile(join(objects, 'blobs', stray), 'nobody')
    await setting.restart()
    await until(
      async () => !(await filesOnDisk(setting)).includes(join(objects, 'incoming', 'half')),
    )
    await until(async () =>
      (await filesOnDisk(setting)).includes(join(objects, 'orphans', stray.slice(3))),
    )
    const back = await fetch(urlOf('digits'), { headers: headers() })
    expect(await back.text()).toBe('0123456789')
  })
})

describe('many and large', () => {
  test('20 uploads of one key at once: one is in, with its own bytes, and the rest are Duplicates', async () => {
    const before = (await filesOnDisk(setting)).length
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        vault().upload(at('race'), Buffer.from(`writer ${index}`)),
      ),
    )
    const winners = answers.flatMap((answer, index) => (answer.error === null ? [index] : []))
    expect(winners).toHaveLength(1)
    expect(answers.filter((answer) => answer.error).map(refusal)).toEqual(
      Array(19).fill('409 The resource already exists'),
    )
    expect(await (await vault().download(at('race'))).data!.text()).toBe(`writer ${winners[0]}`)
    expect((await filesOnDisk(setting)).length).toBe(before + 1)
  })
  test('20 replacements of one key at once: all are in, one stays, no bytes are left over', async () => {
    const before = (await filesOnDisk(setting)).length
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        vault().upload(at('fresh'), Buffer.from(`writer ${index}`), { upsert: true }),
      ),
    )
    expect(answers.filter((answer) => answer.error)).toEqual([])
    expect(await (await vault().download(at('fresh'))).data!.text()).toMatch(/^writer \d+$/)
    expect((await filesOnDisk(setting)).length).toBe(before + 1)
  })
  test('200 MB go up and down without being held in memory', async () => {
    const server = await startElsewhere(setting)
    try {
      const piece = Buffer.alloc(1_000_000, 'tide')
      const roundTrip = async (name: string, pieces: number) => {
        const sent = createHash('sha256')
        const body = async function* () {
          for (let index = 0; index < pieces; index += 1) {
            sent.update(piece)
            yield piece
          }
        }
        const url = `${server.url}/storage/v1/object/vault/${server.person.id}/${name}`
        const authorization = `Bearer ${server.person.token}`
        const init = { method: 'POST', headers: { authorization }, body: body(), duplex: 'half' }
        expect((await fetch(url, init as unknown as RequestInit)).status).toBe(200)
        const received = createHash('sha256')
        for await (const chunk of (await fetch(url, { headers: { authorization } })).body!) {
          received.update(chunk)
        }
        expect(received.digest('hex')).toBe(sent.digest('hex'))
      }
      // What streaming itself needs is taken by the first, smaller round.
      await roundTrip('warm', 40)
      const start = await server.residentBytes()
      let peak = 0
      let going = true
      const sampling = (async () => {
        while (going) {
          peak = Math.max(peak, (await server.residentBytes()) - start)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      })()
      await roundTrip('huge', 200)
      going = false
      await sampling
      expect(peak).toBeLessThan(100_000_000)
    } finally {
      await server.stop()
    }
  })
})
