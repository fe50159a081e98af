import type { Sql } from 'postgres'
import { z } from 'zod'
import { Failure } from '../../../src/domain/failure.ts'
import type { People } from './people.ts'
import type { PersonKey, ProjectPlan, WorkspacePlan } from './plan.ts'

const identified = z.array(z.object({ id: z.uuid() }))

const ensure = <T>(answer: { data: T; error: { message: string } | null }, what: string): T => {
  if (answer.error) {
    throw new Failure('backend.failed-to-start', `${what}: ${answer.error.message}`)
  }
  return answer.data
}

/** TypeScript knows the keys of an object, but not of its entries. */
const membersOf = <Role extends string>(plan: {
  readonly members: Readonly<Partial<Record<PersonKey, Role>>>
}) => Object.entries(plan.members) as [PersonKey, Role][]

/** Finds or makes the workspace as its owner, and gives its members their places. */
export const ensureWorkspace = async (
  sql: Sql,
  people: People,
  plan: WorkspacePlan,
): Promise<string> => {
  const { client } = people[plan.owner]
  const what = `Workspace ${plan.name}`
  const known = await client.from('workspaces').select('id').eq('name', plan.name)
  const id =
    identified.parse(ensure(known, what))[0]?.id ??
    z
      .uuid()
      .parse(
        ensure(
          await client.rpc('create_workspace', { name: plan.name, company_name: plan.company }),
          what,
        ),
      )
  // Members of a workspace come by invitation, which is not there yet: the one step the API cannot do.
  for (const [key, role] of membersOf(plan)) {
    await sql`
      insert into public.workspace_users (workspace_id, user_id, role, invited_by)
      values (${id}, ${people[key].id}, ${role}::public.workspace_role, ${people[plan.owner].id})
      on conflict (workspace_id, user_id) do nothing`
  }
  return id
}

export const ensureProject = async (
  people: People,
  workspace: string,
  plan: ProjectPlan,
): Promise<string> => {
  const { client } = people[plan.owner]
  const what = `Project ${plan.name}`
  const known = await client
    .from('projects')
    .select('id')
    .eq('workspace_id', workspace)
    .eq('name', plan.name)
  const id =
    identified.parse(ensure(known, what))[0]?.id ??
    z.uuid().parse(
      ensure(
        await client.rpc('create_project', {
          workspace,
          name: plan.name,
          description: plan.description,
        }),
        what,
      ),
    )
  const present = z
    .array(z.object({ user_id: z.uuid() }))
    .parse(ensure(await client.from('project_users').select('user_id').eq('project_id', id), what))
  for (const [key, role] of membersOf(plan)) {
    if (present.some((member) => member.user_id === people[key].id)) continue
    const member = { project_id: id, user_id: people[key].id, role }
    ensure(await client.from('project_users').insert(member), `${what}, ${key}`)
  }
  return id
}
