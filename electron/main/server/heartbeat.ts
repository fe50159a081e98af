import { loggedOnce } from '../../log/log.ts'
import type { ApiClient } from './api-client.ts'

/** Milliseconds of silence after which the server is asked for a sign of life. */
const silenceMs = 20_000
/** The same while it is not to be had. */
const missedSilenceMs = 4_000

/**
 * Whoever reads what is here asks the server nothing, and would not notice that it went, or that it is back.
 * `isWanted`: somebody is signed in, and nothing is paused.
 */
export const openHeartbeat = ({
  server,
  isWanted,
  isToldOtherwise,
  signal,
}: {
  server: ApiClient
  isWanted: () => boolean
  /** Whoever has a way to tell would notice that the server went. */
  isToldOtherwise: () => boolean
  signal: AbortSignal
}) => {
  const { reachability, time } = server
  const notAsked = loggedOnce('sync', 'The server could not be asked for a sign of life')
  const told = (error: unknown): void => {
    if (!signal.aborted) notAsked(error)
  }
  const watch = async (): Promise<void> => {
    for (;;) {
      const isMissed = reachability.missedSince !== null
      await time.sleep(
        isMissed ? missedSilenceMs : Math.max(missedSilenceMs, silenceMs - reachability.silence),
        signal,
      )
      const isSilent = reachability.silence >= silenceMs && !isToldOtherwise()
      if (isWanted() && (reachability.missedSince !== null || isSilent))
        await server.ping(signal).catch(told)
    }
  }
  // Its sleep alone ends it, when nobody waits any more.
  void watch().catch(() => {})
  return {
    /** A person asks. */
    ping: async (): Promise<void> => {
      server.resetBreaker()
      await server.ping(signal)
    },
  }
}
