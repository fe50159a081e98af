import type { RealtimeChannel } from '@supabase/supabase-js'
import { z } from 'zod'

/** What somebody says of themselves in a chat: a comfort, and no proof of who they are. Never content. */
const meta = z.object({ isTyping: z.boolean().catch(false) })

/** Somebody in a chat, at however many computers. */
export type Present = { userId: string; isTyping: boolean }

/** Who is there, by what was last told. Whatever is not of the form is nobody. */
export const presentIn = (state: Record<string, unknown[]>): Present[] =>
  Object.entries(state)
    .flatMap(([userId, metas]) => {
      if (!z.uuid().safeParse(userId).success) return []
      const known = metas.flatMap((each) => meta.safeParse(each).data ?? [])
      return known.length > 0 ? [{ userId, isTyping: known.some((each) => each.isTyping) }] : []
    })
    .sort((a, b) => (a.userId < b.userId ? -1 : 1))

/** Tells who is in a chat whenever that changes; to be called before the channel, of `chat:<id>`, is subscribed. */
export const followPresence = (
  channel: RealtimeChannel,
  changed: (present: Present[]) => void,
): RealtimeChannel =>
  channel.on('presence', { event: 'sync' }, () => changed(presentIn(channel.presenceState())))
