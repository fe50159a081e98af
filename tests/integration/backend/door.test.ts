import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { proves } from '../../../electron/main/connection/proof.ts'
import { followInBrowser, startGitHubStandIn } from '../../fixtures/github-stand-in.ts'
import { type Library, openLibraries, password } from './library.ts'

/* What a page, a stranger on this computer, and somebody with the key may not do; and beside it what they may. */

let libraries: Awaited<ReturnType<typeof openLibraries>>
let github: Awaited<ReturnType<typeof startGitHubStandIn>>
let library: Library
const secret = randomBytes(32).toString('hex')

beforeAll(async () => {
  github = await startGitHubStandIn()
  libraries = await openLibraries()
  library = await libraries.open('door', {
    identitySecret: secret,
    oauth: { github: { clientId: github.clientId, secret: github.secret, url: github.url } },
  })
})
afterAll(async () => {
  await libraries?.close()
  await github?.stop()
})

type Asked = { path: string; headers?: Record<string, string>; method?: string; body?: string }
/** With headers that fetch would not let anybody set. */
const ask = async ({ path, headers = {}, method = 'GET', body }: Asked) => {
  const sent = request(`${library.backend.url}${path}`, {
    method,
    headers: { apikey: library.backend.publishableKey, ...headers },
  })
  sent.on('error', () => {})
  sent.end(body)
  const [answer] = await once(sent, 'response')
  let text = ''
  for await (const chunk of answer) text += chunk
  return { status: answer.statusCode as number, headers: answer.headers, text }
}
const auth = (path: string, body: unknown) =>
  fetch(`${library.backend.url}/auth/v1/${path}`, {
    method: 'POST',
    headers: { apikey: library.backend.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const paths = ['/rest/v1/books?select=id', '/auth/v1/settings', '/storage/v1/status', '/nothing']

describe('the door', () => {
  it.each(paths)('%s answers nobody who calls this computer by another name', async (path) => {
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '[::1]']) {
      const answer = await ask({ path, headers: { host } })
      expect([400, 421]).toContain(answer.status)
      expect(answer.text).not.toMatch(/atelier|supabase|key/i)
    }
  })
  it.each(paths)('%s answers no other page, and tells none that it is here', async (path) => {
    const strangers: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:3000' },
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ]
    for (const headers of strangers)
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const answer = await ask({ path, method, headers })
        expect(answer.status).toBe(403)
        expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      }
  })
  it.each([
    '/_system/info',
    '/_system/config',
    '/%5fsystem/info',
    '/%5Fsystem/config',
    '/%61uth/v1/authorize?provider=github&redirect_to=http://127.0.0.1:1/x',
    '/auth/v1/%61uthorize?provider=github&redirect_to=http://127.0.0.1:1/x',
    '/auth/v1/%76erify?type=magiclink&token=123456',
    '/%73torage/v1/bucket',
    '/graphql/v1',
  ])('%s is nothing that is here, whoever asks', async (path) => {
    const { backend } = library
    for (const apikey of ['', backend.publishableKey, backend.secretKey]) {
      const answer = await ask({ path, headers: { apikey } })
      expect(answer.status).toBe(404)
      expect(answer.text).toBe('')
    }
  })
  it('answers what is here, and objects of any name', async () => {
    const found = [
      await ask({ path: '/rest/v1/books?select=id&title=eq.%61' }),
      await ask({ path: '/auth/v1/settings' }),
      await ask({ path: '/auth/v1/.well-known/jwks.json' }),
    ]
    expect(found.map(({ status }) => status)).toEqual([200, 200, 200])
    const object = await ask({ path: '/storage/v1/object/artifact-files/a%20%C3%A4/b' })
    // Storage's own refusal: it was asked.
    expect(JSON.parse(object.text)).toMatchObject({ error: expect.any(String) })
  })
  it('answers the application, and names it', async () => {
    const headers = { origin: 'app://atelier', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
    for (const path of paths.slice(0, 3)) {
      const answer = await ask({ path, headers })
      expect(answer.status).toBe(200)
      expect(answer.headers['access-control-allow-origin']).toBe('app://atelier')
      const before = await ask({ path, method: 'OPTIONS', headers })
      expect(before.status).toBeLessThan(300)
      expect(before.headers['access-control-allow-origin']).toBe('app://atelier')
    }
    expect((await ask({ path: paths[0]!, headers: { host: 'localhost:1' } })).status).toBe(200)
  })
  it('tells whoever has no Origin nothing of one', async () => {
    for (const path of paths)
      expect((await ask({ path })).headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('its identity', () => {
  it('is proven to who started it', async () => {
    expect(await proves(library.backend.url, secret, fetch)).toBe(true)
  })
  it('is no other’s, whatever they pass on', async () => {
    expect(await proves(library.backend.url, randomBytes(32).toString('hex'), fetch)).toBe(false)
    const relay: typeof fetch = (url, init) =>
      fetch(String(url).replace('http://127.0.0.1:9', library.backend.url), init)
    expect(await proves('http://127.0.0.1:9', secret, relay)).toBe(false)
    const echo: typeof fetch = async () =>
      new Response(null, { headers: { 'x-atelier-identity': '' } })
    expect(await proves(library.backend.url, secret, echo)).toBe(false)
  })
})

describe('a sign-in through the browser', () => {
  const callback = 'atelier://auth/callback?flow=11111111-1111-4111-8111-111111111111'
  const authorize = (parameters: Record<string, string>) =>
    ask({
      path: `/auth/v1/authorize?${new URLSearchParams({ provider: 'github', ...parameters })}`,
    })
  const verifier = randomBytes(40).toString('base64url')
  const challenge = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 's256',
  }

  it.each([
    ['without a challenge', { redirect_to: callback }],
    [
      'with the verifier in the open',
      { redirect_to: callback, code_challenge: verifier, code_challenge_method: 'plain' },
    ],
    ['to a port of this computer', { ...challenge, redirect_to: 'http://127.0.0.1:1/x' }],
    ['to localhost', { ...challenge, redirect_to: 'http://localhost:1/x' }],
    ['to its own server', { ...challenge, redirect_to: 'http://127.0.0.1/' }],
    ['to another door of the application', { ...challenge, redirect_to: 'atelier://elsewhere/x' }],
    ['to nowhere', challenge],
  ])('%s is refused', async (_, parameters) => {
    expect((await authorize(parameters as Record<string, string>)).status).toBe(400)
  })
  it('with PKCE and to the application ends there, with a code', async () => {
    const answer = await authorize({ ...challenge, redirect_to: callback })
    expect(answer.status).toBe(302)
    const end = new URL(await followInBrowser(String(answer.headers.location)))
    expect(`${end.protocol}//${end.host}${end.pathname}`).toBe('atelier://auth/callback')
    expect(end.hash).toBe('')
    expect(end.searchParams.get('code')).toBeTruthy()
  })
  it('does not end with a mailed link, which bears tokens in its address', async () => {
    const answer = await ask({
      path: `/auth/v1/verify?type=magiclink&token=123456&redirect_to=${encodeURIComponent(callback)}`,
    })
    expect(answer.status).toBe(405)
  })
})

describe('what is sent', () => {
  it.each(['token?grant_type=password', 'otp', 'signup', 'recover', 'verify', 'magiclink'])(
    '%s of another shape is refused as such',
    async (path) => {
      for (const body of [
        { email: {} },
        { email: [] },
        { email: 5, password: {} },
        [],
        'x',
        null,
      ]) {
        const answer = await auth(path, body)
        expect(answer.status).toBe(400)
      }
    },
  )
  it('is bounded: nobody fills this computer’s memory', async () => {
    const big = (path: string, bytes: number) =>
      ask({ path, method: 'POST', headers: { 'content-length': String(bytes) } })
    expect((await big('/rest/v1/books', 60e6)).status).toBe(413)
    expect((await big('/auth/v1/signup', 1e6)).status).toBe(413)
    const endless = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' }
    for (const path of ['/rest/v1/books', '/auth/v1/signup'])
      expect((await ask({ path, method: 'POST', headers: endless, body: '{}' })).status).toBe(411)
    const list = await ask({
      path: '/storage/v1/object/list/artifact-files',
      method: 'POST',
      headers: { ...endless, authorization: `Bearer ${library.token('ada')}` },
      body: `{"prefix":"${'x'.repeat(5e6)}"}`,
    })
    expect(list.status).toBe(413)
  })
  it('may be as large as what people do', async () => {
    const titles = Array.from({ length: 5_000 }, (_, place) => ({
      title: `${place} ${'t'.repeat(1_000)}`,
      owner: decodeJwt(library.token('ada')).sub,
    }))
    const { error } = await library.ada.from('books').insert(titles)
    expect(error).toBeNull()
  })
})

describe('guessing', () => {
  const statuses = async (count: number, each: (place: number) => Promise<Response>) => {
    const found = await Promise.all(Array.from({ length: count }, (_, place) => each(place)))
    return found.map(({ status }) => status)
  }
  it('is not what who signs in rightly does, however often', async () => {
    for (let times = 0; times < 35; times += 1) {
      const { status } = await auth('token?grant_type=password', {
        email: 'ada@library.example',
        password,
      })
      expect(status).toBe(200)
    }
  })
  it('at one person’s password ends after thirty tries, and nobody else waits for that', async () => {
    const tries = await statuses(60, (place) =>
      auth('token?grant_type=password', { email: 'ben@library.example', password: `p${place}` }),
    )
    expect(tries.filter((status) => status === 429)).toHaveLength(30)
    const right = await auth('token?grant_type=password', {
      email: 'ada@library.example',
      password,
    })
    expect(right.status).toBe(200)
    const refused = await auth('token?grant_type=password', {
      email: 'BEN@library.example',
      password,
    })
    expect(await refused.json()).toMatchObject({ error_code: 'over_request_rate_limit' })
  })
  it('ends however the address of it is spelled', async () => {
    const paths = ['%74oken', 'tok%65n', './token', 'x/../token']
    const tries = await statuses(80, (place) =>
      auth(`${paths[place % paths.length]}?grant_type=password`, {
        email: 'dee@library.example',
        password: `p${place}`,
      }),
    )
    // At most the thirty that anybody has; the others were refused, or are nothing here.
    expect(tries.filter((status) => status === 400).length).toBeLessThanOrEqual(30)
    expect(tries.filter((status) => status === 404)).toHaveLength(40)
  })
  it('at a mailed code ends, too, and so do mails', async () => {
    const codes = await statuses(60, (place) =>
      auth('verify', { type: 'email', email: 'cy@library.example', token: `${100_000 + place}` }),
    )
    expect(codes.filter((status) => status === 429)).toHaveLength(30)
    const mails = await statuses(60, () => auth('otp', { email: 'cy@library.example' }))
    expect(mails.filter((status) => status === 429).length).toBeGreaterThanOrEqual(30)
  })
  it('at everybody’s together ends', async () => {
    const tries = await statuses(120, (place) =>
      auth('token?grant_type=password', { email: `p${place}@library.example`, password: 'guess' }),
    )
    expect(tries).toContain(429)
  })
})

describe('time', () => {
  it.each([
    ['nobody', 3, () => library.nobody],
    ['ada', 8, () => library.ada],
  ] as const)('%s has %i seconds for one statement', async (_, seconds, client) => {
    const started = performance.now()
    const { error } = await client().rpc('wait', { seconds: 30 })
    expect(error).toMatchObject({ code: '57014' })
    expect((performance.now() - started) / 1000).toBeLessThan(seconds + 5)
    expect((await client().rpc('wait', { seconds: 0.1 })).error).toBeNull()
  })
  it('the service has its own', async () => {
    expect((await library.service.rpc('wait', { seconds: 9 })).error).toBeNull()
  })
})
