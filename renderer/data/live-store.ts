import { create } from 'zustand'

/** Whether the server tells this window of what others do; while it does, hardly anything is asked for on suspicion. */
export const useLive = create<{ isLive: boolean }>(() => ({ isLive: false }))

const longestPollMs = 60_000
/** The same while the server tells: what it told may have been lost, and what nobody did it does not tell. */
const unheardPollMs = 10 * 60_000
/** A poll's distance grows to an eighth of the time in which nothing was new. */
const quietShare = 8

const firstSeenAt = new WeakMap<object, number>()
let lookedAt = 0

/** Somebody looks at the window. */
export const noteLook = (now = Date.now()): void => {
  lookedAt = now
}

/**
 * Milliseconds until a value is asked for again by itself, `everyMs` at the least. The longer it has stayed as it is
 * with nobody looking, the later.
 */
export const pollAfterMs = (everyMs: number, value: unknown, now = Date.now()): number => {
  if (useLive.getState().isLive) return Math.max(everyMs, unheardPollMs)
  if (typeof value !== 'object' || value === null) return everyMs
  const since = firstSeenAt.get(value) ?? now
  firstSeenAt.set(value, since)
  const quietMs = now - Math.max(since, lookedAt)
  return Math.max(everyMs, Math.min(longestPollMs, quietMs / quietShare))
}
