import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesOnDisk, open, query, refusal, type Setting } from './support.ts'

let setting: Setting
const at = (name: string) => `${setting.ada.id}/${name}`
const vault = () => setting.ada.client.storage.from('vault')
const textOf = async (name: string) => (await vault().download(at(name))).data?.text()

test('many at once: each gets its own answer, and only what was let in is there', async () => {
  await vault().upload(at('many/taken.txt'), Buffer.from('first'))
  const names = Array.from({ length: 30 }, (_, index) => at(`many/${index}.txt`))
  const keys = [...names, at('many/taken.txt'), `${setting.ben.id}/many.txt`, at('many/0.txt')]
  const answers = await Promise.all(
    keys.map((key, index) =>
      vault().upload(key, Buffer.from(String(index)), { metadata: { index } }),
    ),
  )
  expect(answers.slice(1, 30).filter(({ error }) => error)).toEqual([])
  const [taken, foreign] = answers.slice(30).map(refusal)
  expect(taken).toContain('409')
  expect(foreign).toContain('403')
  // Of two of one name one is there.
  expect([answers[0], answers[32]].filter((answer) => answer?.error).length).toBe(1)
  expect(await textOf('many/taken.txt')).toBe('first')
  expect(await textOf('many/17.txt')).toBe('17')
  const rows = await query<object>(
    setting,
    `select count(*)::int as count, count(distinct version)::int as versions, count(user_metadata)::int as told
     from storage.objects where name like '%/many/%' or name like '%/many.txt'`,
  )
  expect(rows).toEqual([{ count: 31, versions: 31, told: 30 }])
  const blobs = (await filesOnDisk(setting)).filter((path) => path.includes('/blobs/'))
  const all = await query<{ count: number }>(
    setting,
    'select count(*)::int as count from storage.objects',
  )
  expect(blobs.length).toBe(all[0]!.count)
})

beforeAll(async () => {
  setting = await open()
})
afterAll(() => setting.close())

describe('upload, whatever the body', () => {
  const form = () => {
    const data = new FormData()
    data.append('', new Blob(['form'], { type: 'text/x-form' }))
    return data
  }
  const bodies: [string, () => unknown, object, string, string][] = [
    ['Buffer', () => Buffer.from('buffer'), { contentType: 'text/plain' }, 'buffer', 'text/plain'],
    [
      'ArrayBuffer',
      () => new TextEncoder().encode('array').buffer,
      { contentType: 'a/b' },
      'array',
      'a/b',
    ],
    ['string', () => 'a string', { contentType: 'text/plain' }, 'a string', 'text/plain'],
    ['Blob', () => new Blob(['blob'], { type: 'text/css' }), {}, 'blob', 'text/css'],
    ['File', () => new File(['file'], 'f', { type: 'text/html' }), {}, 'file', 'text/html'],
    ['FormData', form, {}, 'form', 'text/x-form'],
    [
      'stream',
      () => new Blob(['stream']).stream(),
      { contentType: 'x/s', duplex: 'half' },
      'stream',
      'x/s',
    ],
    ['no byte at all', () => Buffer.alloc(0), { contentType: 'text/plain' }, '', 'text/plain'],
    ['an empty Blob', () => new Blob([], { type: 'text/css' }), {}, '', 'text/css'],
  ]
  test.each(bodies)('%s', async (name, body, options, content, mediaType) => {
    const key = at(`bodies/${name}.bin`)
    const { data, error } = await vault().upload(key, body() as Blob, options)
    expect(error).toBeNull()
    expect(data).toMatchObject({ path: key, fullPath: `vault/${key}` })
    const back = await vault().download(key)
    expect(await back.data!.text()).toBe(content)
    expect(back.data!.type).toBe(mediaType)
  })

  test('answers Id and Key', async () => {
    const { data } = await vault().upload(at('id.txt'), Buffer.from('x'))
    expect(data!.id).toMatch(/^[0-9a-f-]{36}$/)
  })
  test('the row says size, type, ETag and cache, as jsonb', async () => {
    await vault().upload(at('row.txt'), Buffer.from('12345'), {
      contentType: 'text/plain',
      cacheControl: '60',
    })
    const [row] = await query<{ kind: string; metadata: object; owner_id: string }>(
      setting,
      `select jsonb_typeof(metadata) as kind, metadata, owner_id from storage.objects where name = '${at('row.txt')}'`,
    )
    expect(row).toMatchObject({ kind: 'object', owner_id: setting.ada.id })
    expect(row!.metadata).toMatchObject({
      size: 5,
      mimetype: 'text/plain',
      cacheControl: 'max-age=60',
    })
  })
  test('custom metadata of a raw body', async () => {
    await vault().upload(at('m.txt'), Buffer.from('m'), { metadata: { colour: 'blue' } })
    expect((await vault().info(at('m.txt'))).data!.metadata).toEqual({ colour: 'blue' })
  })
  test('custom metadata of a form', async () => {
    await vault().upload(at('mf.txt'), new Blob(['m']), { metadata: { n: 1 }, cacheControl: '7' })
    const { data } = await vault().info(at('mf.txt'))
    expect(data).toMatchObject({ metadata: { n: 1 }, cacheControl: 'max-age=7' })
  })
})

describe('overwriting', () => {
  test('a second upload is a Duplicate and changes nothing', async () => {
    await vault().upload(at('once.txt'), Buffer.from('first'))
    expect(refusal(await vault().upload(at('once.txt'), Buffer.from('second')))).toBe(
      '409 The resource already exists',
    )
    expect(await textOf('once.txt')).toBe('first')
  })
  test('upsert replaces bytes and type, keeps the id, and leaves no old bytes', async () => {
    const first = await vault().upload(at('up.txt'), Buffer.from('one'), {
      contentType: 'text/plain',
    })
    const before = (await filesOnDisk(setting)).length
    const second = await vault().upload(at('up.txt'), Buffer.from('two!'), {
      upsert: true,
      contentType: 'text/markdown',
    })
    expect(second.data!.id).toBe(first.data!.id)
    const back = await vault().download(at('up.txt'))
    expect([await back.data!.text(), back.data!.type]).toEqual(['two!', 'text/markdown'])
    expect((await filesOnDisk(setting)).length).toBe(before)
  })
  test('update (PUT) replaces', async () => {
    await vault().update(at('up.txt'), Buffer.from('three'), { contentType: 'text/plain' })
    expect(await textOf('up.txt')).toBe('three')
  })
})

describe('keys', () => {
  test.each([
    'sp ace.txt',
    "it's (1)!.txt",
    'a+b&c=d@e;f:g,h$.txt',
    '.hidden',
    'a..b.txt',
    'deep/er/and/deeper.txt',
  ])('takes %s', async (name) => {
    expect((await vault().upload(at(name), Buffer.from(name))).error).toBeNull()
    expect(await textOf(name)).toBe(name)
  })
  test.each(['ünï.txt', '日本.txt', 'back\\slash', 'quo"te', 'tilde~', 'x'.repeat(1025)])(
    'refuses %s',
    async (name) => {
      const path = encodeURIComponent(at(name))
      const answer = await fetch(`${setting.backend.url}/storage/v1/object/vault/${path}`, {
        method: 'POST',
        body: 'x',
        headers: { authorization: `Bearer ${setting.ada.token}` },
      })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({
        error: 'InvalidKey',
        message: `Invalid key: ${at(name)}`,
      })
    },
  )
  test.each(['..%2F..%2Fx', 'a%2F%2Fb', 'a%2F.%2Fb', 'a%00b', 'a%0Ab', '%E0%A4%A'])(
    'refuses the path %s on the wire',
    async (path) => {
      const { hostname, port } = new URL(setting.backend.url)
      const { request } = await import('node:http')
      const status = await new Promise<number>((resolve, reject) => {
        request(
          {
            hostname,
            port,
            method: 'POST',
            path: `/storage/v1/object/vault/${path}`,
            headers: { authorization: `Bearer ${setting.ada.token}` },
          },
          (response) => resolve(response.statusCode ?? 0),
        )
          .on('error', reject)
          .end('x')
      })
      expect(status).toBe(400)
    },
  )
})

describe('listing', () => {
  const names = async (prefix: string, options = {}) =>
    (await vault().list(at(prefix), options)).data!.map((entry) => entry.name)
  beforeAll(async () => {
    for (const name of ['one.txt', 'two.txt', 'sub/three.txt', 'sub/more/four.txt']) {
      await vault().upload(at(`list/${name}`), Buffer.from(name), { contentType: 'text/plain' })
    }
    await vault().upload(at('list2/x.txt'), Buffer.from('x'))
  })
  test('one level: folders first, then files', async () => {
    expect(await names('list')).toEqual(['sub', 'one.txt', 'two.txt'])
  })
  test('a folder has neither id nor metadata', async () => {
    const [folder, file] = (await vault().list(at('list'))).data!
    expect(folder).toMatchObject({ name: 'sub', id: null, metadata: null })
    expect(file).toMatchObject({ name: 'one.txt', metadata: { size: 7, mimetype: 'text/plain' } })
    expect(file!.id).toMatch(/^[0-9a-f-]{36}$/)
  })
  test('a trailing slash is the same folder', async () => {
    expect(await names('list/sub/')).toEqual(['more', 'three.txt'])
  })
  test('limit and offset', async () => {
    expect(await names('list', { limit: 1, offset: 1 })).toEqual(['one.txt'])
  })
  test('descending', async () => {
    expect(await names('list', { sortBy: { column: 'name', order: 'desc' } })).toEqual([
      'sub',
      'two.txt',
      'one.txt',
    ])
  })
  test('search', async () => {
    expect(await names('list', { search: 'TW' })).toEqual(['two.txt'])
  })
  test('search takes % and _ as letters', async () => {
    expect(await names('list', { search: '%' })).toEqual([])
    expect(await names('list', { search: '_' })).toEqual([])
  })
  test('an unknown folder is empty', async () => {
    expect(await names('nowhere')).toEqual([])
  })
  test('listV2 goes through all depths in pages', async () => {
    const first = await vault().listV2({ prefix: at('list/'), limit: 2 })
    expect(first.data).toMatchObject({ hasNext: true, folders: [] })
    const second = await vault().listV2({
      prefix: at('list/'),
      limit: 2,
      cursor: first.data!.nextCursor!,
    })
    expect(second.data!.hasNext).toBe(false)
    const all = [...first.data!.objects, ...second.data!.objects].map((entry) => entry.name)
    expect(all).toEqual(
      ['one.txt', 'sub/more/four.txt', 'sub/three.txt', 'two.txt'].map((n) => at(`list/${n}`)),
    )
  })
  test('listV2 with a delimiter shows one level', async () => {
    const { data } = await vault().listV2({ prefix: at('list/'), with_delimiter: true })
    expect(data!.folders.map((entry) => entry.name)).toEqual([at('list/sub/')])
    expect(data!.objects.map((entry) => entry.name)).toEqual([
      at('list/one.txt'),
      at('list/two.txt'),
    ])
  })
})

describe('info, exists, move, copy, remove', () => {
  test('info', async () => {
    await vault().upload(at('info.txt'), Buffer.from('hello'), { contentType: 'text/plain' })
    expect((await vault().info(at('info.txt'))).data).toMatchObject({
      name: at('info.txt'),
      bucketId: 'vault',
      size: 5,
      contentType: 'text/plain',
      etag: '"5d41402abc4b2a76b9719d911017c592"',
    })
  })
  test('exists', async () => {
    expect((await vault().exists(at('info.txt'))).data).toBe(true)
    expect((await vault().exists(at('nothing.txt'))).data).toBe(false)
  })
  test('move', async () => {
    expect((await vault().move(at('info.txt'), at('moved/info.txt'))).data!.message).toBe(
      'Successfully moved',
    )
    expect(await textOf('moved/info.txt')).toBe('hello')
    expect(refusal(await vault().info(at('info.txt')))).toMatch(/Object not found/)
  })
  test('move onto another is a Duplicate', async () => {
    await vault().upload(at('other.txt'), Buffer.from('other'))
    expect(refusal(await vault().move(at('moved/info.txt'), at('other.txt')))).toBe(
      '409 The resource already exists',
    )
    expect(await textOf('other.txt')).toBe('other')
  })
  test('move of nothing', async () => {
    expect(refusal(await vault().move(at('nope'), at('nope2')))).toBe('404 Object not found')
  })
  test('copy has its own bytes', async () => {
    expect((await vault().copy(at('other.txt'), at('copy.txt'))).data!.path).toBe(
      `vault/${at('copy.txt')}`,
    )
    await vault().remove([at('other.txt')])
    expect(await textOf('copy.txt')).toBe('other')
  })
  test('copy onto another is a Duplicate and leaves nothing', async () => {
    const before = (await filesOnDisk(setting)).length
    expect(refusal(await vault().copy(at('copy.txt'), at('moved/info.txt')))).toBe(
      '409 The resource already exists',
    )
    expect((await filesOnDisk(setting)).length).toBe(before)
  })
  test('remove answers what was removed, and the bytes go', async () => {
    const before = (await filesOnDisk(setting)).length
    const { data } = await vault().remove([at('copy.txt'), at('missing')])
    expect(data!.map((entry) => entry.name)).toEqual([at('copy.txt')])
    expect((await filesOnDisk(setting)).length).toBe(before - 1)
  })
  test('download of nothing', async () => {
    const answer = await vault().download(at('missing'))
    expect((answer.error as { status?: number } | null)?.status).toBe(400)
  })
})

describe('buckets', () => {
  test('no such bucket', async () => {
    expect(
      refusal(await setting.ada.client.storage.from('none').upload('x', Buffer.from('x'))),
    ).toBe('404 Bucket not found')
    expect(refusal(await setting.ada.client.storage.from('none').list())).toBe(
      '404 Bucket not found',
    )
  })
  test('are listed as policies allow', async () => {
    const names = (await setting.ada.client.storage.listBuckets()).data!.map(
      (bucket) => bucket.name,
    )
    expect(names).toContain('vault')
    expect(names).not.toContain('letterbox')
  })
  test('a person may not create one', async () => {
    expect(refusal(await setting.ada.client.storage.createBucket('mine'))).toBe(
      '403 new row violates row-level security policy',
    )
  })
  test('the service may, with limits', async () => {
    const { storage } = setting.service
    const made = await storage.createBucket('made', {
      public: false,
      fileSizeLimit: '1MB',
      allowedMimeTypes: ['image/*'],
    })
    expect(made.data).toMatchObject({ name: 'made' })
    expect((await storage.getBucket('made')).data).toMatchObject({
      file_size_limit: 1_000_000,
      allowed_mime_types: ['image/*'],
    })
    expect(refusal(await storage.createBucket('made'))).toBe('409 The resource already exists')
    await storage.updateBucket('made', {
      public: true,
      fileSizeLimit: 2048,
      allowedMimeTypes: null,
    })
    expect((await storage.getBucket('made')).data).toMatchObject({
      public: true,
      file_size_limit: 2048,
      allowed_mime_types: null,
    })
  })
  test('is emptied before it is deleted', async () => {
    const { storage } = setting.service
    await storage.from('made').upload('a', Buffer.from('a'))
    expect(refusal(await storage.deleteBucket('made'))).toBe(
      '409 The bucket you tried to delete is not empty',
    )
    expect((await storage.emptyBucket('made')).error).toBeNull()
    expect((await storage.deleteBucket('made')).data!.message).toBe('Successfully deleted')
    expect(refusal(await storage.getBucket('made'))).toBe('404 Bucket not found')
  })
})
