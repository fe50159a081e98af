import type { FaultInjector, RequestKind } from './faults.ts'
import { type HttpAnswer, type HttpRequest, html, type SimulatedServer } from './http.ts'
import type { Random } from './random.ts'
import { immortal, type Life, type World } from './world.ts'

/** The wire between one computer and the server. */
export type Wire = { isUp: boolean; injector: FaultInjector }

const server = immortal('server')
const network = immortal('network')

export const kindOf = (method: string, path: string): RequestKind => {
  if (path.includes('/rpc/pull_project') || path.includes('_versions')) return 'pull'
  if (path.includes('/rpc/')) return 'commit'
  if (path.includes('/upload/resumable'))
    return method === 'POST' ? 'create' : method === 'HEAD' ? 'head' : 'patch'
  if (path.includes('/object/info/')) return 'info'
  return method === 'POST' ? 'upload' : 'download'
}

const json = (
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(value)),
})
/** What Storage says of a token that it takes no more: the words of the JWT library it has, and its own. */
const tokenRefusals = [
  '"exp" claim timestamp check failed',
  'jwt expired',
  'Invalid Compact JWS',
  'signature verification failed',
]
/** Instead of an answer of the server's own. */
const refusal = (what: string, kind: RequestKind, random: Random): HttpAnswer | null => {
  const isResumable = kind === 'create' || kind === 'head' || kind === 'patch'
  const isRest = kind === 'pull' || kind === 'commit'
  switch (what) {
    case 'rest-401':
      return json(401, { code: 'PGRST303', message: 'JWT expired' })
    case 'jwt-expired': {
      if (isRest) return json(401, { code: 'PGRST303', message: 'JWT expired' })
      const message = random.pick(tokenRefusals)
      const code = random.pick(['AccessDenied', 'InvalidJWT'])
      if (isResumable && random.chance(0.5))
        return { status: 403, headers: {}, body: Buffer.from(message) }
      return json(isResumable ? 403 : 400, {
        statusCode: '403',
        error: 'Unauthorized',
        message,
        code,
      })
    }
    case 'html-403':
      return html(403)
    case '423':
      return isResumable
        ? { status: 423, headers: {}, body: Buffer.from('Locked') }
        : json(400, {
            statusCode: '423',
            error: 'ResourceLocked',
            message: 'The resource is locked',
          })
    case '429':
      return json(
        429,
        { statusCode: '429', error: 'too_many_requests', message: 'Slow down' },
        random.chance(0.7) ? { 'retry-after': String(random.below(90)) } : {},
      )
    case '500':
    case '500-after':
      return json(500, { statusCode: '500', error: 'Internal', message: 'Internal Server Error' })
    case 'html-502':
    case 'html-502-after':
      return html(502)
    case '544':
      return json(544, { statusCode: '544', error: 'DatabaseTimeout', message: 'Timeout' })
    case 'html-200':
      return html(200)
    case 'nothing-200':
      return json(200, random.pick([[], {}, null, '']))
    default:
      return null
  }
}

const bytesOf = async (body: unknown): Promise<Uint8Array> => {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Uint8Array.from(body)
  const chunks: Uint8Array[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}
const lost = (): TypeError => new TypeError('fetch failed')

/** `fetch` of one running engine. What it sent goes on at the server whatever becomes of the engine. */
export const openFetch = (
  world: World,
  life: Life,
  wire: Wire,
  to: SimulatedServer,
): typeof fetch => {
  const earlier = new Map<string, Uint8Array>()
  /** Never ends; but whoever waits may give up. */
  const silence = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      const end = (): void => reject(signal.reason)
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    })
  const unless = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
    Promise.race([work, silence(signal)])

  return async (target, init = {}) => {
    const url = new URL(String(target))
    const method = init.method ?? 'GET'
    const path = `${url.pathname}${url.search}`
    const kind = kindOf(method, path)
    const signal = init.signal ?? new AbortController().signal
    const request: HttpRequest = {
      method,
      path,
      headers: new Headers(init.headers),
      body: await bytesOf(init.body),
      isCut: false,
    }
    const fault = wire.injector.net(kind)
    const what = fault?.what ?? null
    const about = `${kind} ${url.pathname.slice(-12)}`
    if (what) world.note(`${life.name} net ${about} !! ${what}`)
    if (what === 'no-range') request.headers.delete('range')

    await unless(
      signal,
      world.call(life, `net.send ${about}`, () => undefined),
    )
    if (!wire.isUp || what === 'refused') throw lost()
    if (fault && what === 'cut-up') {
      const cut = fault.random.below(request.body.length + 1)
      void to.handle({ ...request, body: request.body.slice(0, cut), isCut: true })
      throw lost()
    }
    if (
      fault &&
      what &&
      !what.endsWith('-after') &&
      what !== 'html-200' &&
      what !== 'nothing-200'
    ) {
      const instead = refusal(what, kind, fault.random)
      if (instead) return deliver(instead, request, null)
    }
    if (what === 'hang') return silence(signal)
    if (fault && what === 'flip' && kind === 'upload' && request.body.length > 0) {
      const at = fault.random.below(request.body.length)
      request.body[at] = (request.body[at] ?? 0) ^ 1
      request.isFlipped = true
    }
    // The server has it now, and answers whether anybody listens or not.
    const handled = world
      .call(server, `handle ${about}`, () => undefined)
      .then(() => to.handle(request))
    if (what === 'twice' || what === 'twice-late') {
      const again = world
        .sleep(network, what === 'twice' ? 0 : 30_000)
        .then(() => world.call(server, `handle again ${about}`, () => undefined))
        .then(() => to.handle(request))
      again.catch(() => undefined)
      if (what === 'twice') await unless(signal, again)
    }
    const answer = await unless(signal, handled)
    if (what === 'late') await world.sleep(network, 20_000)
    await unless(
      signal,
      world.call(life, `net.receive ${about} ${answer.status}`, () => undefined),
    )
    if (!wire.isUp || what === 'lost') throw lost()
    const instead = fault && refusal(fault.what, kind, fault.random)
    return deliver(instead ?? answer, request, fault)
  }

  function deliver(
    answer: HttpAnswer,
    request: HttpRequest,
    fault: { what: string; random: Random } | null,
  ): Response {
    const headers = { ...answer.headers }
    const { status } = answer
    let { body } = answer
    const kind = kindOf(request.method, request.path)
    if (kind === 'download' && answer.status < 300 && fault) {
      const old = [...earlier.values()].at(-1)
      if (fault.what === 'flip' && body.length > 0) {
        body = Uint8Array.from(body)
        const at = fault.random.below(body.length)
        body[at] = (body[at] ?? 0) ^ 1
      } else if (fault.what === 'truncate') {
        body = body.slice(0, fault.random.below(body.length + 1))
        if (fault.random.chance(0.5)) headers['content-length'] = String(body.length)
        else delete headers['content-length']
      } else if (fault.what === 'stale' && old) {
        body = old
        delete headers['content-length']
      } else if (fault.what === 'wrong-range' && status === 206) {
        body = body.slice(1)
        delete headers['content-length']
      }
    }
    if (kind === 'download' && answer.status === 200) earlier.set(request.path, answer.body)
    const ends =
      fault?.what === 'cut-down' ? fault.random.below(body.length + 1) : Number.POSITIVE_INFINITY
    const isMute = status === 204 || status === 304 || request.method === 'HEAD'
    return new Response(isMute ? null : streamOf(body, ends, fault?.what === 'stall'), {
      status,
      headers,
    })
  }

  function streamOf(body: Uint8Array, ends: number, stalls: boolean): ReadableStream {
    let at = 0
    return new ReadableStream(
      {
        async pull(controller) {
          if (at >= body.length && ends >= body.length && !stalls) return controller.close()
          await world.call(life, `net.body ${at}`, () => undefined)
          if (stalls) return new Promise(() => {})
          if (!wire.isUp || at >= ends) return controller.error(lost())
          const next = Math.min(at + 40, body.length, ends)
          if (next > at) controller.enqueue(body.slice(at, next))
          at = next
          return undefined
        },
      },
      { highWaterMark: 0 },
    )
  }
}
