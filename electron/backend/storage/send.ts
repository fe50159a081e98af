import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { refusals } from './errors.ts'
import type { Files } from './files.ts'
import type { StoredObject } from './objects.ts'

type Span =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' }

/** RFC 9110 §14: one range is served; several, or a malformed one, get the whole. `end` is inclusive. */
export const parseRange = (header: string | undefined, size: number): Span => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match) return { kind: 'whole' }
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return { kind: 'whole' }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return { kind: 'whole' }
  return start > end || start >= size ? { kind: 'unsatisfiable' } : { kind: 'part', start, end }
}

const unchanged = (request: IncomingMessage, eTag: string, modified: Date): boolean => {
  const known = request.headers['if-none-match']
  if (known !== undefined) {
    const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
    return tags.includes('*') || tags.includes(eTag)
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return Number.isFinite(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since
}

/** Bytes. */
const portionBytes = 262_144

/** Sends bytes `from` to `to` (exclusive): one portion is read while another goes out, into the same two buffers. */
const pump = async (
  handle: FileHandle,
  response: ServerResponse,
  from: number,
  to: number,
): Promise<void> => {
  const buffers = [Buffer.allocUnsafe(portionBytes), Buffer.allocUnsafe(portionBytes)] as const
  let sent: Promise<void> = Promise.resolve()
  // A write to a connection that was cut may never be answered.
  const cut = new Promise<void>((_, failed) => {
    response.once('close', () => failed(new Error('The reader has gone.')))
  })
  cut.catch(() => undefined)
  for (let at = from, turn = 0; at < to; turn += 1) {
    const buffer = buffers[turn % 2 === 0 ? 0 : 1]
    const { bytesRead } = await handle.read(buffer, 0, Math.min(portionBytes, to - at), at)
    if (bytesRead === 0) throw new Error('The bytes end early.')
    await Promise.race([sent, cut])
    sent = new Promise((done, failed) => {
      response.write(buffer.subarray(0, bytesRead), (error) => (error ? failed(error) : done()))
    })
    sent.catch(() => undefined)
    at += bytesRead
  }
  await Promise.race([sent, cut])
  response.end()
}

/**
 * Answers GET and HEAD with an object's bytes. `download` is the `?download=` value: null shows the
 * file, '' saves it under its own name, anything else under that name.
 */
export const sendObject = async (
  request: IncomingMessage,
  response: ServerResponse,
  files: Files,
  object: StoredObject,
  download: string | null,
): Promise<void> => {
  const handle = await open(files.blob(object.version), 'r').catch(() => {
    // The row was read just before a delete removed the bytes.
    throw refusals.objectNotFound()
  })
  try {
    const size = (await handle.stat()).size
    const { eTag, mimetype, cacheControl, lastModified } = object.metadata
    const headers: OutgoingHttpHeaders = {
      'content-type': mimetype,
      'cache-control': cacheControl,
      etag: eTag,
      'last-modified': new Date(lastModified).toUTCString(),
      'accept-ranges': 'bytes',
      'x-robots-tag': 'none',
      'x-content-type-options': 'nosniff',
      // Stored pages are hostile: opened straight from here they may run nothing.
      'content-security-policy': "default-src 'none'; sandbox",
    }
    if (download !== null) {
      const name = download || (object.name.split('/').at(-1) ?? 'file')
      headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`
    }
    if (unchanged(request, eTag, new Date(lastModified))) {
      response.writeHead(304, headers).end()
      return
    }
    const condition = request.headers['if-range']
    const useRange = condition === undefined || condition === eTag
    const span = parseRange(useRange ? request.headers.range : undefined, size)
    if (span.kind === 'unsatisfiable') {
      response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
      return
    }
    const start = span.kind === 'part' ? span.start : 0
    const end = span.kind === 'part' ? span.end : size - 1
    if (span.kind === 'part') headers['content-range'] = `bytes ${start}-${end}/${size}`
    headers['content-length'] = end - start + 1
    response.writeHead(span.kind === 'part' ? 206 : 200, headers)
    if (request.method === 'HEAD' || size === 0) {
      response.end()
      return
    }
    // A reader that leaves early is no failure of ours.
    await pump(handle, response, start, end + 1).catch(() => response.destroy())
  } finally {
    await handle.close()
  }
}
