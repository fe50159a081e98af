/** Milliseconds for which a server is missed before anybody is told: one that is away for a moment is no news. */
export const outageAfterMs = 6_000
