import { existsSync, readFileSync } from 'node:fs'
import { Agent, type AgentOptions, type IncomingMessage, request } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { connect as connectSecurely, rootCertificates } from 'node:tls'
import { createContext, runInContext } from 'node:vm'
import { main } from './app-events.ts'

// The way to a server as Chromium goes it: by which proxy, with whose certificates. What the system's settings and
// stores say in Electron a test says here, or the command line, as there.

type Stored = Pick<
  Electron.Certificate,
  'fingerprint' | 'subjectName' | 'issuerName' | 'validExpiry'
> & {
  cert: string
  key: string
}
export const system = {
  /** `--proxy-server`: “127.0.0.1:3128”. */
  proxyServer: null as string | null,
  /** `--proxy-pac-url`'s text. */
  pac: null as string | null,
  /** `--proxy-bypass-list=<-loopback>`: without it this computer is reached past every proxy. */
  proxiesLoopback: false,
  /** Authorities that it trusts, besides the known ones. */
  authorities: [] as string[],
  /** Certificates of its person. */
  certificates: [] as Stored[],
}
for (const argument of process.argv) {
  const [name, value = ''] = argument.split(/=(.*)/s)
  if (name === '--proxy-server') system.proxyServer = value.replace(/^http:\/\//, '')
  if (name === '--proxy-bypass-list') system.proxiesLoopback = value.includes('<-loopback>')
}

/** Of a run of the host: what the system's stores hold. */
const stored = join(process.env.ATELIER_USER_DATA ?? '', 'host-system.json')
if (process.env.ATELIER_USER_DATA && existsSync(stored))
  Object.assign(system, JSON.parse(readFileSync(stored, 'utf8')))

/** `setProxy` of the session that main's own requests belong to. */
export const goBy = ({ proxyRules, proxyBypassRules = '' }: Electron.ProxyConfig): void => {
  system.proxyServer = proxyRules?.replace(/^http:\/\//, '') ?? null
  system.pac = null
  system.proxiesLoopback = proxyBypassRules.includes('<-loopback>')
}

export const isProxied = (): boolean => system.proxyServer !== null || system.pac !== null

const isLoopback = (host: string): boolean => /^(127\.|localhost$|\[?::1)/.test(host)
const fromPac = (text: string, url: URL): string => {
  const context = createContext({
    dnsDomainIs: (host: string, domain: string) => host.endsWith(domain),
    isPlainHostName: (host: string) => !host.includes('.'),
    shExpMatch: (given: string, pattern: string) =>
      new RegExp(`^${pattern.replace(/[.+^$()|[\]]/g, '\\$&').replace(/\*/g, '.*')}$`).test(given),
  })
  const asked = JSON.stringify([url.href, url.hostname])
  return String(runInContext(`${text}\nFindProxyForURL(...${asked})`, context))
}
/** ‘host:port’; null goes directly. */
export const proxyFor = (url: URL): string | null => {
  if (isLoopback(url.hostname) && !system.proxiesLoopback) return null
  if (system.pac === null) return system.proxyServer
  return /^\s*PROXY\s+(\S+)/.exec(fromPac(system.pac, url).split(';')[0] ?? '')?.[1] ?? null
}

/** Who signs in: a request's `login`, or a page's. */
export type Login = (proxy: Electron.AuthInfo, isFirst: boolean) => Promise<[string, string] | null>
/** What Chromium knows of proxies once somebody signed in. */
const signedIn = new Map<string, string>()

const challengeOf = (proxy: string, answer: IncomingMessage): Electron.AuthInfo => {
  const said = String(answer.headers['proxy-authenticate'] ?? '')
  const [host = '', port = ''] = proxy.split(':')
  return {
    isProxy: true,
    scheme: (said.split(' ')[0] ?? '').toLowerCase(),
    host,
    port: Number(port),
    realm: /realm="([^"]*)"/.exec(said)?.[1] ?? '',
  }
}
/** The header to try again with; null when nobody signs in. One that was refused is known no more. */
export const signInTo = async (
  proxy: string,
  answer: IncomingMessage,
  tried: string | undefined,
  login: Login,
): Promise<string | null> => {
  const known = signedIn.get(proxy)
  if (known !== undefined && known !== tried) return known
  signedIn.delete(proxy)
  const given = await login(challengeOf(proxy, answer), tried === undefined)
  if (!given) return null
  const header = `Basic ${Buffer.from(given.join(':')).toString('base64')}`
  signedIn.set(proxy, header)
  return header
}
/** A server's own question, of those that can be answered with a name and a password here. */
export const serverChallenge = (url: URL, answer: IncomingMessage): Electron.AuthInfo | null => {
  const said = String(answer.headers['www-authenticate'] ?? '')
  if (answer.statusCode !== 401 || !/^basic\b/i.test(said)) return null
  return {
    isProxy: false,
    scheme: 'basic',
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    realm: /realm="([^"]*)"/.exec(said)?.[1] ?? '',
  }
}
export const signedInAs = (proxy: string): string | undefined => signedIn.get(proxy)

export class SignInCancelled extends Error {}

/** A tunnel through the proxy: nothing of what it says itself reaches who asked. */
const tunnel = (proxy: string, target: string, login: Login, tried?: string): Promise<Socket> =>
  new Promise((done, fail) => {
    const [host, port] = proxy.split(':')
    const headers = tried === undefined ? {} : { 'proxy-authorization': tried }
    const asking = request({ host, port, method: 'CONNECT', path: target, headers, agent: false })
    asking.on('connect', (answer, socket) => {
      if (answer.statusCode === 200) return done(socket)
      socket.destroy()
      if (answer.statusCode !== 407) return fail(new Error('net::ERR_TUNNEL_CONNECTION_FAILED'))
      void signInTo(proxy, answer, tried, login).then((header) =>
        header === null ? fail(new SignInCancelled()) : done(tunnel(proxy, target, login, header)),
      )
    })
    asking.on('error', () => fail(new Error('net::ERR_PROXY_CONNECTION_FAILED')))
    asking.end()
  })

/** Chromium shows none of its own accord; once asked for one it goes on with what was chosen, for this run. */
const chosen = new Map<string, Stored>()
const choose = (target: string): Promise<Stored | null> =>
  new Promise((done) => {
    if (system.certificates.length === 0) return done(null)
    let isPrevented = false
    main.emit(
      'select-client-certificate',
      { preventDefault: () => (isPrevented = true) },
      ...[null, target, system.certificates, (certificate?: Stored) => done(certificate ?? null)],
    )
    if (!isPrevented) done(system.certificates[0] ?? null)
  })

type Going = AgentOptions & { host?: string; port?: number | string; login?: Login }
type Back = (error: Error | null, socket: Duplex) => void

const secured = async (going: Going): Promise<Duplex> => {
  const { host = '', port = 443, login = async () => null } = going
  const target = `${host}:${port}`
  const proxy = proxyFor(new URL(`https://${target}`))
  const socket = proxy ? await tunnel(proxy, target, login) : connect(Number(port), host)
  const own = chosen.get(target)
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const secure = connectSecurely({
    socket,
    servername: /^[\d.]+$/.test(host) ? '' : host,
    host,
    ca: [...rootCertificates, ...system.authorities],
    ...(own ? { cert: own.cert, key: own.key } : {}),
  })
  secure.once('error', reject)
  secure.once('secureConnect', () => {
    secure.off('error', reject)
    resolve(secure)
  })
  return promise
}

class Secure extends SecureAgent {
  override createConnection(options: object, back?: Back): Duplex | null | undefined {
    void secured(options as Going).then(
      (socket) => back?.(null, socket),
      (error: Error) => back?.(error, undefined as unknown as Duplex),
    )
    return undefined
  }
}

/** Chromium's connections to one host over HTTP/1.1; what is more waits, and nobody is told. */
const connectionsPerHost = 6
const pools = {
  http: new Agent({ keepAlive: true, maxSockets: connectionsPerHost }),
  https: new Secure({ keepAlive: true, maxSockets: connectionsPerHost }),
}
export const agentFor = (url: URL): Agent => (url.protocol === 'https:' ? pools.https : pools.http)

const wantsCertificate = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/
/** Whether the server cut the line for want of a certificate, and one was chosen since: it is asked once more. */
export const mayAskAgain = async (url: URL, error: NodeJS.ErrnoException): Promise<boolean> => {
  const target = `${url.hostname}:${url.port || '443'}`
  const { code = '' } = error
  // What was refused is forgotten, and the next request asks anew.
  const isRefused = /ERR_SSL_|EPROTO/.test(code) && chosen.delete(target)
  if (isRefused || !wantsCertificate.test(code)) return false
  const own = await choose(target)
  if (own) chosen.set(target, own)
  return own !== null
}

const netErrors: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'net::ERR_CONNECTION_REFUSED'],
  [/ECONNRESET|EPIPE/, 'net::ERR_CONNECTION_RESET'],
  [/ENOTFOUND|EAI_AGAIN/, 'net::ERR_NAME_NOT_RESOLVED'],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, 'net::ERR_CERT_DATE_INVALID'],
  [/CERT_ALTNAME_INVALID/, 'net::ERR_CERT_COMMON_NAME_INVALID'],
  [/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/, 'net::ERR_CERT_AUTHORITY_INVALID'],
  [/CERT_REVOKED/, 'net::ERR_CERT_REVOKED'],
  [/KEY_TOO_SMALL|MD_TOO_WEAK/, 'net::ERR_CERT_WEAK_KEY'],
  // Also of none at all, once it was decided that none is shown.
  [/ALERT_BAD_CERT|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE/, 'net::ERR_BAD_SSL_CLIENT_AUTH_CERT'],
  [/ERR_SSL_|EPROTO/, 'net::ERR_SSL_PROTOCOL_ERROR'],
]
export const netError = (error: NodeJS.ErrnoException): Error => {
  if (error.message.startsWith('net::')) return error
  const name = netErrors.find(([pattern]) => pattern.test(error.code ?? ''))?.[1]
  return new Error(name ?? 'net::ERR_FAILED')
}

/** As a new start: what is kept in memory is gone. */
export const startAnew = (): void => {
  signedIn.clear()
  chosen.clear()
  for (const pool of Object.values(pools)) pool.destroy()
}
