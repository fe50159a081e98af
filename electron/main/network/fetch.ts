import { maxBytes } from '../../network/bounded.ts'
import type { TransportResponse } from '../../network/transport.ts'
import type { NetworkTransport } from './transport.ts'

/** To its end: an answer that nobody reads would keep its connection. @throws TypeError when it has none */
const whole = async ({ body }: TransportResponse): Promise<Uint8Array<ArrayBuffer> | null> => {
  const reader = body?.getReader()
  if (!reader) return null
  const pieces: Uint8Array[] = []
  let sum = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || !value) return new Uint8Array(Buffer.concat(pieces))
      sum += value.byteLength
      pieces.push(value)
      if (sum > maxBytes) throw new TypeError('The answer has no end.')
    }
  } catch (error) {
    await reader.cancel()
    throw error
  }
}

const never = new AbortController().signal

/** `fetch` for short questions with short answers, by the same way as all else. Nobody is followed anywhere. */
export const fetchOver =
  (transport: NetworkTransport): typeof fetch =>
  async (input, init) => {
    // Takes apart whatever form the two have; a body is held anyway.
    const { url, method, headers, body } = new Request(input, { ...init, signal: null })
    const sent = body ? new Uint8Array(await new Response(body).arrayBuffer()) : null
    const signal = init?.signal ?? (input instanceof Request ? input.signal : never)
    const answer = await transport(url, {
      method,
      headers: Object.fromEntries(headers),
      signal,
      redirect: 'error',
      ...(sent ? { body: sent } : {}),
    })
    return new Response(await whole(answer), {
      status: answer.status,
      headers: answer.fields,
    })
  }
