import type { IncomingMessage } from 'node:http'

/** What a client that is refused half-way may still send before its connection goes, in milliseconds. */
const drainMs = 10_000

/**
 * For a request that was answered before its body had come: reading on lets the client see the answer, where a
 * connection that is closed over unread bytes takes it away. A client that goes on for long is cut off.
 */
export const drain = (request: IncomingMessage): void => {
  if (request.complete) return
  const timer = setTimeout(() => request.destroy(), drainMs)
  request.once('close', () => clearTimeout(timer))
  request.resume()
}
