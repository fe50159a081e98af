import { net } from 'electron'

/** Answers that have no body, by the fetch standard: a `Response` refuses one for them. */
const bodiless = [101, 204, 205, 304]

/**
 * A request whose body is a stream. `net.fetch` would keep all of it in memory before it sends the first byte; a
 * chunked `net.request` passes it on as it comes, and `write` calls back when Chromium has taken it. The answers to
 * uploads are small, and are read whole.
 */
const sendStream = (
  url: string,
  { method = 'POST', headers, signal }: RequestInit,
  body: ReadableStream<Uint8Array>,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const request = net.request({ url, method })
    request.chunkedEncoding = true
    const reader = body.getReader()
    let isOver = false
    let isSent = false
    const end = (settle: () => void): void => {
      if (isOver) return
      isOver = true
      signal?.removeEventListener('abort', stop)
      void reader.cancel().catch(() => {})
      settle()
    }
    const fail = (error: unknown): void =>
      end(() => {
        request.abort()
        reject(error)
      })
    const stop = (): void => fail(signal?.reason)
    request.on('error', fail)
    // The last event of all: nothing more will come.
    request.on('close', () => fail(new TypeError('The request ended without an answer.')))
    request.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('error', fail)
      answer.on('aborted', () => fail(new TypeError('The answer was cut.')))
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () =>
        end(() => {
          const { statusCode: status, statusMessage: statusText } = answer
          const known = new Headers()
          for (const [name, value] of Object.entries(answer.headers))
            known.set(name, Array.isArray(value) ? value.join(', ') : value)
          // An answer may come before all was sent: nobody wants the rest.
          if (!isSent) request.abort()
          const bytes = bodiless.includes(status) ? null : Buffer.concat(chunks)
          resolve(new Response(bytes, { status, statusText, headers: known }))
        }),
      )
    })
    const send = async (): Promise<void> => {
      for (const [name, value] of new Headers(headers)) request.setHeader(name, value)
      for (;;) {
        const { done, value } = await reader.read()
        if (isOver) return
        if (done) break
        await new Promise<void>((taken) => {
          request.write(
            Buffer.from(value.buffer, value.byteOffset, value.byteLength),
            undefined,
            taken,
          )
        })
      }
      isSent = true
      request.end()
    }
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop, { once: true })
    send().catch(fail)
  })

/** Chromium's network stack: system proxy, PAC and certificates apply to main as they do to pages. */
export const networkFetch: typeof fetch = (input, init) => {
  const url = input instanceof URL ? input.href : input
  return typeof url === 'string' && init?.body instanceof ReadableStream
    ? sendStream(url, init, init.body)
    : net.fetch(url, init)
}
