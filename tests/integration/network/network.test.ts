import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openNetwork } from '../../../electron/main/network/index.ts'
import { openApiClient } from '../../../electron/main/server/api-client.ts'
import { main } from '../../../host/app-events.ts'
import { startAnew, system } from '../../../host/way.ts'
import type { NetworkState } from '../../../src/contract/network.ts'
import { type Authority, makeAuthority } from '../../fixtures/authority.ts'
import { startSigningProxy } from '../../fixtures/signing-proxy.ts'
import { startStrictServer } from '../../fixtures/strict-server.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

vi.mock('electron', async () => ({
  ...(await import('../../../host/net.ts')),
  app: Object.assign((await import('../../../host/app-events.ts')).main, {
    setClientCertRequestPasswordHandler: () => {},
  }),
}))

let authority: Authority
beforeAll(async () => {
  authority = await makeAuthority(join(await temporaryFolder('authority'), 'ca'), 'Harbour CA')
})
const closes: (() => void)[] = []
beforeEach(() => {
  startAnew()
  Object.assign(system, { proxyServer: null, pac: null, proxiesLoopback: false })
  Object.assign(system, { authorities: [], certificates: [] })
})
afterEach(() => {
  main.removeAllListeners()
  for (const close of closes.splice(0)) close()
})
afterAll(() => main.removeAllListeners())

const never = new AbortController().signal
const serve = async (options: ServerOptions | null): Promise<{ port: number; origin: string }> => {
  const answer = (_: unknown, response: { end(text: string): void }) => response.end('told')
  const server = options ? createSecureServer(options, answer) : createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closes.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, origin: `${options ? 'https' : 'http'}://127.0.0.1:${port}` }
}
const proxied = async (given: Parameters<typeof startSigningProxy>[0]) => {
  const proxy = await startSigningProxy(given)
  closes.push(proxy.close)
  return proxy
}
const open = (kept = new Map<string, string>(), shown: Record<string, string> = {}) => {
  let certificates = shown
  const states: NetworkState[] = []
  const network = openNetwork({
    store: {
      read: async (name) => kept.get(name) ?? null,
      write: async (name, secret) => void kept.set(name, secret),
      remove: async (name) => void kept.delete(name),
    },
    certificates: () => certificates,
    keepCertificates: async (next) => {
      certificates = next
    },
    isHostile: (contents) => (contents as unknown as { isPreview?: boolean }).isPreview === true,
    server: () => null,
    changed: (state) => states.push(state),
    answered: () => {},
  })
  const asked = () =>
    vi.waitFor(async () => {
      const [question] = (await network.handlers['network.state']()).questions
      if (!question) throw new Error('nothing is asked')
      return question
    })
  const trouble = () => states.at(-1)?.trouble
  return { ...network, kept, asked, states, trouble }
}
const textAt = async (network: ReturnType<typeof open>, url: string) =>
  (await network.fetch(url)).text()

const certificates: Record<string, { name: string; days: [number, number] }> = {
  'network.certificate-expired': { name: 'IP:127.0.0.1', days: [-30, -1] },
  'network.certificate-other-name': { name: 'DNS:another.example', days: [-1, 9] },
  'network.certificate-unknown-authority': { name: 'IP:127.0.0.1', days: [-1, 9] },
}
test.each(Object.entries(certificates))(
  'a server’s certificate is refused by name: %s',
  async (code, order) => {
    const { origin } = await serve(await authority.issue(order))
    if (code !== 'network.certificate-unknown-authority') system.authorities = [authority.cert]
    const network = open()
    await expect(network.fetch(origin)).rejects.toMatchObject({ code })
    expect(network.trouble()).toBe(code)
  },
)

test('an own authority of the system’s is trusted, and ends the trouble', async () => {
  const { origin } = await serve(await authority.issue({ name: 'IP:127.0.0.1' }))
  const network = open()
  await expect(network.fetch(origin)).rejects.toMatchObject({
    code: 'network.certificate-unknown-authority',
  })
  system.authorities = [authority.cert]
  expect(await textAt(network, origin)).toBe('told')
  expect(network.trouble()).toBe(null)
})

test('a port that speaks no TLS is none to send anything to', async () => {
  const { port } = await serve(null)
  await expect(open().fetch(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'network.not-encrypted',
  })
})

test('a tunnel’s proxy is signed in to once for all that wait, and its refusal asks again', async () => {
  const { port } = await serve(await authority.issue({ name: 'DNS:team.example' }))
  const proxy = await proxied({
    userName: 'ada',
    password: 'tide',
    targets: { 'team.example:443': `127.0.0.1:${port}` },
  })
  Object.assign(system, { proxyServer: proxy.address, authorities: [authority.cert] })
  const network = open()
  const answers = Promise.all([1, 2, 3].map(() => textAt(network, 'https://team.example/')))
  const first = await network.asked()
  expect(first).toMatchObject({ kind: 'proxy', realm: 'Harbour network', wasRefused: false })
  const say = (id: string, password: string) =>
    network.handlers['network.signInToProxy']({ id, userName: 'ada', password, remember: true })
  await say(first.id, 'wrong')
  const second = await vi.waitFor(async () => {
    const question = await network.asked()
    expect(question.id).not.toBe(first.id)
    return question
  })
  expect(second).toMatchObject({ wasRefused: true, userName: 'ada' })
  await say(second.id, 'tide')
  expect(await answers).toEqual(['told', 'told', 'told'])
  expect(network.states.filter(({ questions }) => questions.length > 1)).toEqual([])
  expect([...network.kept.values()]).toEqual([
    JSON.stringify({ userName: 'ada', password: 'tide' }),
  ])
  // In the next run the keychain answers.
  main.removeAllListeners()
  startAnew()
  const before = proxy.refused.nobody
  const again = open(network.kept)
  expect(await textAt(again, 'https://team.example/other')).toBe('told')
  expect(again.states.flatMap(({ questions }) => questions)).toEqual([])
  expect(proxy.refused.nobody).toBe(before + 1)
})

test('who declines gets a failure with a name, and is not asked by what comes after it', async () => {
  const proxy = await proxied({ userName: 'ada', password: 'flood', realm: 'Declined' })
  Object.assign(system, { proxyServer: proxy.address })
  const network = open()
  const asked = network.fetch('https://declined.example/')
  const { id } = await network.asked()
  await network.handlers['network.decline']({ id })
  await expect(asked).rejects.toMatchObject({ code: 'network.proxy-sign-in' })
  await expect(network.fetch('https://declined.example/')).rejects.toMatchObject({
    code: 'network.proxy-sign-in',
  })
  expect((await network.handlers['network.state']()).questions).toEqual([])
  network.askAgain()
  const again = network.fetch('https://declined.example/').catch(() => {})
  await network.handlers['network.decline']({ id: (await network.asked()).id })
  await again
})

test('a PAC file says who goes by which proxy', async () => {
  const { origin } = await serve(null)
  const { port } = await serve(await authority.issue({ name: 'DNS:inside.example' }))
  const proxy = await proxied({
    userName: 'ada',
    password: 'spring',
    realm: 'By PAC',
    targets: { 'inside.example:443': `127.0.0.1:${port}` },
  })
  system.authorities = [authority.cert]
  system.pac = `function FindProxyForURL(url, host) {
    return dnsDomainIs(host, 'inside.example') ? 'PROXY ${proxy.address}; DIRECT' : 'DIRECT'
  }`
  const network = open()
  expect(await textAt(network, origin)).toBe('told')
  expect(proxy.asked).toEqual([])
  const inside = textAt(network, 'https://inside.example/')
  const { id } = await network.asked()
  await network.handlers['network.signInToProxy']({
    id,
    userName: 'ada',
    password: 'spring',
    remember: false,
  })
  expect(await inside).toBe('told')
  expect(network.kept.size).toBe(0)
})

test('a proxy that is not there is said to be that', async () => {
  Object.assign(system, { proxyServer: '127.0.0.1:9' })
  await expect(open().fetch('https://anywhere.example/')).rejects.toMatchObject({
    code: 'network.proxy-unreachable',
  })
})

test('whoever gives up while the person is asked hears that, and not that the server was silent', async () => {
  const proxy = await proxied({ userName: 'ada', password: 'neap', realm: 'Slow' })
  Object.assign(system, { proxyServer: proxy.address })
  const network = open()
  const abort = new AbortController()
  const asked = network.fetch('https://slow.example/', { signal: abort.signal })
  asked.catch(() => {})
  await network.asked()
  abort.abort(new Error('patience'))
  await expect(asked).rejects.toMatchObject({ code: 'network.proxy-sign-in' })
})

test('the person’s time is not the server’s: sync waits for an answer to a proxy', async () => {
  const { port } = await serve(await authority.issue({ name: 'DNS:patient.example' }))
  const proxy = await proxied({
    userName: 'ada',
    password: 'slack',
    realm: 'Patient',
    targets: { 'patient.example:443': `127.0.0.1:${port}` },
  })
  Object.assign(system, { proxyServer: proxy.address, authorities: [authority.cert] })
  const network = open()
  const server = openApiClient({
    server: { url: 'https://patient.example', publishableKey: 'key' },
    fetch: network.transport,
    accessToken: async () => 'token',
  })
  const limit = 300
  const asked = server.request('/rest/v1/projects', {}, never, { limit })
  const { id } = await network.asked()
  await new Promise((done) => setTimeout(done, 3 * limit))
  await network.handlers['network.signInToProxy']({
    id,
    userName: 'ada',
    password: 'slack',
    remember: false,
  })
  expect(await asked).toMatchObject({ status: 200 })
  expect(proxy.refused.nobody).toBe(1)
})

test('a page’s question is the application’s, a preview’s and a server’s own are nobody’s', async () => {
  const network = open()
  const login = (contents: object | null, isProxy = true) => {
    let isPrevented = false
    main.emit(
      'login',
      { preventDefault: () => (isPrevented = true) },
      contents,
      { url: 'https://a.example/', firstAuthAttempt: true },
      { isProxy, scheme: 'basic', host: 'proxy.example', port: 1, realm: 'R' },
      () => {},
    )
    return isPrevented
  }
  expect(login({ isPreview: true })).toBe(false)
  expect(login(null)).toBe(false)
  expect(login({}, false)).toBe(false)
  expect((await network.handlers['network.state']()).questions).toEqual([])
  expect(login({})).toBe(true)
  expect(await network.asked()).toMatchObject({ host: 'proxy.example' })
})

test('a certificate of the person’s goes to whom they say, and to nobody by itself', async () => {
  const { cert, key } = await authority.issue({ name: 'ada@harbour.example', client: true })
  const own = await authority.issue({ name: 'IP:127.0.0.1' })
  const { origin, port } = await serve({
    ...own,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  })
  const fingerprint = 'sha256/ada'
  system.authorities = [authority.cert]
  system.certificates = [
    { fingerprint, subjectName: 'Ada', issuerName: 'Harbour CA', validExpiry: 2e9, cert, key },
  ]
  const network = open()
  const asked = textAt(network, origin)
  const question = await network.asked()
  expect(question).toMatchObject({ kind: 'certificate', host: `127.0.0.1:${port}` })
  await network.handlers['network.showCertificate']({
    id: question.id,
    fingerprint,
    remember: false,
  })
  expect(await asked).toBe('told')
})

test('who shows none hears what the server wants', async () => {
  const { cert, key } = await authority.issue({ name: 'ada@harbour.example', client: true })
  const own = await authority.issue({ name: 'IP:127.0.0.1' })
  const { origin } = await serve({
    ...own,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  })
  system.authorities = [authority.cert]
  system.certificates = [
    ...[{ fingerprint: 'a', subjectName: 'Ada', issuerName: 'CA', validExpiry: 2e9, cert, key }],
  ]
  const network = open()
  const asked = network.fetch(origin)
  asked.catch(() => {})
  await network.handlers['network.decline']({ id: (await network.asked()).id })
  await expect(asked).rejects.toMatchObject({ code: 'network.certificate-wanted' })
})

test('one that the server refuses is asked about again, and what is chosen then is kept', async () => {
  const folder = await temporaryFolder('strict')
  const other = await makeAuthority(join(folder, 'other'), 'Another CA')
  const server = await startStrictServer(folder, {
    own: await authority.issue({ name: 'IP:127.0.0.1' }),
    authority: authority.cert,
    answers: { '/told': '"told"' },
  })
  closes.push(server.close)
  const ofPerson = async (name: string, by: Authority) => ({
    fingerprint: `sha256/${name}`,
    subjectName: name,
    issuerName: 'CA',
    validExpiry: 2e9,
    ...(await by.issue({ name: `${name}@harbour.example`, client: true })),
  })
  system.authorities = [authority.cert]
  system.certificates = [await ofPerson('right', authority), await ofPerson('wrong', other)]
  const network = open(new Map(), { [server.host]: 'sha256/wrong' })
  const url = `${server.origin}/told`
  for (const _ of ['once', 'and by itself again'])
    await expect(network.fetch(url)).rejects.toMatchObject({ code: 'network.certificate-refused' })
  expect(network.trouble()).toBe('network.certificate-refused')
  expect((await network.handlers['network.state']()).questions).toEqual([])
  network.askAgain()
  const asked = textAt(network, url)
  const question = await network.asked()
  expect(question).toMatchObject({
    certificates: [
      { subject: 'right', wasRefused: false },
      { subject: 'wrong', wasRefused: true },
    ],
  })
  await network.handlers['network.showCertificate']({
    id: question.id,
    fingerprint: 'sha256/right',
    remember: true,
  })
  expect(await asked).toBe('"told"')
  expect(network.states.at(-1)).toEqual({
    questions: [],
    trouble: null,
    certificateHosts: [server.host],
  })
  await network.handlers['network.forgetCertificate']({ host: server.host })
  expect(network.states.at(-1)).toMatchObject({ certificateHosts: [] })
})
