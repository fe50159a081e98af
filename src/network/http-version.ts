/** As Electron's `IncomingMessage` says it. */
type Head = { httpVersion: string; statusMessage: string; rawHeaders: readonly string[] }

/**
 * Chromium writes “HTTP/1.1” above every answer, whatever it came by. What HTTP/2 and 3 cannot do tells them apart:
 * their answers have no reason phrase, and the names of their headers are in lower case. A server of HTTP/1.1 that
 * writes so too is taken for one of HTTP/2, and what is asked of it then waits inside Chromium.
 */
export const httpVersionOf = ({ httpVersion, statusMessage, rawHeaders }: Head): '1.1' | '2' => {
  if (!httpVersion.startsWith('1.')) return '2'
  const names = rawHeaders.filter((_, index) => index % 2 === 0)
  // With nothing to tell by it is the one that takes less.
  if (statusMessage !== '' || names.length === 0) return '1.1'
  return names.every((name) => name === name.toLowerCase()) ? '2' : '1.1'
}
