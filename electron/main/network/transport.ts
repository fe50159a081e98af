import { type Readable, Writable } from 'node:stream'
import { type AuthInfo, type ClientRequest, net } from 'electron'
import { Failure, type FailureCode } from '../../../src/domain/failure.ts'
import type { CertificateFailure } from '../../../src/network/client-certificates.ts'
import { Connections } from '../../../src/network/connections.ts'
import { httpVersionOf } from '../../../src/network/http-version.ts'
import { codeOfRequest } from '../../../src/network/net-error.ts'
import type { Given } from '../../../src/network/proxy-sign-in.ts'
import type { Incoming, Transport, TransportResponse } from '../../network/transport.ts'

/** Answers that have no body, whatever comes. */
const bodiless = [101, 204, 205, 304]
/** What a proxy says that nobody signed in to. */
const proxyWantsSignInStatus = 407

/** `fields`: the headers, all of them, by their names in lower case. */
export type NetworkResponse = TransportResponse & {
  readonly fields: Readonly<Record<string, string>>
}
export type NetworkTransport = (...asked: Parameters<Transport>) => Promise<NetworkResponse>

/** What keeps a request that is no fault of the server's: it waits for a place, or for the person. */
type Kept = { by: FailureCode | null }
type Options = {
  connections?: Connections
  /** What to sign in to a proxy with, for a request that was refused in that turn; null: nobody does. */
  signIn?: (proxy: AuthInfo, refused: number) => Promise<Given | null>
  /** Of every request's end: why the network did not let it through to that host, or that it did. */
  told?: (failure: Failure | null, host: string) => void
  /** That host did not let in who came: what it was for, where it had asked for a certificate. */
  certificateRefused?: (host: string) => CertificateFailure | null
  /** Calls back when the person is asked for a certificate for that host, and when no more; answers how to stop that. */
  onCertificateAsked?: (host: string, heard: (isAsked: boolean) => void) => () => void
}

/**
 * Bytes as they come; `ended` hears when there are no more. What was given up says why. An answer is no socket in Electron: only the request can
 * be given up, and its connection with it.
 */
const incoming = (
  answer: Readable,
  request: ClientRequest,
  signal: AbortSignal,
  ended: () => void,
): Incoming => ({
  getReader: () => {
    const chunks: AsyncIterator<Uint8Array> = answer[Symbol.asyncIterator]()
    let isOver = false
    return {
      read: async () => {
        const next = await chunks.next().catch((error: unknown) => {
          isOver = true
          ended()
          throw signal.aborted ? signal.reason : error
        })
        if (!next.done) return next
        isOver = true
        ended()
        return { done: true }
      },
      cancel: async () => {
        if (isOver) return
        isOver = true
        ended()
        request.abort()
      },
    }
  },
})

const fieldsOf = (known: Record<string, string | string[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(known).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  )

/** What Chromium says of it in a person's terms; what has none stays as it is. */
const failureOf = (error: unknown, refused: () => CertificateFailure | null): unknown => {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const code = codeOfRequest(error.message, refused)
  return code ? new Failure(code, 'The network did not let it through.', { cause: error }) : error
}

/**
 * Chromium takes no more of a body in pieces. Why is told by the request's own error, or by its answer, before that or
 * after it.
 */
const isTakenNoMore = (error: Error): boolean => error.message.startsWith('mojo result not ok')

/** A body in pieces is a stream of its own inside the request, whose error Electron leaves to be thrown in main. */
const hearBody = (request: ClientRequest): void => {
  const { _body: body } = request as ClientRequest & { _body?: unknown }
  if (body instanceof Writable) body.on('error', () => {})
}

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80')

/**
 * Chromium's network stack, whose proxies, PAC files and certificates apply to main as they do to pages. Not
 * `net.fetch`, which would keep a streamed body in memory before it sends the first byte, and hands every packet of
 * an answer through a web stream; a chunked `net.request` passes on what comes, and its `write` calls back when
 * Chromium has taken it. Nothing of it is kept in Chromium's cache: sync has its own. Nothing is said of `credentials`
 * either: then no cookies go out, and a certificate does where one is asked for.
 */
export const openTransport = ({
  connections = new Connections(),
  signIn = async () => null,
  told = () => {},
  certificateRefused = () => null,
  onCertificateAsked = () => () => {},
}: Options = {}): NetworkTransport => {
  return async (url, { signal, waits = () => {}, ...asked }) => {
    signal.throwIfAborted()
    const { origin } = new URL(url)
    const leave = await connections.enter(origin, signal, waits)
    if (signal.aborted) leave()
    signal.throwIfAborted()
    return exchange(url, { ...asked, signal, waits }, leave)
  }

  function exchange(
    url: string,
    {
      method = 'GET',
      headers = {},
      body,
      signal,
      redirect,
      waits,
    }: Parameters<Transport>[1] & { waits: (isWaiting: boolean) => void },
    leave: () => void,
  ): Promise<NetworkResponse> {
    return new Promise((resolve, reject) => {
      const where = new URL(url)
      const host = `${where.hostname}:${portOf(where)}`
      const request = net.request({ url, method, cache: 'no-store', redirect })
      const reader = body instanceof ReadableStream ? body.getReader() : null
      let isAnswered = false
      let isSent = false
      const kept: Kept = { by: null }
      const keep = (by: FailureCode | null): void => {
        if ((kept.by === null) !== (by === null)) waits(by !== null)
        kept.by = by
      }
      const stopHearing = onCertificateAsked(host, (isAsked) =>
        keep(isAsked ? 'network.certificate-wanted' : null),
      )
      /** The last of it: what is still on its way, if anything, is wanted no more. */
      const end = (): void => {
        signal.removeEventListener('abort', stop)
        leave()
        if (!isSent) request.abort()
      }
      const fail = (error: unknown): void => {
        if (isAnswered) return
        isAnswered = true
        void reader?.cancel().catch(() => {})
        signal.removeEventListener('abort', stop)
        stopHearing()
        leave()
        request.abort()
        const failure = failureOf(error, () => certificateRefused(host))
        if (failure instanceof Failure) told(failure, host)
        reject(failure)
      }
      const stop = (): void => {
        // Whoever ran out of patience hears for whom it was needed.
        const { by } = kept
        fail(by ? new Failure(by, 'The person was asked, and has not answered.') : signal.reason)
        request.abort()
      }
      signal.addEventListener('abort', stop, { once: true })
      // Also what ends without an answer. `close` says nothing of that: it comes when the body is written.
      request.on('error', (error) => isTakenNoMore(error) || fail(error))
      let refused = 0
      request.on('login', (proxy, answer) => {
        if (!proxy.isProxy) return answer()
        keep('network.proxy-sign-in')
        void signIn(proxy, refused)
          .catch(() => null)
          .then((given) => {
            keep(null)
            if (isAnswered) return
            refused = given?.turn ?? 0
            if (given) answer(given.userName, given.password)
            else answer()
          })
      })
      request.on('response', (answer) => {
        const { statusCode: status } = answer
        if (status === proxyWantsSignInStatus)
          return fail(new Failure('network.proxy-sign-in', 'The proxy wants a sign-in.'))
        if (isAnswered) return
        isAnswered = true
        stopHearing()
        void reader?.cancel().catch(() => {})
        // Electron: “IncomingMessage implements the Readable Stream interface”; its types do not say so.
        const bytes = answer as unknown as Readable
        // One that is cut while nobody reads is told to who reads next.
        bytes.on('error', () => {})
        // However it ends, and whether or not anybody reads it: what is given up ends without an error.
        bytes.once('close', () => {
          signal.removeEventListener('abort', stop)
          leave()
        })
        const httpVersion = httpVersionOf(answer)
        connections.speaks(where.origin, httpVersion)
        told(null, host)
        const isBodiless = bodiless.includes(status) || method === 'HEAD'
        if (isBodiless) {
          bytes.resume()
          end()
        }
        const fields = fieldsOf(answer.headers)
        resolve({
          ok: status >= 200 && status < 300,
          status,
          httpVersion,
          headers: {
            get: (name) => fields[name.toLowerCase()] ?? null,
            has: (name) => fields[name.toLowerCase()] !== undefined,
          },
          fields,
          body: isBodiless ? null : incoming(bytes, request, signal, end),
        })
      })
      const send = async (): Promise<void> => {
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value)
        if (!reader) {
          isSent = true
          if (body === undefined || body instanceof ReadableStream) request.end()
          else
            request.end(
              typeof body === 'string'
                ? body
                : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
            )
          return
        }
        for (;;) {
          const { done, value } = await reader.read()
          if (isAnswered) return
          if (done) break
          // Not before there is a first piece: Electron cannot end a body in pieces that has none.
          if (!request.chunkedEncoding) {
            request.chunkedEncoding = true
            hearBody(request)
          }
          const isTaken = await new Promise<boolean>((taken) => {
            const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
            request.write(bytes, undefined, (error?: unknown) => taken(!error))
          })
          if (!isTaken) return
        }
        isSent = true
        request.end()
      }
      send().catch(fail)
    })
  }
}
