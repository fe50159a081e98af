import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  constants,
  createSecureServer,
  type Http2Session,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import type { Request as PageRequest } from 'playwright-core'
import { hosts } from './addresses.ts'
import { throwAwayCertificate } from './certificate.ts'

// Playwright hands an answer's body over whole. So that a page gets it as it comes, and its source hears of a page that
// has given up, an answer waits here under a token and Chromium fetches it over a connection: of HTTP/2, since a scheme
// of Electron's knows no limit of six.

type Answer = { status: number; headers: Record<string, string>; body: ReadableStream<Uint8Array> }
const waiting = new Map<string, { asked: PageRequest; answer: Answer }>()

/** What a connection says for itself, and HTTP/2 takes from nobody else. */
const ofConnections = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade)$/i

/** Bytes, from where a body counts as long: a page that does not read it holds up to 6 MiB of the connection's 15. */
const longBytes = 1024 * 1024
/** Beside so many whatever is asked for from now on goes over another connection; these two end on theirs. */
const maxLongBodies = 2
const longOf = new WeakMap<Http2Session, number>()
const countLong = (session: Http2Session): void => {
  const long = (longOf.get(session) ?? 0) + 1
  longOf.set(session, long)
  if (long === maxLongBodies) session.close()
}

const handOver = async (stream: ServerHttp2Stream, path = ''): Promise<void> => {
  // A body that was sent has been read by the handler.
  stream.on('error', () => {}).resume()
  const token = path.slice(1)
  const found = waiting.get(token)
  waiting.delete(token)
  if (!found) return stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  const { status, headers, body } = found.answer
  if (stream.destroyed) return body.cancel()
  const own = Object.entries(headers).filter(([name]) => !ofConnections.test(name))
  // Known to Node, and left out of its types.
  const options: ServerStreamResponseOptions & { sendDate: boolean } = { sendDate: false }
  stream.respond({ ...Object.fromEntries(own), ':status': status }, options)
  await pipeline(
    Readable.fromWeb(body),
    async function* (pieces: AsyncIterable<Uint8Array>) {
      let sent = 0
      for await (const piece of pieces) {
        const isLong = sent > longBytes
        sent += piece.length
        if (!isLong && sent > longBytes && stream.session) countLong(stream.session)
        yield piece
      }
    },
    stream,
  )
}

/** What Chromium has to be started with: where those hosts are, and whom it may believe to be them. */
export const openBodies = async (): Promise<string[]> => {
  const { key, cert, keyHash } = throwAwayCertificate()
  const server = createSecureServer({ key, cert }).on('stream', (stream, headers) => {
    // Whichever end breaks off, the other has heard of it.
    handOver(stream, headers[':path']).catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const { port } = server.address() as AddressInfo
  return [
    `--host-resolver-rules=MAP ${hosts}:443 127.0.0.1:${port}`,
    `--ignore-certificate-errors-spki-list=${keyHash}`,
  ]
}

/** The address to have it from, once; on the same host, and seen by no page. */
export const offer = (asked: PageRequest, answer: Answer): string => {
  const token = randomUUID()
  waiting.set(token, { asked, answer })
  return new URL(`/${token}`, asked.url()).href
}

/** Whoever asked has gone before it was fetched. */
export const withdraw = (isGone: (asked: PageRequest) => boolean): void => {
  for (const [token, { asked, answer }] of waiting) {
    if (!isGone(asked)) continue
    waiting.delete(token)
    answer.body.cancel().catch(() => {})
  }
}
