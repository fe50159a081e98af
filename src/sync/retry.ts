/** Full jitter (a uniform share of an exponential bound): milliseconds before the next try. */
export const backoff = (
  attempt: number,
  random: () => number,
  retryAfterSeconds: number | null,
): number => {
  const bound = Math.min(60_000, 500 * 2 ** attempt)
  return Math.max(random() * bound, (retryAfterSeconds ?? 0) * 1000)
}
