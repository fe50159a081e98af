import { t } from '@lingui/core/macro'
import { queryOptions } from '@tanstack/react-query'
import { useMemo } from 'react'
import { z } from 'zod'
import { type AccountId, currentAccountId, useAccountId } from '../../data/account.ts'
import { change, useChanges } from '../../data/mutations.ts'
import { queryClient } from '../../data/query-client.ts'
import { serverRead, usePersistedQuery } from '../../data/server-read.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { inOrder, movedTo } from './project-order.ts'

/** Milliseconds between two looks where the server does not tell: what it decides about somebody shows within ten seconds. */
const lookAgainMs = 8_000

/** Projects that an order names; those after them follow by name. */
const maxOrdered = 1_000

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
  /** Something of it ends by time then: access for a while, a super user's time. A server of before does not say. */
  ends_in_seconds: z.number().nullish(),
})
/** Milliseconds later than its last second, so that it is over. */
const afterEndMs = 500
export type Standing = NonNullable<z.infer<typeof places>['standing']>

export const workspaceKeys = {
  all: (account: AccountId) => ['workspaces', account] as const,
  places: (account: AccountId) => [...workspaceKeys.all(account), 'places'] as const,
  orders: (account: AccountId) => [...workspaceKeys.all(account), 'orders'] as const,
}

/**
 * How the person stands, and every workspace and project they can see: few enough to hold, and all that a window
 * with nobody at it asks for.
 */
const placesQuery = (account: AccountId) =>
  queryOptions({
    queryKey: workspaceKeys.places(account),
    ...serverRead(places, async () => dataOf(await supabase().rpc('my_places')), {
      lookAgainMs,
      endsInMs: ({ ends_in_seconds: ends }) =>
        typeof ends === 'number' ? ends * 1_000 + afterEndMs : null,
    }),
  })

export const usePlaces = () => usePersistedQuery(placesQuery(useAccountId()))

const orders = z.array(z.object({ workspace_id: z.uuid(), project_ids: z.array(z.uuid()) }))

/** The person's own orders of projects, by workspace: few, and nobody else changes them. */
const ordersQuery = (account: AccountId) =>
  queryOptions({
    queryKey: workspaceKeys.orders(account),
    ...serverRead(orders, async () =>
      dataOf(await supabase().from('project_orders').select('workspace_id,project_ids')),
    ),
  })

const lookAtPlaces = (): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: workspaceKeys.places(currentAccountId()) })

/** What the server says of an account, whatever else it lets it see. Null: nobody knows yet, or there is none. */
export const useStanding = () => {
  const { data, isPending, refetch } = usePlaces()
  return { status: data?.standing ?? null, isGone: data?.standing === null, isPending, refetch }
}

/** What a workspace is called; the one that all share is a place of one’s own. */
export const workspaceName = ({ is_global, name }: { is_global: boolean; name: string }): string =>
  is_global ? t`Personal` : name

/** Every workspace the person can see. */
export const useWorkspaces = () => {
  const { data, ...query } = usePlaces()
  return { ...query, data: data?.workspaces }
}

/** Every project the person can see, in their order of each workspace: what the server has not taken yet counts. */
const useOrdered = () => {
  const { data: known, ...query } = usePlaces()
  const orders = usePersistedQuery(ordersQuery(useAccountId())).data
  const changes = useChanges('projects.order')
  const projects = known?.projects
  const data = useMemo(() => {
    const wanted = new Map(orders?.map((each) => [each.workspace_id, each.project_ids]))
    for (const { input, state } of changes)
      if (state.kind !== 'refused') wanted.set(input.workspaceId, input.projectIds)
    return projects && inOrder(projects, [...wanted.values()].flat())
  }, [projects, orders, changes])
  return { ...query, data }
}

/** Every project the person can see and work in, in all workspaces, in the person's order. */
export const useProjects = () => {
  const { data: all, ...query } = useOrdered()
  const data = useMemo(() => all?.filter((each) => each.is_active), [all])
  return { ...query, data }
}

/** Puts a project of a workspace where another of it stands. */
export const useMoveProject = () => {
  const { data: all = [] } = useOrdered()
  return async (moved: Project, target: Project): Promise<void> => {
    const here = all.filter((each) => each.workspace_id === moved.workspace_id)
    const projectIds = movedTo(
      here.map(({ id }) => id),
      moved.id,
      target.id,
    ).slice(0, maxOrdered)
    await change({ name: 'projects.order', input: { workspaceId: moved.workspace_id, projectIds } })
  }
}

/** What became of the last word on a workspace's order; null: nothing is owed of it. */
export const useOrderChange = (workspaceId: string | undefined) =>
  useChanges('projects.order').findLast(({ input }) => input.workspaceId === workspaceId) ?? null

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
