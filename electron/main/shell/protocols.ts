import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { app, net, protocol } from 'electron'
import { devServerOf, loosenFor } from '../../../src/links/dev-server.ts'

export const appOrigin = 'app://atelier'

/** Before the application is ready: the two schemes, each a standard and secure origin of its own. */
export const declareSchemes = (): void => {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      // codeCache: what V8 made of the page's code is there at the next start.
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
    // corsEnabled lets a sandboxed preview, whose origin is opaque, load its own modules and fonts.
    {
      scheme: 'artifact',
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        corsEnabled: true,
        stream: true,
      },
    },
  ])
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Where the pictures of accounts lie that came by OAuth; on Google's other hosts lie files of anybody's. */
const avatarOrigins = ['https://avatars.githubusercontent.com', 'https://lh3.googleusercontent.com']

/** Scripts from self only; connections to self and the configured Supabase only; no frames, of an artifact its pictures. */
const contentSecurityPolicy = (server: string | null): string => {
  const origin = server === null ? null : new URL(server).origin
  const socket = origin?.replace(/^http/, 'ws')
  return [
    "default-src 'none'",
    "script-src 'self'",
    // CodeMirror and Radix place their styles at run time.
    "style-src 'self' 'unsafe-inline'",
    // Not from anywhere: a picture in somebody's row would tell its writer who reads it, and when.
    `img-src 'self' data: blob: artifact: ${[...(origin ? [origin] : []), ...avatarOrigins].join(' ')}`,
    "font-src 'self'",
    `connect-src 'self' ${origin ? `${origin} ${socket}` : ''}`.trim(),
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** While the page is being developed its parts come from a server of this computer, under the application's own origin. */
const fromDevServer = async (
  { method, headers }: Request,
  url: URL,
  devServer: string,
  server: string | null,
): Promise<Response> => {
  const accept = headers.get('accept')
  const answer = await net
    .fetch(`${devServer}${url.pathname}${url.search}`, {
      method,
      credentials: 'omit' as const,
      headers: accept ? { accept } : {},
    })
    .catch(() => null)
  if (!answer) return new Response(`Nothing answers at ${devServer}.`, { status: 502 })
  return new Response(answer.body, {
    status: answer.status,
    headers: {
      'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
      'content-security-policy': loosenFor(contentSecurityPolicy(server), devServer),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  })
}

export const serveApp = (folder: string, server: () => string | null): void => {
  const devServer = devServerOf(process.env.ELECTRON_RENDERER_URL, app.isPackaged)
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    if (url.host !== 'atelier' || !['GET', 'HEAD'].includes(request.method))
      return new Response(null, { status: 404 })
    if (devServer) return fromDevServer(request, url, devServer, server())
    let path: string
    try {
      path = normalize(join(folder, decodeURIComponent(url.pathname)))
    } catch {
      return new Response(null, { status: 400 })
    }
    if (!path.startsWith(folder + sep)) return new Response(null, { status: 403 })
    const body = await readFile(path).catch(() => null)
    if (!body) return new Response(null, { status: 404 })
    return new Response(request.method === 'HEAD' ? null : body, {
      headers: {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy(server()),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      },
    })
  })
}

/** For the pictures in the application's own page; whole pages have a session of their own (previews.ts). */
export const serveArtifacts = (handle: (request: Request) => Promise<Response>): void => {
  protocol.handle('artifact', handle)
}
