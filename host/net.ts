import {
  type IncomingMessage as HttpAnswer,
  type ClientRequest as HttpRequest,
  request as plainRequest,
  type RequestOptions,
} from 'node:http'
import { request as secureRequest } from 'node:https'
import { Readable, Writable } from 'node:stream'
import { ChunkedBody } from './chunked-body.ts'
import { cookiesOf } from './cookies.ts'
import { IncomingMessage } from './incoming-message.ts'
import {
  agentFor,
  type Login,
  mayAskAgain,
  netError,
  proxyFor,
  SignInCancelled,
  serverChallenge,
  signedInAs,
  signInTo,
} from './way.ts'

// Chromium's network as Electron hands it to main. What differs from Node's http, and was a fault of the product or
// could have been one, is kept here.

/** Headers that Chromium keeps to itself: a request that bears one fails, once it is sent. */
const restricted =
  /^(content-length|host|trailer|te|upgrade|cookie2|keep-alive|transfer-encoding)$/i
const invalid = (): Error => new Error('net::ERR_INVALID_ARGUMENT')

const proxyError = (error: NodeJS.ErrnoException): Error =>
  error.code === 'ECONNREFUSED' ? new Error('net::ERR_PROXY_CONNECTION_FAILED') : netError(error)

/** As of a tunnel that nobody signed in to: a head, and no byte of what the proxy says. */
const refusedTunnel = (): HttpAnswer =>
  Object.assign(Readable.from([]), {
    statusCode: 407,
    statusMessage: 'Proxy Authentication Required',
    headers: {},
    rawHeaders: [],
  }) as unknown as HttpAnswer

type Redirect = 'follow' | 'error' | 'manual'
type Options = {
  url?: string
  method?: string
  redirect?: Redirect
  cache?: string
  headers?: Record<string, string>
  credentials?: string
  useSessionCookies?: boolean
  /** Instead of `url`. */
  protocol?: string
  hostname?: string
  port?: number | string
  path?: string
}
const addressOf = ({ url, protocol = 'http:', hostname, port, path = '/' }: Options): string =>
  url ?? new URL(path, `${protocol}//${hostname}${port ? `:${port}` : ''}`).href

/** A stream for what is sent: its `close` comes when that is written, long before an answer. */
class RequestStream extends Writable {
  readonly #options: Options
  readonly #headers = new Map<string, string>()
  readonly #whole: Buffer[] = []
  /** As Electron names it: whoever wants to hear of its end has to know. */
  _body: ChunkedBody | null = null
  #isAborted = false
  #sending: HttpRequest | null = null
  #answer: IncomingMessage | null = null
  constructor(options: Options) {
    super({ autoDestroy: true })
    if (!/^https?:/.test(addressOf(options)))
      throw new Error('ClientRequest only supports http: and https: protocols')
    this.#options = options
    for (const [name, value] of Object.entries(options.headers ?? {})) this.setHeader(name, value)
  }
  get chunkedEncoding(): boolean {
    return this._body !== null
  }
  set chunkedEncoding(value: boolean) {
    if (this.#sending) throw new Error('chunkedEncoding can only be set before it is started')
    this._body = value
      ? new ChunkedBody({
          isAborted: () => this.#isAborted,
          send: (piece, gone) => {
            this.#start(addressOf(this.#options))
            const by = this.#sending
            by?.write(piece, (error) => error || by !== this.#sending || gone())
          },
        })
      : null
  }
  setHeader(name: string, value: string): void {
    if (this.#sending) throw new Error("Can't set headers after they are sent")
    if (/[\r\n\0]/.test(value)) throw new Error(`Invalid value for header '${name}'`)
    this.#headers.set(name.toLowerCase(), value)
  }
  override _write(chunk: Buffer, _encoding: string, taken: () => void): void {
    if (this._body) return void this._body.write(chunk, taken)
    this.#whole.push(chunk)
    taken()
  }
  override _final(done: (error?: Error) => void): void {
    if (this._body && !this.#sending) {
      done(new TypeError("Cannot read properties of undefined (reading 'done')"))
      return
    }
    this.#start(addressOf(this.#options))
    this.#sending?.end()
    done()
  }
  abort(): void {
    if (!this.#isAborted) process.nextTick(() => this.emit('abort'))
    this.#isAborted = true
    this.#die()
  }
  /** `login` as Electron emits it: who listens calls back, and nobody's is cancelled. */
  readonly #login: Login = (proxy: Electron.AuthInfo) =>
    new Promise((done) => {
      const isHeard = this.emit('login', proxy, (name?: string, password?: string) =>
        done(name === undefined || password === undefined ? null : [name, password]),
      )
      if (!isHeard) done(null)
    })
  #again(url: string): void {
    this.#sending = null
    if (this._body) {
      if (!this._body.restart()) this.#die(new Error('net::ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED'))
      return
    }
    this.#start(url)
    void (this.#sending as HttpRequest | null)?.end()
  }
  #start(url: string): void {
    if (this.#sending || this.#isAborted) return
    const { method = 'GET', redirect = 'follow' } = this.#options
    const headers: Record<string, string | number> = {
      'accept-encoding': 'gzip, deflate, br',
      ...Object.fromEntries(this.#headers),
    }
    const body = Buffer.concat(this.#whole)
    if (body.length > 0) headers['content-length'] = body.length
    const where = new URL(url)
    const cookies = cookiesOf(where, this.#options)
    const sent = cookies.sent()
    if (sent !== null) headers.cookie = sent
    const isSecure = where.protocol === 'https:'
    const proxy = isSecure ? null : proxyFor(where)
    const known = proxy ? signedInAs(proxy) : undefined
    if (known !== undefined) headers['proxy-authorization'] = known
    const [proxyHost, proxyPort] = proxy?.split(':') ?? []
    const isRestricted = [...this.#headers.keys()].some((name) => restricted.test(name))
    const options: RequestOptions & { login: Login } = {
      method,
      headers,
      login: this.#login,
      agent: agentFor(where),
      ...(proxy
        ? { host: proxyHost, port: proxyPort, path: url, headers: { host: where.host, ...headers } }
        : {}),
    }
    const sending = isSecure
      ? secureRequest(where, options)
      : proxy
        ? plainRequest(options)
        : plainRequest(where, options)
    this.#sending = sending
    if (isRestricted) {
      sending.on('error', () => {}).destroy()
      return void setImmediate(() => this.#die(invalid()))
    }
    if (body.length > 0) sending.write(body)
    sending.on('error', (error) => {
      if (error instanceof SignInCancelled) {
        this.emit('response', new IncomingMessage(refusedTunnel()))
        return this.#die(new Error('net::ERR_TUNNEL_CONNECTION_FAILED'))
      }
      void mayAskAgain(where, error).then((isAgain) => {
        // Whoever gave it up has cut it, and hears of no failure.
        if (this.#isAborted) return
        if (isAgain) return this.#again(url)
        const why = proxy ? proxyError(error) : netError(error)
        if (!this._body) return this.#die(why)
        // The pipe goes before it is known why: which of the two is told first, Electron leaves open.
        this._body.cut()
        setImmediate(() => this.#isAborted || this.#die(why))
      })
    })
    sending.on('response', (answer) => {
      cookies.keep(answer.headers['set-cookie'] ?? [])
      if (proxy && answer.statusCode === 407) {
        return void signInTo(proxy, answer, known, this.#login).then((header) => {
          if (this.#isAborted) return
          if (header !== null) {
            answer.resume()
            return this.#again(url)
          }
          this.#answer = new IncomingMessage(answer)
          this.emit('response', this.#answer)
        })
      }
      const question = serverChallenge(where, answer)
      if (question) {
        return void this.#login(question, true).then((given) => {
          if (this.#isAborted) return
          if (given) {
            answer.resume()
            const known = Buffer.from(given.join(':')).toString('base64')
            this.#headers.set('authorization', `Basic ${known}`)
            return this.#again(url)
          }
          this.#answer = new IncomingMessage(answer)
          this.emit('response', this.#answer)
        })
      }
      const { location } = answer.headers
      const isRedirect = location !== undefined && (answer.statusCode ?? 0) >= 300
      if (isRedirect) {
        answer.resume()
        const next = new URL(location, url).href
        if (redirect === 'error')
          return this.#die(new Error("Attempted to redirect, but redirect policy was 'error'"))
        // Nobody here follows one by hand: who wants to go on asks anew.
        this.emit('redirect', answer.statusCode, method, next, this.#headers)
        if (redirect === 'manual')
          return this.#isAborted ? undefined : this.#die(new Error('Redirect was cancelled'))
        return this.#again(next)
      }
      answer.on('aborted', () => this.#die(new Error('net::ERR_CONTENT_LENGTH_MISMATCH')))
      answer.on('error', () => {})
      this.#answer = new IncomingMessage(answer)
      this.emit('response', this.#answer)
    })
  }
  /** Also after `close` there are errors to be heard of. */
  #die(error?: Error): void {
    if (this.destroyed && error) this.emit('error', error)
    this.destroy(error)
    this.#sending?.destroy()
    this.#answer?.destroy(error)
    setImmediate(() => this._body?.cut())
  }
}

/** As Electron's types have it: an encoding may be left out in the middle. */
export type ClientRequest = RequestStream & {
  write(chunk: string | Buffer, encoding: string | undefined, taken?: () => void): boolean
}
const bodiless = [101, 204, 205, 304]
/** Over a request like any other: its headers, its ways, its six connections. A body is kept in memory first, whole. */
const fetchOver = async (input: string | Request, init?: RequestInit): Promise<Response> => {
  const asked = new Request(input, init)
  const { url, method, redirect, signal } = asked
  // No page asks here, so nothing has the same origin: all goes along.
  const credentials = asked.credentials === 'same-origin' ? 'include' : asked.credentials
  signal.throwIfAborted()
  const request = new RequestStream({ url, method, redirect, credentials })
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  signal.addEventListener(
    'abort',
    () => {
      reject(signal.reason)
      request.abort()
    },
    { once: true },
  )
  for (const [name, value] of asked.headers) request.setHeader(name, value)
  request.on('error', reject)
  request.on('response', (answer: IncomingMessage) => {
    const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ])
    const { statusCode: status, statusMessage: statusText } = answer
    const isBodiless = bodiless.includes(status) || method === 'HEAD'
    const body = isBodiless ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>)
    resolve(new Response(body, { status, statusText, headers }))
  })
  void asked.arrayBuffer().then((bytes) => request.end(Buffer.from(bytes)), reject)
  return promise
}
export const net = {
  fetch: fetchOver,
  request: (options: Options): ClientRequest => new RequestStream(options),
}
