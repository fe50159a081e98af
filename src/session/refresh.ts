/** An access token is renewed this long before the server's clock ends it. */
const margin = 60_000

/** How far the server's clock is ahead of ours, from its `Date` header; milliseconds. */
export const serverOffset = (dateHeader: string | null, now: number): number | null => {
  if (!dateHeader) return null
  const server = Date.parse(dateHeader)
  return Number.isNaN(server) ? null : server - now
}

/** Whether a token is still good, judged by the server's clock: ours may be hours off. */
export const isFresh = (expiresAt: number, now: number, offset: number): boolean =>
  expiresAt * 1000 - (now + offset) > margin

/** How long to wait before trying a silent server again; milliseconds, by how often it was silent. */
export const retryDelay = (attempt: number): number =>
  Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5))
