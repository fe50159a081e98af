import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'

/** Headers that Chromium keeps to itself: a request that sets one fails (docs: ClientRequest.setHeader). */
const restricted =
  /^(content-length|host|trailer|te|upgrade|cookie2|keep-alive|transfer-encoding)$/i
const refuseRestricted = (name: string): void => {
  if (restricted.test(name)) throw new Error(`net::ERR_INVALID_ARGUMENT (${name})`)
}

type Redirect = 'follow' | 'error'
/** As Chromium does: a redirect is followed, headers and all, unless the request said that it is an error. */
const redirecting = (request: ClientRequest, url: string, redirect: Redirect): ClientRequest => {
  const emit = request.emit.bind(request)
  let next: ClientRequest | null = null
  request.emit = (event: string | symbol, ...rest: unknown[]): boolean => {
    if (event === 'close' && next) return true
    const [answer] = rest as [IncomingMessage]
    const location = event === 'response' ? answer.headers.location : undefined
    if (event !== 'response' || location === undefined || (answer.statusCode ?? 0) < 300)
      return emit(event, ...rest)
    answer.resume()
    if (redirect === 'error')
      return emit('error', new Error("Attempted to redirect, but redirect policy was 'error'"))
    next = httpRequest(new URL(location, url))
    for (const [name, value] of Object.entries(request.getHeaders()))
      if (value !== undefined && !restricted.test(name)) next.setHeader(name, value)
    for (const each of ['response', 'error', 'close'])
      next.on(each, (...heard: unknown[]) => void emit(each, ...heard))
    next.end()
    return true
  }
  return request
}

export const net = {
  fetch: async (input: string, init?: RequestInit): Promise<Response> => {
    for (const name of new Headers(init?.headers).keys()) refuseRestricted(name)
    // Electron's own keeps a streamed body in memory, whole.
    if (init?.body instanceof ReadableStream) throw new Error('net.fetch with a stream')
    return fetch(input, init)
  },
  request: ({
    url,
    method,
    redirect = 'follow',
  }: {
    url: string
    method: string
    redirect?: Redirect
  }) => {
    const request = redirecting(httpRequest(url, { method }), url, redirect)
    const setHeader = request.setHeader.bind(request)
    return Object.assign(request, {
      chunkedEncoding: false,
      setHeader: (name: string, value: string) => {
        refuseRestricted(name)
        return setHeader(name, value)
      },
    })
  },
}
