import { z } from 'zod'
import { accountRequest, event, nothing } from './ipc.ts'

export const liveRequests = {
  /**
   * Of which projects the server tells the page by itself now; null: of nothing. Holds for a while, and is said again.
   * Answers which projects are followed here.
   */
  'live.joined': accountRequest(
    z.object({ projectIds: z.array(z.uuid()).max(1_000).nullable() }),
    z.array(z.uuid()),
    { signedOut: [] },
  ),
  /** Somebody changed something of a project. */
  'live.heard': accountRequest(z.object({ projectId: z.uuid() }), nothing),
}

export const liveEvents = {
  /** The projects that are followed here: opened, kept on this computer, or linked to a folder. */
  'live.followed': event(z.array(z.uuid())),
}
