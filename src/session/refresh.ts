/** An access token is renewed this long before its end; one that lives shorter than usual, in its last tenth. */
const marginMs = 60_000

/** Of a token, by the server's clock; milliseconds since 1970. */
export type Life = { from: number; until: number }

/** Whether a token is still good. `ahead`: milliseconds by which the server's clock is ahead of ours, which may be hours off. */
export const isFresh = ({ from, until }: Life, now: number, ahead: number): boolean =>
  until - (now + ahead) > Math.min(marginMs, (until - from) / 10)

/** Milliseconds between two refreshes that only a refusal asks for: whoever refuses every token is not a reason for more of them. */
export const refusalPauseMs = 5 * 60_000

/** How long to wait before trying a silent server again; milliseconds, by how often it was silent. */
export const retryDelay = (attempt: number): number =>
  Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5))
