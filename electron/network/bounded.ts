/** Bytes of an answer that is no file: what grants, settings and refusals may be. */
export const maxBytes = 4 * 1024 * 1024

/** As much of a body as counts. @throws TypeError beyond it, as for every answer that is none */
const bounded = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  let sum = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        sum += chunk.byteLength
        if (sum > maxBytes) controller.error(new TypeError('The answer has no end.'))
        else controller.enqueue(chunk)
      },
    }),
  )
}

/** `fetch` for questions with a short answer: it follows nobody with what it bears, and reads no more than it should. */
export const guardedFetch =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    const answer = await fetch(input, { ...init, redirect: 'error' })
    const { status, statusText, headers } = answer
    return answer.body
      ? new Response(bounded(answer.body), { status, statusText, headers })
      : answer
  }
