import { z } from 'zod'
import { queryClient, useRemembered } from './remembered.ts'
import { lookAgainMs } from './standing.ts'
import { accountOf, useSession } from './stores.ts'
import { dataOf, supabase } from './supabase.ts'

const workspace = z.object({
  id: z.uuid(),
  name: z.string(),
  company_name: z.string(),
  description: z.string().nullable(),
  logo_url: z.string().nullable(),
  is_global: z.boolean(),
})

const project = z.object({
  id: z.uuid(),
  workspace_id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  kind: z.string(),
  updated_at: z.string(),
})
/** As far as it is asked for. */
const membership = z.object({ workspace_id: z.uuid() })
export type Project = z.infer<typeof project>

/** Every workspace the person can see. */
export const useWorkspaces = () =>
  useRemembered(
    ['workspaces'],
    z.array(workspace),
    async () =>
      dataOf(
        await supabase()
          .from('workspaces')
          .select('id,name,company_name,description,logo_url,is_global')
          .is('deleted_at', null)
          .order('name'),
      ),
    { lookAgainMs },
  )

/** Every project the person can see, in all workspaces: few enough to hold, and the palette needs them all. */
export const useProjects = () =>
  useRemembered(
    ['projects'],
    z.array(project),
    async () =>
      dataOf(
        await supabase()
          .from('projects')
          .select('id,workspace_id,name,description,kind,updated_at')
          .is('deleted_at', null)
          .eq('is_active', true)
          .order('name'),
      ),
    { lookAgainMs },
  )

/** The workspaces the person is a member of: whoever is may make projects there. */
export const useOwnWorkspaces = () => {
  const account = useSession((session) => accountOf(session)?.id ?? '')
  const all = useWorkspaces()
  const own = useRemembered(['own workspaces', account], z.array(membership), async () =>
    dataOf(await supabase().from('workspace_users').select('workspace_id').eq('user_id', account)),
  )
  const ids = new Set(own.value?.map((row) => row.workspace_id))
  return {
    value: own.value && all.value?.filter(({ id }) => ids.has(id)),
    failure: own.failure ?? all.failure,
    retry: () => {
      own.retry()
      all.retry()
    },
  }
}

/**
 * Makes a project and answers its id. `since`: of an earlier try that may have succeeded; one of that name that was
 * made after it is that one. ISO time.
 */
export const makeProject = async (
  { workspaceId, name }: { workspaceId: string; name: string },
  since: string | null,
): Promise<string> => {
  const made = since
    ? dataOf(
        await supabase()
          .from('projects')
          .select('id')
          .eq('workspace_id', workspaceId)
          .eq('name', name)
          .gte('created_at', since)
          .limit(1),
      )
    : []
  const id =
    made[0]?.id ?? dataOf(await supabase().rpc('create_project', { workspace: workspaceId, name }))
  await queryClient.invalidateQueries({ queryKey: ['projects'] })
  return id
}
