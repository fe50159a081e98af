/** Full jitter (a uniform share of an exponential bound): milliseconds before the next try. */
export const backoff = (
  attempt: number,
  random: () => number,
  retryAfterSeconds: number | null,
): number => {
  const bound = Math.min(60_000, 500 * 2 ** attempt)
  return Math.max(random() * bound, (retryAfterSeconds ?? 0) * 1000)
}

/** A server may ask for patience, not for the rest of the day. */
const maxWaitSeconds = 120

/** `Retry-After` as seconds from `now` (ms since the epoch): a number or an HTTP date; null when neither. */
export const retryAfterOf = (header: string | null, now: number): number | null => {
  if (header === null || header.trim() === '') return null
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), maxWaitSeconds) : null
}
