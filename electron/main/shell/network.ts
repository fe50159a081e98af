import type { Readable } from 'node:stream'
import { type ClientRequest, net } from 'electron'
import type { Answer, Incoming, Transport } from '../../network/transport.ts'

/** Chromium's network stack: system proxy, PAC and certificates apply to main as they do to pages. */
export const networkFetch: typeof fetch = (input, init) =>
  net.fetch(input instanceof URL ? input.href : input, init)

/** Answers that have no body, whatever comes. */
const bodiless = [101, 204, 205, 304]

/**
 * Bytes as they come; `ended` hears when there are no more. An answer is no socket in Electron: only the request can
 * be given up, and its connection with it.
 */
const incoming = (answer: Readable, request: ClientRequest, ended: () => void): Incoming => ({
  getReader: () => {
    const chunks: AsyncIterator<Uint8Array> = answer[Symbol.asyncIterator]()
    let isOver = false
    return {
      read: async () => {
        const next = await chunks.next()
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

const headersOf = (known: Record<string, string | string[] | undefined>): Answer['headers'] => ({
  get: (name) => {
    const value = known[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  },
  has: (name) => known[name.toLowerCase()] !== undefined,
})

/**
 * The same stack for what sync moves. `net.fetch` would keep a streamed body in memory before it sends the first
 * byte, and hands every packet of an answer through a web stream; a chunked `net.request` passes on what comes, and
 * its `write` calls back when Chromium has taken it. Nothing of it is kept in Chromium's cache: sync has its own.
 */
export const networkTransport: Transport = (
  url,
  { method = 'GET', headers = {}, body, signal, redirect },
) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = net.request({ url, method, cache: 'no-store', redirect })
    const reader = body instanceof ReadableStream ? body.getReader() : null
    let isAnswered = false
    let isSent = false
    /** The last of it: what is still on its way, if anything, is wanted no more. */
    const end = (): void => {
      signal.removeEventListener('abort', stop)
      if (!isSent) request.abort()
    }
    const fail = (error: unknown): void => {
      if (isAnswered) return
      isAnswered = true
      void reader?.cancel().catch(() => {})
      signal.removeEventListener('abort', stop)
      request.abort()
      reject(error)
    }
    const stop = (): void => {
      fail(signal.reason)
      request.abort()
    }
    signal.addEventListener('abort', stop, { once: true })
    // Also what ends without an answer. `close` says nothing of that: it comes when the body is written.
    request.on('error', fail)
    request.on('response', (answer) => {
      if (isAnswered) return
      isAnswered = true
      void reader?.cancel().catch(() => {})
      // Electron: “IncomingMessage implements the Readable Stream interface”; its types do not say so.
      const bytes = answer as unknown as Readable
      // One that is cut while nobody reads is told to who reads next.
      bytes.on('error', () => {})
      const { statusCode: status } = answer
      const isBodiless = bodiless.includes(status) || method === 'HEAD'
      if (isBodiless) {
        bytes.resume()
        end()
      }
      resolve({
        ok: status >= 200 && status < 300,
        status,
        httpVersion: answer.httpVersion,
        headers: headersOf(answer.headers),
        body: isBodiless ? null : incoming(bytes, request, end),
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
        if (!request.chunkedEncoding) request.chunkedEncoding = true
        await new Promise<void>((taken) => {
          const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
          request.write(bytes, undefined, taken)
        })
      }
      isSent = true
      request.end()
    }
    send().catch(fail)
  })
