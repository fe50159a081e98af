import { z } from 'zod'
import { useRemembered } from './remembered.ts'
import { lookAgainMs } from './standing.ts'
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
