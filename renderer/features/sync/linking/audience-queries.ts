import { t } from '@lingui/core/macro'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { type AccountId, useAccountId } from '../../../data/account.ts'
import { serverRead, usePersistedQuery } from '../../../data/server-read.ts'
import { dataOf, supabase } from '../../../data/supabase.ts'
import { syncKeys } from '../queries.ts'

const person = z.object({
  id: z.uuid(),
  name: z.string(),
  imageUrl: z.string().nullable(),
  role: z.string(),
})
const audience = z.object({ count: z.number(), people: z.array(person) })
export type Audience = z.infer<typeof audience>

/** Whose names are asked for; of the rest it is said how many they are. */
const maxNamed = 60

const readAudience = async (projectId: string): Promise<Audience> => {
  const members = dataOf(
    await supabase()
      .from('project_users')
      .select('user_id,role,expires_at')
      .eq('project_id', projectId)
      .order('role', { ascending: false })
      .order('created_at'),
  )
  const now = Date.now()
  const seeing = members.filter(
    ({ expires_at }) => expires_at === null || Date.parse(expires_at) > now,
  )
  const first = seeing.slice(0, maxNamed)
  const users =
    first.length === 0
      ? []
      : dataOf(
          await supabase()
            .from('users')
            .select('id,display_name,avatar_url')
            .in(
              'id',
              first.map(({ user_id }) => user_id),
            ),
        )
  const byId = new Map(users.map((user) => [user.id, user]))
  return {
    count: seeing.length,
    people: first.map(({ user_id: id, role }) => ({
      id,
      role,
      name: byId.get(id)?.display_name || t`Somebody`,
      imageUrl: byId.get(id)?.avatar_url ?? null,
    })),
  }
}

const audienceQuery = (account: AccountId, projectId: string) =>
  queryOptions({
    queryKey: syncKeys.audience(account, projectId),
    ...serverRead(audience, () => readAudience(projectId)),
  })

/** Who sees what is in a project, as the server says, or as it said when it was asked last. */
export const useAudience = (projectId: string) =>
  usePersistedQuery(audienceQuery(useAccountId(), projectId))
