import { z } from 'zod'
import { queryClient, useRemembered } from './remembered.ts'
import { accountOf, useSession } from './stores.ts'
import { dataOf, supabase } from './supabase.ts'

/** Milliseconds between two looks: what the server decides about somebody shows within ten seconds. */
const lookAgainMs = 8_000

const workspace = z.object({
  id: z.uuid(),
  name: z.string(),
  company_name: z.string(),
  description: z.string().nullable(),
  logo_url: z.string().nullable(),
  is_global: z.boolean(),
  /** Whoever is a member may make projects there. */
  is_member: z.boolean(),
})

const project = z.object({
  id: z.uuid(),
  workspace_id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  kind: z.string(),
  /** False: it is archived. */
  is_active: z.boolean(),
  updated_at: z.string(),
})
export type Project = z.infer<typeof project>

const places = z.object({
  /** Null: there is no such account. */
  standing: z.enum(['invited', 'waitlist', 'active', 'inactive', 'banned', 'archived']).nullable(),
  workspaces: z.array(workspace),
  projects: z.array(project),
})
export type Standing = NonNullable<z.infer<typeof places>['standing']>

/**
 * How the person stands, and every workspace and project they can see: few enough to hold, and all that a window
 * with nobody at it asks for.
 */
export const usePlaces = () => {
  const account = useSession((session) => accountOf(session)?.id ?? null)
  return useRemembered(
    ['places', account],
    places,
    async () => dataOf(await supabase().rpc('my_places')),
    { lookAgainMs },
  )
}

export const lookAtPlaces = (): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: ['places'] })
