import type { Readable } from 'node:stream'
import { Readable as NodeReadable } from 'node:stream'
import { isModestDrawing, maxDrawingLetters } from '../../../src/domain/drawing.ts'
import { asFailure } from '../../../src/domain/failure.ts'
import { isText, mediaTypeOf } from '../../../src/domain/media-type.ts'
import type { Notice } from './notices.ts'

type PreviewFile = {
  sha256: string
  size: number
  path: string
  /** Both ends inclusive. */
  stream(start: number, end: number): Readable
}
export type PreviewSource = {
  /** `version`: the hash of an earlier one, null for what it is now. */
  find(artifactId: string, path: string, version: string | null): Promise<PreviewFile | null>
}

/** `version`: the hash of an earlier one. */
export const previewUrl = (artifactId: string, path: string, version?: string): string =>
  `artifact://${artifactId}/${path.split('/').map(encodeURIComponent).join('/')}${version ? `?version=${version}` : ''}`

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Artifacts are hostile: an origin without storage, and no network beyond the artifact itself. */
const policy = (origin: string): string =>
  [
    'sandbox allow-scripts',
    "default-src 'none'",
    `script-src ${origin} 'unsafe-inline' 'unsafe-eval' blob:`,
    `style-src ${origin} 'unsafe-inline'`,
    `img-src ${origin} data: blob:`,
    `font-src ${origin} data:`,
    `media-src ${origin} data: blob:`,
    `connect-src ${origin}`,
    `worker-src ${origin} blob:`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** For where a page's scripts would have nothing around them. */
export const withoutScripts =
  (handle: (request: Request) => Promise<Response>) =>
  async (request: Request): Promise<Response> => {
    const answer = await handle(request)
    const headers = new Headers(answer.headers)
    const held = headers.get('content-security-policy')
    if (held === null) return answer
    const policy = held
      .split('; ')
      .filter((directive) => !/^(sandbox|script-src|worker-src) /.test(directive))
    headers.set(
      'content-security-policy',
      ['sandbox', ...policy, "script-src 'none'", "worker-src 'none'"].join('; '),
    )
    const { status } = answer
    return new Response(answer.body, { status, headers })
  }

const headersFor = (origin: string, contentType: string): Record<string, string> => ({
  'content-type': contentType,
  'content-security-policy': policy(origin),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-dns-prefetch-control': 'off',
  // A sandboxed page's origin is opaque, so its own modules and fonts are cross-origin to it.
  'access-control-allow-origin': '*',
  'cache-control': 'no-cache',
})

/** Bytes; a declaration further down counts for no browser. */
const prescanBytes = 1024

/** Whether a page names its encoding before its first kilobyte is over. */
const declaresEncoding = async (file: PreviewFile): Promise<boolean> => {
  if (file.size === 0) return false
  let head = ''
  for await (const chunk of file.stream(0, Math.min(prescanBytes, file.size) - 1))
    head += (chunk as Buffer).toString('latin1')
  return /<meta[\s/][^>]*charset\s*=/i.test(head.replace(/<!--[\s\S]*?(-->|$)/g, ''))
}

/**
 * UTF-8 is what is meant where nobody says otherwise. XML has its declaration and the same default; a style sheet or
 * script that declares nothing follows its page; what a page declares of itself a header would overrule.
 */
const contentTypeOf = async (file: PreviewFile): Promise<string> => {
  const type = mediaTypeOf(file.path)
  const isLeftToItself =
    !isText(type) ||
    ['text/css', 'text/javascript', 'application/xml', 'image/svg+xml'].includes(type) ||
    (type === 'text/html' && (await declaresEncoding(file)))
  return isLeftToItself ? type : `${type}; charset=utf-8`
}

/** Whether the application's own page may draw it: that holds one thread with everything else in the window. */
const isForWindow = async (file: PreviewFile): Promise<boolean> => {
  if (mediaTypeOf(file.path) !== 'image/svg+xml' || file.size === 0) return true
  if (file.size > maxDrawingLetters) return false
  let text = ''
  for await (const chunk of file.stream(0, file.size - 1))
    text += (chunk as Buffer).toString('latin1')
  return isModestDrawing(text)
}

type Range = { start: number; end: number }

/** One range in bytes, both ends inclusive; null for none, and for forms that need not be honoured. */
const rangeOf = (header: string | null, size: number): Range | 'unsatisfiable' | null => {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start > end ? 'unsatisfiable' : { start, end }
}

/**
 * Answers `artifact://<artifact id>/<path>` from the cache; GET and HEAD, with Range. `place`: a page of its own, or a
 * picture in the application's.
 */
export const previewResponse = async (
  request: Request,
  source: PreviewSource,
  place: 'page' | 'picture' = 'page',
): Promise<Response> => {
  const url = new URL(request.url)
  const artifactId = url.host
  const origin = `artifact://${artifactId}`
  const told = async (status: number, notice: Notice): Promise<Response> => {
    const { noticePage } = await import('./notices.ts')
    return new Response(noticePage(notice), {
      status,
      headers: headersFor(origin, 'text/html; charset=utf-8'),
    })
  }
  if (!uuid.test(artifactId) || !['GET', 'HEAD'].includes(request.method))
    return told(404, 'no-artifact')
  let path: string
  try {
    path = decodeURIComponent(url.pathname).replace(/^\/+/, '')
  } catch {
    return told(400, 'no-path')
  }
  if (path === '' || path.endsWith('/')) path += 'index.html'
  try {
    const file = await source.find(artifactId, path, url.searchParams.get('version'))
    if (!file) return await told(404, 'no-file')
    if (place === 'picture' && !(await isForWindow(file))) return await told(422, 'not-drawn')
    const headers = {
      ...headersFor(origin, await contentTypeOf(file)),
      'accept-ranges': 'bytes',
    }
    const range = rangeOf(request.headers.get('range'), file.size)
    if (range === 'unsatisfiable')
      return new Response(null, {
        status: 416,
        headers: { ...headers, 'content-range': `bytes */${file.size}` },
      })
    const { start, end } = range ?? { start: 0, end: file.size - 1 }
    const empty = request.method === 'HEAD' || file.size === 0
    const body = empty ? null : (NodeReadable.toWeb(file.stream(start, end)) as ReadableStream)
    return new Response(body, {
      status: range ? 206 : 200,
      headers: {
        ...headers,
        'content-length': String(Math.max(0, end - start + 1)),
        ...(range ? { 'content-range': `bytes ${start}-${end}/${file.size}` } : {}),
      },
    })
  } catch (error) {
    return asFailure(error).code === 'file.not-cached'
      ? told(404, 'not-cached')
      : told(502, 'not-fetched')
  }
}
