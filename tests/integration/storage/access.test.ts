import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { open, refusal, type Setting } from './support.ts'

let setting: Setting
const at = (name: string) => `${setting.ada.id}/${name}`
const ada = (bucket = 'vault') => setting.ada.client.storage.from(bucket)
const ben = (bucket = 'vault') => setting.ben.client.storage.from(bucket)
const denied = '403 new row violates row-level security policy'
const objectUrl = (name: string) => `${setting.backend.url}/storage/v1/object/vault/${at(name)}`
const answerOf = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const tokenOf = (
  claims: Record<string, unknown>,
  secret = setting.backend.jwtSecret,
  expires = '1h',
) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))

beforeAll(async () => {
  setting = await open()
  await ada().upload(at('a.txt'), Buffer.from('secret'), { contentType: 'text/plain' })
})
afterAll(() => setting.close())

describe('another person', () => {
  test('cannot upload into a folder that is not theirs', async () => {
    expect(refusal(await ben().upload(at('evil.txt'), Buffer.from('x')))).toBe(denied)
  })
  test('cannot replace', async () => {
    expect(refusal(await ben().upload(at('a.txt'), Buffer.from('x'), { upsert: true }))).toBe(
      denied,
    )
    expect(await (await ada().download(at('a.txt'))).data!.text()).toBe('secret')
  })
  test('cannot upload a large body either, and is told before it is read', async () => {
    expect(refusal(await ben().upload(at('big.bin'), Buffer.alloc(3_000_000)))).toBe(denied)
  })
  test('cannot download, and is not told that it exists', async () => {
    expect((await ben().download(at('a.txt'))).data).toBeNull()
    expect(refusal(await ben().info(at('a.txt')))).toMatch(/Object not found/)
    expect((await ben().exists(at('a.txt'))).data).toBe(false)
  })
  test('sees an empty folder', async () => {
    expect((await ben().list(setting.ada.id)).data).toEqual([])
    expect((await ben().listV2({ prefix: setting.ada.id })).data!.objects).toEqual([])
  })
  test('removes nothing', async () => {
    expect((await ben().remove([at('a.txt')])).data).toEqual([])
    expect((await ada().exists(at('a.txt'))).data).toBe(true)
  })
  test('cannot move or copy it away', async () => {
    const mine = `${setting.ben.id}/a.txt`
    expect(refusal(await ben().move(at('a.txt'), mine))).toBe('404 Object not found')
    expect(refusal(await ben().copy(at('a.txt'), mine))).toBe('404 Object not found')
  })
  test('cannot move or copy their own into a foreign folder', async () => {
    await ben().upload(`${setting.ben.id}/b.txt`, Buffer.from('b'))
    expect(refusal(await ben().move(`${setting.ben.id}/b.txt`, at('b.txt')))).toBe(denied)
    expect(refusal(await ben().copy(`${setting.ben.id}/b.txt`, at('b.txt')))).toBe(denied)
  })
  test('gets no signed URL, for reading or for writing', async () => {
    expect(refusal(await ben().createSignedUrl(at('a.txt'), 60))).toBe('404 Object not found')
    expect((await ben().createSignedUrls([at('a.txt')], 60)).data![0]).toMatchObject({
      signedUrl: null,
    })
    expect(refusal(await ben().createSignedUploadUrl(at('new.txt')))).toBe(denied)
  })
})

describe('nobody, and the service', () => {
  test('nobody uploads', async () => {
    expect(
      refusal(await setting.anonymous.storage.from('vault').upload('x/y', Buffer.from('x'))),
    ).toBe(denied)
  })
  test('nobody reads', async () => {
    expect((await setting.anonymous.storage.from('vault').download(at('a.txt'))).data).toBeNull()
  })
  test('the service reads and writes past the policies', async () => {
    const vault = setting.service.storage.from('vault')
    expect(await (await vault.download(at('a.txt'))).data!.text()).toBe('secret')
    expect((await vault.upload('anywhere/x.txt', Buffer.from('x'))).error).toBeNull()
  })
  test('an INSERT policy alone is enough to add, and not enough to look', async () => {
    expect((await ada('letterbox').upload('note.txt', Buffer.from('x'))).error).toBeNull()
    expect((await ada('letterbox').download('note.txt')).data).toBeNull()
    expect(
      refusal(await ada('letterbox').upload('note.txt', Buffer.from('y'), { upsert: true })),
    ).toBe(denied)
  })
})

describe('credentials', () => {
  const upload = (headers: Record<string, string>) =>
    answerOf(objectUrl(`t-${Math.random()}`), { method: 'POST', body: 'x', headers })
  test('none at all', async () => {
    expect((await upload({})).body.message).toBe(
      "headers must have required property 'authorization'",
    )
  })
  test('an unknown key', async () => {
    expect(await upload({ apikey: 'sb_publishable_wrong' })).toMatchObject({ status: 401 })
  })
  test.each(['a.b.c', 'nonsense'])('a token that is none: %s', async (token) => {
    const answer = await upload({ authorization: `Bearer ${token}` })
    expect(answer).toMatchObject({
      status: 400,
      body: { statusCode: '403', error: 'Unauthorized' },
    })
  })
  test('a token of another secret', async () => {
    const token = await tokenOf({ sub: setting.ada.id, role: 'authenticated' }, 'x'.repeat(40))
    expect((await upload({ authorization: `Bearer ${token}` })).body.statusCode).toBe('403')
  })
  test('an expired token', async () => {
    const token = await tokenOf({ sub: setting.ada.id, role: 'authenticated' }, undefined, '-1s')
    const answer = await upload({ authorization: `Bearer ${token}` })
    expect(answer.body).toMatchObject({
      statusCode: '403',
      message: '"exp" claim timestamp check failed',
    })
  })
  test('an expired token reads nothing and is told why, not "not found"', async () => {
    const token = await tokenOf({ sub: setting.ada.id, role: 'authenticated' }, undefined, '-1s')
    const answer = await answerOf(objectUrl('a.txt'), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.body.statusCode).toBe('403')
  })
  test.each(['postgres', 'supabase_admin', 'none'])('no token makes the role %s', async (role) => {
    const token = await tokenOf({ sub: setting.ada.id, role })
    expect((await upload({ authorization: `Bearer ${token}` })).body.statusCode).toBe('403')
  })
  test('an unsigned token', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'none' })}.${part({ sub: setting.ada.id, role: 'service_role' })}.`
    expect((await upload({ authorization: `Bearer ${token}` })).body.statusCode).toBe('403')
  })
})

describe('signed URLs', () => {
  test('let anyone read, for a while', async () => {
    const { data } = await ada().createSignedUrl(at('a.txt'), 60)
    const response = await fetch(data!.signedUrl)
    expect([response.status, await response.text()]).toEqual([200, 'secret'])
  })
  test('save under a name', async () => {
    const { data } = await ada().createSignedUrl(at('a.txt'), 60, { download: 'tide chart.txt' })
    const response = await fetch(data!.signedUrl)
    expect(response.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''tide%20chart.txt",
    )
    const other = await fetch(
      `${String(data!.signedUrl).replace(/&download.*/, '')}&download=%C3%A4.txt`,
    )
    expect(other.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%C3%A4.txt")
  })
  test('many at once, each with its own answer', async () => {
    const { data } = await ada().createSignedUrls([at('a.txt'), at('none')], 60)
    expect(await (await fetch(data![0]!.signedUrl ?? '')).text()).toBe('secret')
    expect(data![1]).toMatchObject({
      path: at('none'),
      error: expect.stringContaining('does not exist'),
    })
  })
  test('expire', async () => {
    const { data } = await ada().createSignedUrl(at('a.txt'), 1)
    await new Promise((resolve) => setTimeout(resolve, 2100))
    expect(await answerOf(data!.signedUrl)).toMatchObject({
      status: 400,
      body: { error: 'InvalidJWT' },
    })
  })
  test('hold for one object only', async () => {
    await ada().upload(at('b.txt'), Buffer.from('other'))
    const { data } = await ada().createSignedUrl(at('a.txt'), 60)
    const answer = await answerOf(data!.signedUrl.replace('a.txt', 'b.txt'))
    expect(answer.body.message).toBe('The url in the token does not match')
  })
  test('need a token', async () => {
    expect(
      (await answerOf(`${setting.backend.url}/storage/v1/object/sign/vault/${at('a.txt')}`)).status,
    ).toBe(400)
  })
  test('a ticket is no access token', async () => {
    const { data } = await ada().createSignedUrl(at('a.txt'), 60)
    const token = new URL(data!.signedUrl).searchParams.get('token')
    const answer = await answerOf(objectUrl('x'), {
      method: 'POST',
      body: 'x',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.body.statusCode).toBe('403')
  })
  test('let nobody upload one object, once, as their owner', async () => {
    const { data } = await ada().createSignedUploadUrl(at('signed.txt'))
    const nobody = setting.anonymous.storage.from('vault')
    const first = await nobody.uploadToSignedUrl(data!.path, data!.token, Buffer.from('signed'), {
      contentType: 'text/plain',
    })
    expect(first.error).toBeNull()
    expect(await (await ada().download(at('signed.txt'))).data!.text()).toBe('signed')
    expect(
      refusal(await nobody.uploadToSignedUrl(data!.path, data!.token, Buffer.from('again'))),
    ).toBe('409 The resource already exists')
    expect(
      refusal(await nobody.uploadToSignedUrl(at('else.txt'), data!.token, Buffer.from('x'))),
    ).toMatch(/does not match/)
  })
  test('a ticket to upload does not read', async () => {
    const { data } = await ada().createSignedUploadUrl(at('a2.txt'))
    await ada().upload(at('a2.txt'), Buffer.from('x'))
    const answer = await answerOf(
      `${setting.backend.url}/storage/v1/object/sign/vault/${at('a2.txt')}?token=${data!.token}`,
    )
    expect(answer.status).toBe(400)
  })
})

describe('public buckets and limits', () => {
  const png = () =>
    ada('avatars').upload(`${setting.ada.id}.png`, Buffer.from('png'), {
      contentType: 'image/png',
      upsert: false,
    })
  test('are read by anyone without a key', async () => {
    await png()
    const { publicUrl } = ada('avatars').getPublicUrl(`${setting.ada.id}.png`).data
    const response = await fetch(publicUrl)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
  })
  test('a private bucket has no public door', async () => {
    const { publicUrl } = ada().getPublicUrl(at('a.txt')).data
    expect((await answerOf(publicUrl)).body.message).toBe('Bucket not found')
  })
  test('refuse another media type', async () => {
    const answer = await ada('avatars').upload(`${setting.ada.id}.txt`, Buffer.from('x'), {
      contentType: 'text/plain',
    })
    expect(refusal(answer)).toBe('415 mime type text/plain is not supported')
  })
  test('refuse another media type in a form', async () => {
    const answer = await ada('avatars').upload(
      `${setting.ada.id}.txt`,
      new Blob(['x'], { type: 'text/plain' }),
    )
    expect(refusal(answer)).toBe('415 mime type text/plain is not supported')
  })
  test('refuse one byte too many, and take the last that fits', async () => {
    const upload = (name: string, size: number) =>
      ada('avatars').upload(`${setting.ada.id}-${name}.png`, Buffer.alloc(size), {
        contentType: 'image/png',
      })
    expect(refusal(await upload('big', 1_048_577))).toBe(
      '413 The object exceeded the maximum allowed size',
    )
    expect((await upload('fits', 1_048_576)).error).toBeNull()
  })
})

describe('the real policies of artifact files', () => {
  test('take a hash key from a contributor, nothing else, and never a second time', async () => {
    const { client } = setting.ada
    const workspace = await client.rpc('create_workspace', {
      name: 'Storage',
      company_name: 'Storage',
    })
    const project = await client.rpc('create_project', { workspace: workspace.data, name: 'Files' })
    const made = await client
      .from('artifacts')
      .insert({ project_id: project.data, title: 'T', artifact_type: 'website' })
      .select('id')
      .single()
    const id = made.data!.id as string
    const key = `${id}/${'a'.repeat(64)}`
    const files = client.storage.from('artifact-files')
    expect((await files.upload(key, Buffer.from('x'))).error).toBeNull()
    expect(refusal(await files.upload(key, Buffer.from('y')))).toBe(
      '409 The resource already exists',
    )
    expect(refusal(await files.upload(key, Buffer.from('y'), { upsert: true }))).toBe(denied)
    expect(refusal(await files.upload(`${id}/index.html`, Buffer.from('x')))).toBe(denied)
    expect((await files.remove([key])).data).toEqual([])
    const stranger = setting.ben.client.storage.from('artifact-files')
    expect((await stranger.download(key)).data).toBeNull()
    expect(refusal(await stranger.upload(`${id}/${'b'.repeat(64)}`, Buffer.from('x')))).toBe(denied)
  })
})
