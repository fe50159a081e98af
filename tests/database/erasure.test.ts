import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })
type Export = Record<string, Record<string, unknown>[]>

/** What is a person's own: as one document, and gone when they say so. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let ada: string
  let grace: string
  let workspace: string
  let project: string
  const one = async <T>(person: string, work: (sql: Sql) => Promise<unknown>): Promise<T> =>
    Object.values(((await db.committed(person, work)) as Record<string, T>[])[0]!)[0]!
  const confirmed = async (email: string) => {
    const id = await db.signUp(email)
    await db.sql`update auth.users set email_confirmed_at = now() where id = ${id}`
    return id
  }
  const exported = (person: string) =>
    one<Export>(person, (sql) => sql`select public.export_my_data()`)
  const erase = (person: string, words: string) =>
    db.committed(person, (sql) => sql`select public.erase_my_account(${words})`)

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
    ada = await confirmed('Ada@acme.example')
    grace = await confirmed('grace@acme.example')
    workspace = await one(ada, (sql) => sql`select public.create_workspace('Acme', 'Acme')`)
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${workspace}, ${grace}, 'admin')`
    project = await one(ada, (sql) => sql`select public.create_project(${workspace}, 'Works')`)
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${grace}, 'manager')`
    const token = await one<string>(
      grace,
      (sql) =>
        sql`select public.create_invitation('project', ${project}, 'ada@acme.example', 'viewer')`,
    )
    await db.committed(ada, (sql) => sql`select public.accept_invitation(${token})`)
    await db.committed(ada, async (sql) => {
      await sql`insert into public.artifacts (project_id, title, artifact_type) values (${project}, 'Sheet', 'website')`
      await sql`insert into public.project_requirements (project_id, title, content) values (${project}, 'Needs', '{"a":1}')`
      await sql`insert into public.project_context (project_id, context_type, title, content) values (${project}, 'data', 'Tides', '{}')`
      await sql`with c as (insert into public.chat_sessions (project_id, title) values (${project}, 'Talk') returning id)
        insert into public.environment_variables (project_id, name) select ${project}, 'TIDE' from c`
      await sql`insert into public.chat_messages (chat_id, content, message_type) select c.id, '"Hello"', 'user' from public.chat_sessions c`
    })
    await db.sql`insert into public.token_usage (workspace_id, tokens_used, usage_type, idempotency_key, created_by)
      values (${workspace}, 5, 'chat', 'ada', ${ada})`
  })
  afterAll(() => db?.stop())

  it('the export has everything a person made, and nothing sealed', async () => {
    const mine = await exported(ada)
    for (const kind of [
      ...['workspaces', 'projects', 'chats', 'messages', 'artifacts', 'requirements', 'context'],
      ...['environment_variables', 'invitations', 'usage', 'activity'],
    ])
      expect(mine[kind]?.length, kind).toBeGreaterThan(0)
    expect(mine.artifacts![0]).toMatchObject({ title: 'Sheet' })
    expect(mine.requirements![0]).toMatchObject({ title: 'Needs', content: { a: 1 } })
    const text = JSON.stringify(mine)
    for (const word of ['token_hash', 'secret_id', 'secret_hint']) expect(text).not.toContain(word)
    expect(JSON.stringify(await exported(grace))).not.toContain('Sheet')
    expect(
      await db.sql`select 1 from public.audit_logs where action = 'EXPORT' and changed_by = ${ada}`,
    ).toHaveLength(1)
  })

  it('of a place that one cannot read any more it tells only that one made something there', async () => {
    const other = await one<string>(
      grace,
      (sql) => sql`select public.create_project(${workspace}, 'Past')`,
    )
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${other}, ${ada}, 'contributor')`
    await db.committed(
      ada,
      (sql) =>
        sql`insert into public.artifacts (project_id, title, artifact_type) values (${other}, 'Theirs by now', 'website')`,
    )
    await db.sql`delete from public.project_users where project_id = ${other} and user_id = ${ada}`
    const mine = await exported(ada)
    expect(mine.artifacts!.find(({ project_id }) => project_id === other)).toEqual({
      id: expect.any(String),
      project_id: other,
      created_at: expect.any(String),
    })
  })

  it('an account is erased by its own word alone, and not with a slip', async () => {
    await expect(erase(ada, 'grace@acme.example')).rejects.toEqual(refusal('22023'))
    await expect(erase(ada, '')).rejects.toEqual(refusal('22023'))
    await db.sql`update public.users set status = 'banned', banned_by = 'super_user' where id = ${ada}`
    await expect(erase(ada, 'ada@acme.example')).rejects.toEqual(refusal('42501'))
    await db.sql`update public.users set status = 'active', banned_by = null, is_super_user = true where id = ${ada}`
    await expect(erase(ada, 'ada@acme.example')).rejects.toEqual(refusal('23514'))
    await db.sql`update public.users set is_super_user = false where id = ${ada}`
    await db.sql`delete from public.workspace_users where workspace_id = ${workspace} and user_id = ${grace}`
    await db.sql`update public.workspace_subscriptions set plan_type = 'pro', stripe_customer_id = 'c', stripe_subscription_id = 's'
      where workspace_id = ${workspace}`
    await expect(erase(ada, 'ada@acme.example')).rejects.toEqual(refusal('22023'))
    await db.sql`update public.workspace_subscriptions set plan_type = 'free' where workspace_id = ${workspace}`
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${workspace}, ${grace}, 'admin')`
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${grace}, 'manager') on conflict do nothing`
  })

  it('what it made stays without its name, its places get an heir, and its address is nowhere', async () => {
    const [{ id: personal }] = await db.sql<[{ id: string }]>`
      select id from public.projects where owner_id = ${ada}`
    await erase(ada, ' ADA@acme.example ')
    const rows = async (query: string) => (await db.sql.unsafe(query)) as unknown as object[]
    expect(
      await rows(`select 1 from auth.users where id = '${ada}'
        union all select 1 from public.users where id = '${ada}'
        union all select 1 from private.user_pii where user_id = '${ada}'
        union all select 1 from public.invitations where email = 'ada@acme.example'`),
    ).toEqual([])
    expect(
      await rows(
        `select is_active, deleted_at is not null as deleted, owner_id from public.projects where id = '${personal}'`,
      ),
    ).toEqual([{ is_active: false, deleted: true, owner_id: null }])
    expect(
      await rows(`select role from public.workspace_users where user_id = '${grace}' and workspace_id = '${workspace}'
        union all select role::text::public.workspace_role from public.project_users where user_id = '${grace}' and project_id = '${project}'`),
    ).toEqual([{ role: 'owner' }, { role: 'owner' }])
    for (const table of ['artifacts', 'project_requirements', 'chat_messages', 'chat_sessions'])
      expect(
        await rows(`select created_by, to_jsonb(t) ->> 'updated_by' as updated_by from public.${table} t
          where project_id = '${project}'`),
        table,
      ).toEqual([{ created_by: null, updated_by: null }])
    // The ledger stands; its id is nobody's now.
    expect(await rows(`select 1 from public.token_usage where created_by = '${ada}'`)).toHaveLength(
      1,
    )
    expect(
      await rows(
        `select action, reason from public.audit_logs where record_id = '${ada}' and changed_by = '${ada}' and action = 'DELETE'`,
      ),
    ).toEqual([{ action: 'DELETE', reason: 'erasure of own account' }])
    // Neither name nor address in the log.
    expect(
      await rows(`select 1 from public.audit_logs l where l::text ilike '%ada@acme%'`),
    ).toEqual([])
    expect(
      await rows(
        `select 1 from public.audit_logs l where table_name = 'users' and l::text ilike '%"Ada"%'`,
      ),
    ).toEqual([])
    expect(await rows('select message from private.provision_errors')).toEqual([])
    // Nobody is left to speak for; a person without an address is known by their id.
    await expect(erase(ada, 'ada@acme.example')).rejects.toEqual(refusal('42501'))
    const nameless = await db.signUp(null)
    await erase(nameless, nameless)
    expect(await rows(`select 1 from auth.users where id = '${nameless}'`)).toEqual([])
  })
})
