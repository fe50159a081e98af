import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servers, startDatabase, type TestDatabase } from './server.ts'

let db: TestDatabase
const people = {} as Record<'ada' | 'ben' | 'cleo', string>
let workspace = ''
let project = ''
const inProject = async (person: string, role: string) =>
  db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${person}, ${role})
    on conflict (project_id, user_id) do update set role = excluded.role`
/** As somebody whose token says more than who they are. */
const withClaims = (person: string, claims: object, work: (sql: Sql) => Promise<unknown>) =>
  db.sql.begin(async (transaction) => {
    const all = JSON.stringify({ role: 'authenticated', sub: person, ...claims })
    await transaction`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${all}, true)`
    await work(transaction as unknown as Sql)
  })

beforeAll(async () => {
  db = await startDatabase(servers[0], 'like hosted')
  await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
  for (const name of ['ada', 'ben', 'cleo'] as const)
    people[name] = await db.signUp(`${name}@limits.example`)
  await db.committed(people.ada, async (sql) => {
    const [made] = await sql`select public.create_workspace('Limits', 'Limits') as id`
    workspace = made!.id
    const [place] = await sql`select public.create_project(${workspace}, 'Limits') as id`
    project = place!.id
  })
  await inProject(people.ben, 'contributor')
})
afterAll(() => db.stop())

describe('an account', () => {
  it.each(['inactive', 'archived', 'banned'])(
    'that is %s is not erased by whoever has it, and made anew',
    async (status) => {
      const person = await db.signUp(`${status}@limits.example`)
      await db.sql`update public.users set status = ${status} where id = ${person}`
      await expect(
        db.committed(
          person,
          (sql) => sql`select public.erase_my_account(${`${status}@limits.example`})`,
        ),
      ).rejects.toMatchObject({ code: '42501' })
    },
  )

  it('is erased after a recent sign-in alone, and with the second factor where there is one', async () => {
    const email = 'leaving@limits.example'
    const person = await db.signUp(email)
    const erase = (claims: object) =>
      withClaims(person, claims, (sql) => sql`select public.erase_my_account(${email})`)
    const now = Math.floor(Date.now() / 1000)
    await expect(
      erase({ amr: [{ method: 'password', timestamp: now - 7200 }] }),
    ).rejects.toMatchObject({ code: '42501', message: 'You signed in too long ago for this.' })
    const had = await db.sql`select to_regclass('auth.mfa_factors') is not null as is`
    if (!had[0]!.is)
      await db.sql`create table auth.mfa_factors (id uuid default gen_random_uuid(), user_id uuid, status text)`
    await db.sql`grant select on auth.mfa_factors to deployer`
    await db.sql`insert into auth.mfa_factors (user_id, status) values (${person}, 'verified')`
    const recent = { amr: [{ method: 'password', timestamp: now - 60 }] }
    await expect(erase(recent)).rejects.toMatchObject({ code: '42501' })
    await erase({ ...recent, aal: 'aal2' })
    expect(await db.sql`select 1 from auth.users where id = ${person}`).toEqual([])
  })

  it('is in charge of the platform for a year at most, and the assessment sees who is for longer', async () => {
    await db.sql`update public.users set is_super_user = true, super_until = now() + interval '30 days' where id = ${people.ada}`
    const raise = (until: string) =>
      withClaims(
        people.ada,
        { aal: 'aal2' },
        (sql) =>
          sql`select public.set_super_user(${people.cleo}, true, 'help', ${until}::text::timestamptz)`,
      )
    await expect(raise('infinity')).rejects.toMatchObject({ code: '22023' })
    await db.sql`update public.users set is_super_user = true, super_until = 'infinity'`
    await db.sql`select private.assess()`
    const [found] =
      await db.sql`select passed from private.assessments where finding = 'super users are few, and for a time'`
    expect(found).toEqual({ passed: false })
    await db.sql`update public.users set is_super_user = false, super_until = null`
  })

  it('is in charge with a second factor alone, to read too', async () => {
    const { cleo } = people
    await db.sql`update public.users set is_super_user = true, super_until = now() + interval '1 day' where id = ${cleo}`
    const seen = async (aal: string) => {
      let found = 0
      await withClaims(cleo, { aal }, async (sql) => {
        found = (await sql`select id from public.users where id = ${people.ada}`).length
        found += (await sql`select id from public.workspace_users where user_id = ${people.ada}`)
          .length
      })
      return found
    }
    expect(await seen('aal1')).toBe(0)
    expect(await seen('aal2')).toBeGreaterThan(1)
    await db.sql`update public.users set is_super_user = false, super_until = null where id = ${cleo}`
  })

  it('tells nobody else whether it is in charge of the platform', async () => {
    await expect(
      db.as(people.ben, (sql) => sql`select is_super_user from public.users`),
    ).rejects.toMatchObject({ code: '42501' })
    expect(
      await db.as(
        people.ben,
        (sql) => sql`select public.my_account() -> 'is_super_user' as is_super`,
      ),
    ).toEqual([{ is_super: false }])
  })
})

describe('how much', () => {
  it('fifty projects an hour, and no more', async () => {
    const make = (count: number) =>
      db.as(
        people.ada,
        (sql) =>
          sql`select public.create_project(${workspace}, 'P' || n) from generate_series(1, ${count}::int) n`,
      )
    expect(await make(49)).toHaveLength(49)
    await expect(make(50)).rejects.toMatchObject({ code: 'PT429' })
  })

  it('twenty domains a workspace, however they are claimed', async () => {
    const claim = (count: number) =>
      db.as(
        people.ada,
        (sql) =>
          sql`insert into public.workspace_domains (workspace_id, domain) select ${workspace}, 'd' || n || '.example' from generate_series(1, ${count}::int) n`,
      )
    await claim(20)
    await expect(claim(21)).rejects.toMatchObject({ code: '54000' })
  })

  it('a reason is a thousand characters at most', async () => {
    await expect(
      db.as(
        people.ada,
        (sql) => sql`select public.archive_project(${project}, ${'x'.repeat(1001)})`,
      ),
    ).rejects.toMatchObject({ code: '23514' })
  })

  it('no client writes text, a list or a document without a bound', async () => {
    const columns = await db.sql<{ name: string }[]>`
      select c.relname || '.' || a.attname as name
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and (a.atttypid in ('text'::regtype, 'jsonb'::regtype, 'json'::regtype) or (select t.typcategory from pg_type t where t.oid = a.atttypid) = 'A')
        and (has_column_privilege('authenticated', c.oid, a.attnum, 'insert') or has_column_privilege('authenticated', c.oid, a.attnum, 'update')
          or c.relname || '.' || a.attname in ('projects.archived_reason', 'invitations.email', 'workspaces.name', 'projects.name'))
        and not exists (
          select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)
            and pg_get_constraintdef(k.oid) ~ '(char_length|pg_column_size|cardinality|is_document|is_public_https|are_plain_headers|is_claimable|= ANY|~ ''\\^)')
      order by 1`
    expect(columns.map(({ name }) => name)).toEqual([])
  })
})

describe('what all members read holds no secret', () => {
  const connection = (column: string, value: string) =>
    db.as(
      people.ada,
      (sql) =>
        sql`insert into public.api_connections ${sql({
          workspace_id: workspace,
          name: 'x',
          api_type: 'x',
          endpoint_url: 'https://api.example.com/v1',
          auth_type: 'none',
          http_method: 'GET',
          [column]: value,
        })}`,
    )
  it.each([
    'X-Auth-Key',
    'Ocp-Apim-Subscription-Key',
    'X-Functions-Key',
    'X-Auth',
    'Authentication',
    'X-Signature',
    'DD-APPLICATION-KEY',
    'X-Api-Key',
    'Authorization',
  ])('the header %s', async (header) => {
    await expect(
      connection('custom_headers', { [header]: 'x' } as unknown as string),
    ).rejects.toMatchObject({ code: '23514' })
  })
  it('other headers pass', async () => {
    const plain = { Accept: 'a', 'X-Author': 'b', 'X-Monkey': 'c', 'Idempotency-Mode': 'd' }
    await connection('custom_headers', plain as unknown as string)
  })
  it.each([
    'https://api.example.com/v1?api_key=sk-1',
    'https://api.example.com/v1?a=b&access_token=x',
    'https://api.example.com/v1?key=x',
    'https://api.example.com/v1#token=x',
  ])('the address %s', async (url) => {
    await expect(connection('endpoint_url', url)).rejects.toMatchObject({ code: '23514' })
  })
  it('other addresses pass', async () => {
    await connection('endpoint_url', 'https://api.example.com/v1?page=1&keyword=x')
  })
  it('a password in a template; a place for one passes', async () => {
    await expect(
      connection('request_body_template', { a: [{ password: 'x' }] } as unknown as string),
    ).rejects.toMatchObject({ code: '23514' })
    await connection('request_body_template', {
      a: [{ password: '{{secret}}' }],
    } as unknown as string)
  })
  it('names of variables are not in the log of who runs the workspace', async () => {
    const rows = await db.as(people.ada, async (sql) => {
      await sql`insert into public.environment_variables (project_id, name) values (${project}, 'NAMED_HERE')`
      return sql`select new_data from public.audit_logs where table_name = 'environment_variables'`
    })
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('NAMED_HERE')
  })
})

describe('what is published', () => {
  const artifact = async (values: object) => {
    const id = randomUUID()
    await db.sql`insert into public.artifacts ${db.sql({ id, project_id: project, title: 'x', artifact_type: 'x', created_by: people.ben, ...values })}`
    return id
  }
  it.each([
    ['is not shown again', { status: 'archived' }, `status = 'ready'`],
    ['is not archived', { status: 'ready' }, `status = 'archived'`],
    ['is not taken back', { status: 'ready' }, 'is_public = false'],
  ])('%s by a contributor, and is by a manager', async (_, values, change) => {
    const id = await artifact({ is_public: true, ...values })
    const by = (person: string) =>
      db.as(person, (sql) => sql.unsafe(`update public.artifacts set ${change} where id = '${id}'`))
    await expect(by(people.ben)).rejects.toMatchObject({ code: '42501' })
    expect((await by(people.ada)).count).toBe(1)
  })
  it('its work goes on: title and status short of the archive are a contributor’s', async () => {
    const id = await artifact({ is_public: true, status: 'ready' })
    const changed = await db.as(
      people.ben,
      (sql) => sql`update public.artifacts set title = 'y', status = 'generating' where id = ${id}`,
    )
    expect(changed.count).toBe(1)
  })
  it('is looked for in deleted projects alone that have some', async () => {
    const counted = async () =>
      (await db.sql`select cardinality(private.deleted_project_ids()) as n`)[0]!.n as number
    const before = await counted()
    const rows = (published: boolean) => db.sql`
      with gone as (insert into public.projects (workspace_id, name, is_active, deleted_at)
        select ${workspace}, 'Gone', false, now() from generate_series(1, 20) returning id)
      insert into public.artifacts (project_id, title, artifact_type, is_public) select id, 'x', 'x', ${published} from gone`
    await rows(false)
    expect(await counted()).toBe(before)
    await rows(true)
    expect(await counted()).toBe(before + 20)
  })
  it('an id that was removed is not used again', async () => {
    const id = await artifact({})
    await db.sql`delete from public.artifacts where id = ${id}`
    await expect(
      db.as(
        people.ben,
        (sql) =>
          sql`insert into public.artifacts (id, project_id, title, artifact_type) values (${id}, ${project}, 'x', 'x')`,
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a chat', () => {
  it('that is closed takes nothing and loses nothing, an agent’s message neither; it goes as a whole', async () => {
    const [chat, message] = [randomUUID(), randomUUID()]
    await db.sql`insert into public.chat_sessions (id, project_id, title) values (${chat}, ${project}, 'x')`
    await db.committed(
      people.ben,
      (sql) =>
        sql`insert into public.chat_messages (id, chat_id, content, message_type) values (${message}, ${chat}, '"x"', 'user')`,
    )
    await db.sql`update public.chat_sessions set is_active = false where id = ${chat}`
    for (const [person, text] of [
      [people.ben, `update public.chat_messages set content = '"y"' where id = '${message}'`],
      [people.ben, `delete from public.chat_messages where id = '${message}'`],
      [people.ada, `delete from public.chat_messages where id = '${message}'`],
    ] as const)
      await expect(db.as(person, (sql) => sql.unsafe(text))).rejects.toMatchObject({
        code: '42501',
      })
    await expect(
      db.sql`insert into public.chat_messages (chat_id, content, message_type, agent_type) values (${chat}, '"x"', 'ai', 'coder')`,
    ).rejects.toMatchObject({ code: '42501' })
    await db.committed(
      people.ada,
      (sql) => sql`delete from public.chat_sessions where id = ${chat}`,
    )
    expect(await db.sql`select 1 from public.chat_messages where id = ${message}`).toEqual([])
  })

  it('is moved forward once for many messages', async () => {
    const chat = randomUUID()
    await db.sql`insert into public.chat_sessions (id, project_id, title) values (${chat}, ${project}, 'x')`
    const [plan] = await db.sql<{ name: string }[]>`
      select case when tgtype & 1 = 0 then 'statement' else 'row' end as name from pg_trigger
      where tgrelid = 'public.chat_messages'::regclass and tgname = 'note_message'`
    expect(plan).toEqual({ name: 'statement' })
    await db.sql`insert into public.chat_messages (chat_id, content, message_type, created_at)
      select ${chat}, '"x"', 'system', '2026-01-01'::timestamptz + make_interval(secs => n) from generate_series(1, 100) n`
    const [row] =
      await db.sql`select last_message_at = '2026-01-01'::timestamptz + interval '100 seconds' as is_last from public.chat_sessions where id = ${chat}`
    expect(row).toEqual({ is_last: true })
  })
})

it('a guest who was made an owner does not put somebody out of their personal project', async () => {
  const [own] =
    await db.sql`select id from public.projects where owner_id = ${people.cleo} and kind = 'personal'`
  await db.sql`insert into public.project_users (project_id, user_id, role) values (${own!.id}, ${people.ben}, 'owner')`
  for (const text of [
    `delete from public.project_users where project_id = '${own!.id}' and user_id = '${people.cleo}'`,
    `update public.project_users set role = 'viewer' where project_id = '${own!.id}' and user_id = '${people.cleo}'`,
  ])
    await expect(db.as(people.ben, (sql) => sql.unsafe(text))).rejects.toMatchObject({
      code: '42501',
    })
})

it('whether a workspace pays is not told to a guest who tries to delete it', async () => {
  await inProject(people.cleo, 'viewer')
  await db.sql`update public.workspace_subscriptions set plan_type = 'pro', stripe_customer_id = 'c', stripe_subscription_id = 's' where workspace_id = ${workspace}`
  await expect(
    db.as(people.cleo, (sql) => sql`select public.delete_workspace(${workspace})`),
  ).rejects.toMatchObject({ code: '42501' })
})
