import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { chromiumHere } from '../../../host/browser.ts'
import { httpVersionOf } from '../../../src/network/http-version.ts'
import { codeOfNetError } from '../../../src/network/net-error.ts'
import { type Authority, makeAuthority } from '../../fixtures/authority.ts'
import { startSigningProxy } from '../../fixtures/signing-proxy.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

// What the product takes for granted of Chromium's network, of the Chromium that is here.

let authority: Authority
beforeAll(async () => {
  authority = await makeAuthority(join(await temporaryFolder('authority'), 'ca'), 'Harbour CA')
})
const closes: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})
const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closes.push(() => server.close())
  return (server.address() as AddressInfo).port
}
const openPage = async (args: string[] = []): Promise<Page> => {
  const executablePath = chromiumHere()
  if (!executablePath) throw new Error('Chromium is not here.')
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [...args, '--disable-background-networking'],
    chromiumSandbox: process.getuid?.() !== 0,
  })
  closes.push(() => browser.close())
  return (await browser.newContext()).newPage()
}
const errorAt = (page: Page, url: string): Promise<string> =>
  page.goto(url).then(
    () => '',
    (error: Error) => error.message,
  )

test('a certificate of nobody’s, and a port without TLS, are errors that the table has', async () => {
  const page = await openPage()
  const own = await authority.issue({ name: 'IP:127.0.0.1' })
  const secure = await portOf(createHttpsServer(own, (_, response) => response.end('told')))
  const weak = await authority.issue({ name: 'IP:127.0.0.1', bits: 1024 })
  const short = await portOf(
    createHttpsServer({ ...weak, ciphers: 'DEFAULT@SECLEVEL=0' }, (_, answer) => answer.end('')),
  )
  const open = await portOf(createServer((_, response) => response.end('told')))
  const codeAt = async (port: number) =>
    codeOfNetError(await errorAt(page, `https://127.0.0.1:${port}/`))
  expect(await codeAt(secure)).toBe('network.certificate-unknown-authority')
  // Of several faults Chromium names the worst.
  expect(await codeAt(short)).toBe('network.certificate-unknown-authority')
  expect(await codeAt(open)).toBe('network.not-encrypted')
})

type Told = { httpVersion: string; statusMessage: string; rawHeaders: string[] }
const toldAt = async (page: Page, url: string): Promise<Told & { protocol: string }> => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Security.setIgnoreCertificateErrors', { ignore: true })
  // What the page asks for by itself, an icon perhaps of the page before, is answered on the same session.
  const asked = new Promise<string>((done) =>
    devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (request.url === url) done(requestId)
    }),
  )
  const heard = Promise.all([
    new Promise<{ statusText: string; protocol?: string | undefined }>((done) =>
      devtools.on('Network.responseReceived', async ({ requestId, response }) => {
        if (requestId === (await asked)) done(response)
      }),
    ),
    new Promise<Record<string, string>>((done) =>
      devtools.on('Network.responseReceivedExtraInfo', async ({ requestId, headers }) => {
        if (requestId === (await asked)) done(headers)
      }),
    ),
  ])
  await page.goto(url)
  const [{ statusText, protocol = '' }, headers] = await heard
  const rawHeaders = Object.entries(headers).flat()
  return { httpVersion: '1.1', statusMessage: statusText, rawHeaders, protocol }
}

test('an answer over HTTP/2 has no reason phrase and lower-case names, one over HTTP/1.1 has', async () => {
  const page = await openPage()
  const own = await authority.issue({ name: 'IP:127.0.0.1' })
  const newer = await portOf(
    createSecureServer(own, (_, response) => {
      response.setHeader('X-Harbour', 'A')
      response.end('told')
    }),
  )
  const older = await portOf(
    createHttpsServer(own, (_, response) => response.setHeader('X-Harbour', 'A').end('told')),
  )
  const overNewer = await toldAt(page, `https://127.0.0.1:${newer}/`)
  expect(overNewer).toMatchObject({ protocol: 'h2', statusMessage: '' })
  expect(httpVersionOf(overNewer)).toBe('2')
  const overOlder = await toldAt(page, `https://127.0.0.1:${older}/`)
  expect(overOlder).toMatchObject({ protocol: 'http/1.1', statusMessage: 'OK' })
  expect(httpVersionOf(overOlder)).toBe('1.1')
})

type Challenge = { source?: string | undefined; scheme: string; realm: string; origin: string }
/** Answers a proxy's questions in turn; without an answer it is cancelled. */
const answering = async (page: Page, answers: (readonly [string, string])[]) => {
  const asked: Challenge[] = []
  const devtools: CDPSession = await page.context().newCDPSession(page)
  await devtools.send('Fetch.enable', { handleAuthRequests: true })
  devtools.on('Fetch.requestPaused', ({ requestId }) => {
    void devtools.send('Fetch.continueRequest', { requestId }).catch(() => {})
  })
  devtools.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
    asked.push(authChallenge)
    const [username, password] = answers.shift() ?? []
    void devtools
      .send('Fetch.continueWithAuth', {
        requestId,
        authChallengeResponse:
          username === undefined || password === undefined
            ? { response: 'CancelAuth' }
            : { response: 'ProvideCredentials', username, password },
      })
      .catch(() => {})
  })
  return asked
}
const behind = (address: string): string[] => [
  `--proxy-server=${address}`,
  '--proxy-bypass-list=<-loopback>',
]

test('a proxy that refused a password asks again, and once it took one it asks no more', async () => {
  const site = await portOf(createServer((_, response) => response.end('told')))
  const proxy = await startSigningProxy({ userName: 'ada', password: 'tide' })
  closes.push(proxy.close)
  const page = await openPage(behind(proxy.address))
  const asked = await answering(page, [
    ['ada', 'wrong'],
    ['ada', 'tide'],
  ])
  await page.goto(`http://127.0.0.1:${site}/`)
  expect(await page.textContent('body')).toBe('told')
  expect(asked).toMatchObject([
    { source: 'Proxy', scheme: 'basic', realm: 'Harbour network' },
    { source: 'Proxy', scheme: 'basic', realm: 'Harbour network' },
  ])
  await page.goto(`http://127.0.0.1:${site}/other`)
  expect(asked).toHaveLength(2)
})

test('a question that is declined is an answer 407, and through a tunnel none of the proxy’s words', async () => {
  const proxy = await startSigningProxy({ userName: 'ada', password: 'tide' })
  closes.push(proxy.close)
  const page = await openPage(behind(proxy.address))
  await answering(page, [])
  const answer = await page.goto('http://plain.example/')
  expect(answer?.status()).toBe(407)
  const told = await errorAt(page, 'https://tunnel.example/')
  // Chromium's word for a refusal without a body.
  expect(told).toContain('ERR_HTTP_RESPONSE_CODE_FAILURE')
})

test('a password goes to a proxy of Digest’s as a digest', async () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const heard: string[] = []
  const proxy = await portOf(
    createServer((request, response) => {
      const given = request.headers['proxy-authorization'] ?? ''
      const { response: digest, uri } = Object.fromEntries(
        [...given.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
      )
      const right = md5(`${md5('ada:Digest quay:tide')}:n0nce:${md5(`GET:${uri}`)}`)
      heard.push(given)
      if (digest === right) response.end('told')
      else
        response
          .writeHead(407, { 'proxy-authenticate': 'Digest realm="Digest quay", nonce="n0nce"' })
          .end()
    }),
  )
  const page = await openPage(behind(`127.0.0.1:${proxy}`))
  const asked = await answering(page, [['ada', 'tide']])
  await page.goto('http://digest.example/')
  expect(await page.textContent('body')).toBe('told')
  expect(asked).toMatchObject([{ source: 'Proxy', scheme: 'digest', realm: 'Digest quay' }])
  expect(heard.join()).not.toContain('tide')
})

test('a PAC file says who goes by the proxy', async () => {
  const site = await portOf(createServer((_, response) => response.end('directly')))
  const proxy = await startSigningProxy({
    userName: 'ada',
    password: 'tide',
  })
  closes.push(proxy.close)
  const pac = `function FindProxyForURL(url, host) {
    return dnsDomainIs(host, '.inside.example') ? 'PROXY ${proxy.address}' : 'DIRECT'
  }`
  const page = await openPage([
    `--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,${Buffer.from(pac).toString('base64')}`,
  ])
  await answering(page, [])
  await page.goto(`http://127.0.0.1:${site}/`)
  expect([await page.textContent('body'), proxy.asked]).toEqual(['directly', []])
  const answer = await page.goto('http://team.inside.example/')
  expect([answer?.status(), proxy.asked]).toEqual([407, ['GET http://team.inside.example/']])
})
