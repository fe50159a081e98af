import { request as httpRequest } from 'node:http'

/** Headers that Chromium keeps to itself: a request that sets one fails (docs: ClientRequest.setHeader). */
const restricted =
  /^(content-length|host|trailer|te|upgrade|cookie2|keep-alive|transfer-encoding)$/i
const refuseRestricted = (name: string): void => {
  if (restricted.test(name)) throw new Error(`net::ERR_INVALID_ARGUMENT (${name})`)
}
export const net = {
  fetch: async (input: string, init?: RequestInit): Promise<Response> => {
    for (const name of new Headers(init?.headers).keys()) refuseRestricted(name)
    // Electron's own keeps a streamed body in memory, whole.
    if (init?.body instanceof ReadableStream) throw new Error('net.fetch with a stream')
    return fetch(input, init)
  },
  request: ({ url, method }: { url: string; method: string }) => {
    const request = httpRequest(url, { method })
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
