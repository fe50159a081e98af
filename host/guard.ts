import type { ReadableStream } from 'node:stream/web'
import type { BrowserContext, Frame, Page, Request as PageRequest, Route } from 'playwright-core'
import { rewritePolicy, toCustom } from './addresses.ts'
import { offer, withdraw } from './bodies.ts'
import { throughProxy } from './page-requests.ts'
import { isProxied } from './way.ts'

export type Handle = (request: Request) => Response | Promise<Response>
export type Gate = {
  /** By scheme. */
  handlers: ReadonlyMap<string, Handle>
  /** Whether a navigation may go on; asked for every one that a page begins. */
  mayNavigate: (frame: Frame | null, url: string) => boolean
  /** `webRequest.onBeforeRequest`. */
  mayRequest: (url: string) => boolean
  /** Whose a frame is. */
  contentsOf: (frame: Frame | null) => object | null
}

/** Null for a window that is only now being opened. */
const frameOf = (request: PageRequest): Frame | null => {
  try {
    return request.frame()
  } catch {
    return null
  }
}

/** As fetch's own request, all that the page sent with it. */
const requestOf = (asked: PageRequest, url: string): Request => {
  const headers = new Headers(
    Object.entries(asked.headers()).filter(([name]) => !name.startsWith(':')),
  )
  // Electron leaves out what says nothing.
  if (headers.get('origin') === 'null') headers.delete('origin')
  else if (headers.has('origin')) headers.set('origin', toCustom(headers.get('origin') ?? ''))
  const body = asked.postDataBuffer()
  return new Request(url, {
    method: asked.method(),
    headers,
    body: body ? Buffer.from(body) : null,
  })
}
/** What a handler throws is written down, and to the page it is a request that failed. */
const answerWith = async (route: Route, url: string, handle: Handle): Promise<void> => {
  const asked = route.request()
  try {
    const response = await handle(requestOf(asked, url))
    if (response.type === 'error') return await route.abort('failed')
    const { status } = response
    const headers = Object.fromEntries(response.headers)
    const policy = headers['content-security-policy']
    if (policy) headers['content-security-policy'] = rewritePolicy(policy)
    // Over a connection Chromium would decode it, and of a scheme it does not.
    if (headers['content-encoding'])
      return await route.fulfill({
        status,
        headers,
        body: Buffer.from(await response.arrayBuffer()),
      })
    const body = response.body as ReadableStream<Uint8Array> | null
    if (!body) return await route.fulfill({ status, headers })
    await route.continue({ url: offer(asked, { status, headers, body }) })
  } catch (error) {
    withdraw((each) => each === asked)
    // A page that has gone meanwhile wants nothing.
    if (!(error instanceof Error && /Target.*closed|already handled/.test(error.message)))
      console.error(error)
    await route.abort('failed').catch(() => {})
  }
}

/** What a session's pages ask for comes from its schemes, where it has them, and passes its gate. */
export const guardContext = (context: BrowserContext, gate: Gate): Promise<unknown> => {
  const follow = (page: Page): unknown =>
    page.once('close', () => withdraw((asked) => frameOf(asked)?.page() === page))
  for (const page of context.pages()) follow(page)
  context.on('page', follow)
  context.on('requestfailed', (failed) => withdraw((asked) => asked === failed))
  return context.route(/^https?:/, async (route) => {
    const request = route.request()
    const url = toCustom(request.url())
    // The answer 204 ends a navigation where it began: the page stays.
    if (request.isNavigationRequest() && !gate.mayNavigate(frameOf(request), url))
      return route.fulfill({ status: 204 }).catch(() => {})
    if (!gate.mayRequest(url)) return route.abort('blockedbyclient').catch(() => {})
    if (url.startsWith('http') && isProxied())
      return throughProxy(route, gate.contentsOf(frameOf(request)))
    if (url.startsWith('http')) return route.fallback()
    const handle = gate.handlers.get(url.slice(0, url.indexOf(':')))
    return answerWith(route, url, handle ?? (() => new Response(null, { status: 404 })))
  })
}
