import { useMemo } from 'react'
import { lookAtPlaces, usePlaces } from './places.ts'
import { dataOf, supabase } from './supabase.ts'

/** What a workspace is called; the one that all share is a place of one’s own. */
export const workspaceName = ({ is_global, name }: { is_global: boolean; name: string }): string =>
  is_global ? 'Personal' : name

/** Every workspace the person can see. */
export const useWorkspaces = () => {
  const places = usePlaces()
  return { ...places, value: places.value?.workspaces }
}

/** Every project the person can see and work in, in all workspaces. */
export const useProjects = () => {
  const places = usePlaces()
  const all = places.value?.projects
  const value = useMemo(() => all?.filter((project) => project.is_active), [all])
  return { ...places, value }
}

/**
 * Makes a project and answers its id, which is the caller's: the same request again makes no second one.
 * @throws server.conflict of an id that another project has
 */
export const makeProject = async (wanted: {
  id: string
  workspaceId: string
  name: string
}): Promise<string> => {
  const { id, workspaceId, name } = wanted
  const made = dataOf(await supabase().rpc('create_project', { workspace: workspaceId, name, id }))
  await lookAtPlaces()
  return made
}
