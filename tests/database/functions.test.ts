import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, orWaiting, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })
const key = 'k'.repeat(40)

/** Every function of the schema does its work, once, on every platform. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let admin: string
  let member: string
  let stranger: string
  let workspace: string
  let project: string
  let chat: string
  const value = async <T>(person: string, work: (sql: Sql) => Promise<unknown>): Promise<T> => {
    const rows = (await db.committed(person, work)) as Record<string, T>[]
    return Object.values(rows[0]!)[0]!
  }
  const service = <T>(work: (sql: Sql) => Promise<T>) =>
    db.sql.begin(async (sql) => {
      await sql`select set_config('role', 'service_role', true), set_config('request.jwt.claims', '{"role":"service_role"}', true)`
      return work(sql as unknown as Sql)
    })
  const confirm = (person: string) =>
    db.sql`update auth.users set email_confirmed_at = now() where id = ${person}`

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${key})`
    owner = await db.signUp('owner@acme.example')
    admin = await db.signUp('admin@acme.example')
    member = await db.signUp('member@acme.example')
    stranger = await db.signUp('stranger@other.example')
    workspace = await value(owner, (sql) => sql`select public.create_workspace('Acme', 'Acme')`)
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values
      (${workspace}, ${admin}, 'admin'), (${workspace}, ${member}, 'project_creator')`
    project = await value(
      owner,
      (sql) => sql`select public.create_project(${workspace}, 'Works', 'D')`,
    )
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${member}, 'contributor')`
    chat = await value(
      owner,
      (sql) =>
        sql`insert into public.chat_sessions (project_id, title) values (${project}, 'Talk') returning id`,
    )
  })
  afterAll(() => db?.stop())

  it('says what the platform lacks', async () => {
    const rows = await db.sql<{ feature: string; present: boolean }[]>`
      select feature, present from private.platform_report()`
    const present = Object.fromEntries(rows.map((row) => [row.feature, row.present]))
    expect(present['master key']).toBe(true)
    expect(present.Vault).toBe(false)
    expect(present['publication supabase_realtime']).toBe(true)
    expect(await db.sql`select * from private.provision_errors`).toEqual([])
  })

  describe('invitations', () => {
    const invite = (person: string, email: string, role: string, scope = 'workspace') =>
      value<string>(
        person,
        (sql) =>
          sql`select public.create_invitation(${scope}, ${scope === 'workspace' ? workspace : project}, ${email}, ${role})`,
      )
    const accept = (person: string, token: string) =>
      value<{ role: string }>(person, (sql) => sql`select public.accept_invitation(${token})`)

    it('lets in whom it is for, once, with the role it names, and activates who waits', async () => {
      await db.sql`update private.platform set open_signup = false`
      const guest = await db.signUp('guest@far.example')
      await db.sql`update private.platform set open_signup = true`
      await confirm(guest)
      const token = await invite(owner, 'Guest@far.example', 'project_creator')
      await expect(accept(stranger, token)).rejects.toEqual(refusal('PT404'))
      expect(await accept(guest, token)).toMatchObject({ role: 'project_creator' })
      await expect(accept(guest, token)).rejects.toEqual(refusal('PT404'))
      const [row] = await db.sql`select status from public.users where id = ${guest}`
      expect(row).toEqual({ status: 'active' })
    })
    it('of two acceptances at once one counts, and both tell the truth', async () => {
      const twin = await db.signUp('twin@far.example')
      await confirm(twin)
      const token = await invite(owner, 'twin@far.example', 'contributor', 'project')
      const first = await db.begun(twin, (sql) => sql`select public.accept_invitation(${token})`)
      const second = accept(twin, token).then(
        () => 'accepted',
        (error: { code: string }) => error.code,
      )
      expect(await orWaiting(second)).toBe('waiting')
      await first.end()
      expect(await second).toBe('PT404')
    })
    it('is refused when it is over, withdrawn, or for an address that is not confirmed', async () => {
      const guest = await db.signUp('late@far.example')
      const first = await invite(owner, 'late@far.example', 'viewer', 'project')
      await expect(accept(guest, first)).rejects.toEqual(refusal('PT404'))
      await confirm(guest)
      // Inviting again withdraws the one before.
      const second = await invite(owner, 'late@far.example', 'viewer', 'project')
      await expect(accept(guest, first)).rejects.toEqual(refusal('PT404'))
      await db.sql`update public.invitations set expires_at = now() - interval '1 second' where email = 'late@far.example'`
      await expect(accept(guest, second)).rejects.toEqual(refusal('PT404'))
    })
    it('never gives more than the inviter may', async () => {
      await expect(invite(admin, 'x@far.example', 'admin')).rejects.toEqual(refusal('42501'))
      await expect(invite(admin, 'x@far.example', 'owner')).rejects.toEqual(refusal('42501'))
      await expect(invite(member, 'x@far.example', 'project_creator')).rejects.toEqual(
        refusal('42501'),
      )
      await expect(invite(member, 'x@far.example', 'viewer', 'project')).rejects.toEqual(
        refusal('42501'),
      )
      await expect(invite(owner, 'x@far.example', 'emperor')).rejects.toEqual(refusal('22023'))
      await expect(invite(owner, 'no address', 'viewer', 'project')).rejects.toEqual(
        refusal('22023'),
      )
    })
  })

  it('a verified domain lets in whoever’s address it is, and nobody else', async () => {
    await value(owner, (sql) => sql`select public.claim_domain(${workspace}, 'Acme.Example')`)
    const [claim] = await db.sql`select id, domain from public.workspace_domains`
    expect(claim).toMatchObject({ domain: 'acme.example' })
    const early = await db.signUp('early@acme.example')
    await confirm(early)
    const roleOf = async (person: string) =>
      (
        await db.sql`select role from public.workspace_users where workspace_id = ${workspace} and user_id = ${person}`
      )[0]?.role
    expect(await roleOf(early)).toBeUndefined()
    await service((sql) => sql`select public.verify_domain_for_service(${claim!.id})`)
    const late = await db.signUp('late@acme.example')
    expect(await roleOf(late)).toBeUndefined()
    await confirm(late)
    expect(await roleOf(late)).toBe('project_creator')
    await expect(
      value(owner, (sql) => sql`select public.claim_domain(${workspace}, 'gmail.com')`),
    ).rejects.toEqual(refusal('22023'))
  })

  describe('secrets', () => {
    it('go in, come out for a service alone, and leave no trace anywhere', async () => {
      const secret = 'sk-very-secret-0123456789'
      const id = await value<string>(
        admin,
        (sql) => sql`
          insert into public.api_connections (workspace_id, name, api_type, endpoint_url, auth_type, http_method)
          values (${workspace}, 'Weather', 'rest', 'https://api.weather.example/v1', 'bearer', 'GET') returning id`,
      )
      await value(
        admin,
        (sql) =>
          sql`select public.set_connection_secret('api', ${id}, ${sql.json({ token: secret })})`,
      )
      const [seen] = (await db.as(
        member,
        (sql) => sql`select has_secret, secret_hint from public.api_connections where id = ${id}`,
      )) as unknown as object[]
      expect(seen).toEqual({ has_secret: true, secret_hint: '6789' })
      await expect(
        db.as(member, (sql) => sql`select secret_id from public.api_connections`),
      ).rejects.toEqual(refusal('42501'))
      const [row] = await db.sql`select secret_id from public.api_connections where id = ${id}`
      await expect(
        db.as(
          owner,
          (sql) => sql`select public.read_secret_for_service(${row!.secret_id}, 'curious')`,
        ),
      ).rejects.toEqual(refusal('42501'))
      const [read] = await service(
        (sql) => sql`select public.read_secret_for_service(${row!.secret_id}, 'a call') as value`,
      )
      expect(read!.value).toEqual({ token: secret })
      const log = await db.sql`select * from public.audit_logs where record_id = ${row!.secret_id}`
      expect(log).toMatchObject([{ action: 'READ', reason: 'a call', workspace_id: workspace }])
      // Nowhere in the database, in any table, is it in clear text.
      const tables = await db.sql<{ name: string }[]>`
        select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname in ('public', 'private', 'audit')`
      for (const { name } of tables)
        expect(
          await db.sql.unsafe(`select 1 from ${name} t where t::text like '%very-secret%'`),
          name,
        ).toHaveLength(0)
      await db.committed(admin, (sql) => sql`delete from public.api_connections where id = ${id}`)
      expect(await db.sql`select 1 from private.secrets where id = ${row!.secret_id}`).toHaveLength(
        0,
      )
    })
    it('are sealed anew under a new key, and refused without one', async () => {
      const id = await value<string>(
        owner,
        (sql) =>
          sql`insert into public.environment_variables (project_id, name) values (${project}, 'API_KEY') returning id`,
      )
      const set = (content: string) =>
        value(
          owner,
          (sql) => sql`select public.set_connection_secret('env', ${id}, ${sql.json(content)})`,
        )
      await set('first value of it')
      const other = 'o'.repeat(40)
      await db.sql`select private.supply_master_key(${other}, ${key})`
      expect(Number((await db.sql`select private.rotate_secrets() as n`)[0]!.n)).toBeGreaterThan(0)
      await db.sql`select private.supply_master_key(${other})`
      const [row] =
        await db.sql`select secret_id from public.environment_variables where id = ${id}`
      const read = () =>
        service((sql) => sql`select public.read_secret_for_service(${row!.secret_id}, 'w') as v`)
      expect((await read())[0]!.v).toBe('first value of it')
      await db.sql`delete from private.supplied_keys`
      await expect(read()).rejects.toEqual(refusal('55000'))
      await expect(set('second')).rejects.toEqual(refusal('55000'))
      // Signing up goes on, and nothing is mirrored in clear text.
      const person = await db.signUp('keyless@far.example')
      expect(await db.sql`select 1 from private.user_pii where user_id = ${person}`).toHaveLength(0)
      await db.sql`select private.supply_master_key(${other})`
      expect((await read())[0]!.v).toBe('first value of it')
    })
  })

  it('personal data lies sealed, is found by index, and looking it up is logged', async () => {
    const [pii] = await db.sql`
      select private.unseal(email) as email, p::text not like '%owner@acme%' as sealed,
        email_index = private.blind_index('OWNER@acme.example') as found
      from private.user_pii p where user_id = ${owner}`
    expect(pii).toEqual({ email: 'owner@acme.example', sealed: true, found: true })
    const people = await db.committed(
      admin,
      (sql) => sql`select * from public.workspace_directory(${workspace})`,
    )
    expect(people.map(({ email }) => email)).toContain('owner@acme.example')
    expect(
      await db.sql`select changed_by from public.audit_logs where action = 'READ' and reason = 'directory'`,
    ).toMatchObject([{ changed_by: admin }])
    await expect(
      db.as(member, (sql) => sql`select * from public.workspace_directory(${workspace})`),
    ).rejects.toEqual(refusal('42501'))
    expect(
      await value<{ email: string }>(member, (sql) => sql`select public.my_account()`),
    ).toMatchObject({ email: 'member@acme.example' })
    expect(
      await value<object>(member, (sql) => sql`select public.export_my_data()`),
    ).toHaveProperty('account')
  })

  it('a project whose answer was lost is made again as the same one, by whoever made it', async () => {
    const id = randomUUID()
    const make = (person: string, name = 'Once', place = workspace) =>
      value(person, (sql) => sql`select public.create_project(${place}, ${name}, null, ${id})`)
    expect(await Promise.all([make(owner), make(owner), make(owner)])).toEqual([id, id, id])
    expect(
      await db.sql`select name, workspace_id from public.projects where name = 'Once'`,
    ).toEqual([{ name: 'Once', workspace_id: workspace }])
    expect(
      await db.sql`select user_id, role from public.project_users where project_id = ${id}`,
    ).toEqual([{ user_id: owner, role: 'owner' }])
    // Nobody else's request, and no other one of theirs.
    await expect(make(admin)).rejects.toEqual(refusal('23505'))
    await expect(make(owner, 'Twice')).rejects.toEqual(refusal('23505'))
    await expect(make(stranger)).rejects.toEqual(refusal('42501'))
    await value(owner, (sql) => sql`select public.delete_project(${id}, 'mistake')`)
    await expect(make(owner)).rejects.toEqual(refusal('23505'))
  })

  it('one request tells how somebody stands, and the places they see', async () => {
    type Places = {
      standing: string | null
      workspaces: { id: string; name: string; is_member: boolean }[]
      projects: { id: string; is_active: boolean }[]
    }
    const places = (person: string) =>
      value<Places>(person, (sql) => sql`select public.my_places()`)
    for (const person of [owner, admin, member, stranger]) {
      const told = await places(person)
      expect(told.standing).toBe('active')
      expect(told.workspaces).toEqual(
        await db.as(
          person,
          (sql) => sql`select w.id, w.name, w.company_name, w.description, w.logo_url, w.is_global,
            exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = ${person}) as is_member
          from public.workspaces w where w.deleted_at is null order by w.name, w.id`,
        ),
      )
      expect(told.projects.map(({ id }) => id)).toEqual(
        (
          await db.as(
            person,
            (sql) => sql<{ id: string }[]>`select id from public.projects order by name, id`,
          )
        ).map(({ id }) => id),
      )
    }
    const isShown = async (person: string) =>
      (await places(person)).projects.find(({ id }) => id === project)
    expect(await isShown(member)).toMatchObject({ is_active: true })
    expect(await isShown(stranger)).toBeUndefined()
    await value(owner, (sql) => sql`select public.archive_project(${project}, 'pause')`)
    expect(await isShown(member)).toMatchObject({ is_active: false })
    await value(owner, (sql) => sql`select public.restore_project(${project})`)
    await db.sql`update public.users set status = 'banned' where id = ${member}`
    const nothing = { workspaces: [], projects: [], ends_in_seconds: null }
    expect(await places(member)).toEqual({ standing: 'banned', ...nothing })
    await db.sql`update public.users set status = 'active' where id = ${member}`
    expect(await places(randomUUID())).toEqual({ standing: null, ...nothing })
  })

  it('what ends by time is told beforehand, to the one whose it is', async () => {
    const endsIn = async (person: string) =>
      (
        await value<{ ends_in_seconds: number | null }>(
          person,
          (sql) => sql`select public.my_places()`,
        )
      ).ends_in_seconds
    expect(await endsIn(member)).toBeNull()
    await db.sql`update public.project_users set expires_at = now() + interval '90 seconds' where user_id = ${member} and project_id = ${project}`
    expect(await endsIn(member)).toBeGreaterThan(60)
    expect(await endsIn(member)).toBeLessThanOrEqual(90)
    expect(await endsIn(owner)).toBeNull()
    await db.sql`update public.project_users set expires_at = null where user_id = ${member} and project_id = ${project}`
    await db.sql`update public.users set is_super_user = true, super_until = now() + interval '30 seconds' where id = ${member}`
    expect(await endsIn(member)).toBeGreaterThan(0)
    expect(await endsIn(member)).toBeLessThanOrEqual(30)
    await db.sql`update public.users set super_until = now() + interval '90 days' where id = ${member}`
    expect(await endsIn(member)).toBeNull()
    await db.sql`update public.users set is_super_user = false, super_until = null where id = ${member}`
  })

  describe('tokens', () => {
    const consume = (n: number, name: string, place = workspace, actor: string | null = null) =>
      service(
        (sql) =>
          sql`select public.consume_tokens(${place}, null, null, ${n}, 'chat', ${name}, ${actor}) as remaining`,
      )
    it('are never overspent, however many ask at once, and a repeated call counts once', async () => {
      await db.sql`update public.workspace_subscriptions set base_token_limit = 1000, period_used = 0 where workspace_id = ${workspace}`
      const calls = await Promise.allSettled(
        Array.from({ length: 320 }, (_, each) => consume(7, `parallel ${each}`)),
      )
      const accepted = calls.filter(({ status }) => status === 'fulfilled').length
      expect(accepted).toBe(142)
      const [row] = await db.sql`
        select s.period_used::int as used, (select sum(tokens_used)::int from public.token_usage where workspace_id = ${workspace}) as ledger
        from public.workspace_subscriptions s where workspace_id = ${workspace}`
      expect(row).toEqual({ used: 994, ledger: 994 })
      for (const call of calls)
        if (call.status === 'rejected') expect(call.reason).toEqual(refusal('PT402'))
      await consume(6, 'last')
      await consume(6, 'last')
      await expect(consume(1, 'more')).rejects.toEqual(refusal('PT402'))
    })
    it('reserved, settled and given back', async () => {
      await db.sql`update public.workspace_subscriptions set base_token_limit = 2000 where workspace_id = ${workspace}`
      const reserve = (n: number, name: string) =>
        service(
          (sql) =>
            sql`select public.reserve_tokens(${workspace}, ${project}, ${chat}, ${n}, 'chat', ${name}) as id`,
        ).then((rows) => rows[0]!.id as string)
      const one = await reserve(900, 'one')
      expect(await reserve(900, 'one')).toBe(one)
      await expect(reserve(200, 'two')).rejects.toEqual(refusal('PT402'))
      await service((sql) => sql`select public.settle_tokens(${one}, 100)`)
      // Said again, by a service that got no answer: nothing is charged twice.
      await service((sql) => sql`select public.settle_tokens(${one}, 100)`)
      expect(await reserve(900, 'one')).toBe(one)
      const three = await reserve(800, 'three')
      await db.sql`update private.token_reservations set expires_at = now() where id = ${three}`
      expect((await db.sql`select private.release_stale_reservations() as n`)[0]!.n).toBe(1)
      const [row] =
        await db.sql`select period_used::int as used, reserved::int as reserved from public.workspace_subscriptions where workspace_id = ${workspace}`
      expect(row).toEqual({ used: 1100, reserved: 0 })
      // Told too late, what was used is counted all the same, once.
      await service((sql) => sql`select public.settle_tokens(${three}, 1)`)
      await service((sql) => sql`select public.settle_tokens(${three}, 1)`)
      const [late] =
        await db.sql`select period_used::int as used, reserved::int as reserved from public.workspace_subscriptions where workspace_id = ${workspace}`
      expect(late).toEqual({ used: 1101, reserved: 0 })
      await expect(
        service((sql) => sql`select public.settle_tokens(${randomUUID()}, 1)`),
      ).rejects.toEqual(refusal('PT404'))
    })
    it('in the Global Workspace are each person’s own share', async () => {
      const [{ id }] = await db.sql<[{ id: string }]>`select private.global_workspace_id() as id`
      await consume(999_999, 'share 1', id, member)
      await expect(consume(2, 'share 2', id, member)).rejects.toEqual(refusal('PT402'))
      await consume(2, 'share 3', id, stranger)
      // And so the statistics of a personal project say.
      await db.sql`select private.rollup((now() at time zone 'utc')::date, ${id})`
      const left = async (person: string) => {
        const [row] =
          await db.sql`select tokens_remaining::int as n from public.project_stats where project_id = (select p.id from public.projects p where p.owner_id = ${person})`
        return row!.n as number
      }
      expect([await left(member), await left(stranger)]).toEqual([1, 999_998])
      await expect(consume(1, 'nobody', id)).rejects.toEqual(refusal('22023'))
    })
    it('refuse what does not belong together', async () => {
      await expect(
        service(
          (sql) =>
            sql`select public.consume_tokens(${randomUUID()}, ${project}, null, 1, 'chat', 'x')`,
        ),
      ).rejects.toEqual(refusal('22023'))
      for (const n of [0, -5]) await expect(consume(n, 'n')).rejects.toEqual(refusal('22023'))
    })
    it('the ledger can be changed by nobody', async () => {
      await expect(db.sql`update public.token_usage set tokens_used = 1`).rejects.toEqual(
        refusal('42501'),
      )
      await expect(db.sql`delete from public.token_usage`).rejects.toEqual(refusal('42501'))
    })
    it('a payment is credited once, however often and in parallel it is told', async () => {
      const pay = (event: string) =>
        service(
          (sql) =>
            sql`select public.record_payment_for_service(${event}, ${workspace}, 'pi_1', 500, 9.99, 'completed') as new`,
        ).then((rows) => rows[0]!.new as boolean)
      const answers = await Promise.all([pay('evt_1'), pay('evt_1'), pay('evt_2')])
      expect(answers.filter(Boolean)).toHaveLength(1)
      const [row] =
        await db.sql`select additional_tokens::int as bought from public.workspace_subscriptions where workspace_id = ${workspace}`
      expect(row).toEqual({ bought: 500 })
    })
    it('a paid plan takes the free one’s place, and a new period begins at nothing', async () => {
      const tell = (event: string, start: string) =>
        service(
          (
            sql,
          ) => sql`select public.record_subscription_for_service(${event}, ${workspace}, 'cus_1', 'sub_1', 'pro', 'active',
            ${start}::timestamptz, ${start}::timestamptz + interval '1 month') as new`,
        )
      await tell('evt_s1', '2026-11-01')
      await consume(10, 'paid')
      await tell('evt_s2', '2026-12-01')
      const rows =
        await db.sql`select plan_type, status, period_used::int as used from public.workspace_subscriptions where workspace_id = ${workspace} order by created_at`
      expect(rows.map((row) => ({ ...row }))).toEqual([
        { plan_type: 'free', status: 'canceled', used: 1101 },
        { plan_type: 'pro', status: 'active', used: 0 },
      ])
    })
    it('plans change in whatever order Stripe tells it, and bought tokens go along', async () => {
      const place = await value<string>(
        owner,
        (sql) => sql`select public.create_workspace('Plans', 'Plans')`,
      )
      let events = 0
      const tell = (
        id: string,
        status: string,
        minute: number,
        plan = 'pro',
        month = '2026-11-01',
      ) =>
        service(
          (
            sql,
          ) => sql`select public.record_subscription_for_service(${`evt_p${events++}`}, ${place}, 'cus', ${id}, ${plan}, ${status},
            ${month}::timestamptz, ${month}::timestamptz + interval '1 month', now() + ${`${minute} minutes`}::interval)`,
        )
      const plans = async () =>
        (
          await db.sql`select coalesce(stripe_subscription_id, 'free') as id, status, additional_tokens::int as bought
            from public.workspace_subscriptions where workspace_id = ${place} order by created_at, 1`
        ).map(({ id, status, bought }) => `${id} ${status} ${bought}`)
      await service(
        (sql) =>
          sql`select public.record_payment_for_service('evt_pp', ${place}, 'pi_plans', 500, 9, 'completed')`,
      )
      expect(await plans()).toEqual(['free active 500'])
      await tell('one', 'incomplete', 1)
      expect(await plans()).toEqual(['free active 500', 'one incomplete 0'])
      await tell('one', 'active', 2)
      expect(await plans()).toEqual(['free canceled 0', 'one active 500'])
      // A change of plan: the end of the old one comes after the beginning of the new one.
      await tell('two', 'active', 3)
      await tell('one', 'canceled', 4)
      expect(await plans()).toEqual(['free canceled 0', 'one canceled 0', 'two active 500'])
      await tell('one', 'active', 5)
      await tell('two', 'past_due', 1)
      expect(await plans()).toEqual(['free canceled 0', 'one canceled 0', 'two active 500'])
      // More than the plan's own is used: of the bought ones that much is gone in the next period.
      await db.sql`update public.workspace_subscriptions set period_used = base_token_limit + 200 where stripe_subscription_id = 'two'`
      await tell('two', 'active', 6, 'pro', '2026-12-01')
      expect(await plans()).toContain('two active 300')
      await tell('two', 'canceled', 7, 'pro', '2026-12-01')
      expect(await plans()).toEqual(['free active 300', 'one canceled 0', 'two canceled 0'])
      await consume(1, 'free again', place)
      // The same key elsewhere is another call.
      const [before] =
        await db.sql`select period_used::int as n from public.workspace_subscriptions where workspace_id = ${place} and status = 'active'`
      await consume(1, 'last', place)
      const [after] =
        await db.sql`select period_used::int as n from public.workspace_subscriptions where workspace_id = ${place} and status = 'active'`
      expect(after!.n).toBe(before!.n + 1)
      await expect(tell('three', 'active', 8, 'golden')).rejects.toEqual(refusal('22023'))
    })
    it('free workspaces are not without end', async () => {
      const person = await db.signUp('collector@x.example')
      const make = () =>
        db.committed(person, (sql) => sql`select public.create_workspace('One more', 'More')`)
      for (let each = 0; each < 10; each += 1) await make()
      await expect(make()).rejects.toEqual(refusal('54000'))
    })
  })

  it('statistics are made in sets, again and again the same, and on demand once a minute', async () => {
    await value(owner, (sql) => sql`select public.refresh_stats(${workspace})`)
    await expect(
      value(owner, (sql) => sql`select public.refresh_stats(${workspace})`),
    ).rejects.toEqual(refusal('PT429'))
    await db.sql`select private.rollup()`
    const rows = await db.as(
      member,
      (sql) =>
        sql`select total_projects::int as projects, total_chats::int as chats from public.workspace_stats where workspace_id = ${workspace}`,
    )
    expect(rows.map((row: object) => ({ ...row }))).toEqual([{ projects: 1, chats: 1 }])
  })

  describe('documents', () => {
    it.each([
      ['technical_architecture', 'security_requirements'],
      ['ui_design', 'components'],
    ])('are frozen in every column: %s.%s', async (table, column) => {
      const [row] = await db.sql.unsafe(
        `insert into public.${table} (project_id, title, content, status, ${column}) values ('${project}', 'Frozen', '{}', 'review', '["strict"]') returning id`,
      )
      for (const status of ['review', 'approved'])
        await expect(
          db.as(owner, (sql) =>
            sql.unsafe(
              `update public.${table} set ${column} = '["none"]', status = '${status}' where id = '${row!.id}'`,
            ),
          ),
        ).rejects.toEqual(refusal('23514'))
    })
    const add = (person: string, status = 'draft', version = 1) =>
      value<string>(
        person,
        (sql) =>
          sql`insert into public.project_requirements (project_id, title, content, version, status)
            values (${project}, 'Needs', '{"a":1}', ${version}, ${status}) returning id`,
      )
    const move = (id: string, status: string) =>
      value(
        owner,
        (sql) =>
          sql`update public.project_requirements set status = ${status} where id = ${id} returning status`,
      )
    it('are drafted, reviewed, approved, and then frozen', async () => {
      const id = await add(owner)
      await expect(move(id, 'approved')).rejects.toEqual(refusal('23514'))
      await move(id, 'review')
      // What is under review does not change, neither on the way to approval nor before; back in a draft it does.
      for (const change of ["content = '{}'", "title = 'Other', status = 'approved'"])
        await expect(
          db.as(owner, (sql) =>
            sql.unsafe(`update public.project_requirements set ${change} where id = '${id}'`),
          ),
        ).rejects.toEqual(refusal('23514'))
      await db.as(owner, (sql) =>
        sql.unsafe(
          `update public.project_requirements set content = '{}', status = 'draft' where id = '${id}'`,
        ),
      )
      await move(id, 'approved')
      for (const change of ["content = '{}'", "title = 'Other'", "status = 'draft'"])
        await expect(
          db.as(owner, (sql) =>
            sql.unsafe(`update public.project_requirements set ${change} where id = '${id}'`),
          ),
        ).rejects.toEqual(refusal('23514'))
      await expect(
        db.as(owner, (sql) => sql`delete from public.project_requirements where id = ${id}`),
      ).rejects.toEqual(refusal('23514'))
      await expect(add(owner)).rejects.toEqual(refusal('23505'))
      await add(owner, 'draft', 2)
      await move(id, 'archived')
      await expect(add(owner, 'approved', 3)).rejects.toEqual(refusal('23514'))
      await expect(add(member, 'draft', 4)).rejects.toEqual(refusal('42501'))
    })
  })

  describe('chats', () => {
    const say = (person: string, columns = '', values = '') =>
      value<string>(person, (sql) =>
        sql.unsafe(
          `insert into public.chat_messages (chat_id, content, message_type${columns}) values ('${chat}', '{"text":"hello"}', 'user'${values}) returning id`,
        ),
      )
    it('people speak as themselves, agents by service, and what is unread is counted', async () => {
      await value(owner, (sql) => sql`select public.mark_chat_read(${chat})`)
      await say(member)
      await service(
        (sql) =>
          sql`insert into public.chat_messages (chat_id, content, message_type, agent_type) values (${chat}, '{"text":"yes"}', 'ai', 'coder')`,
      )
      const [row] = (await db.as(
        owner,
        (sql) => sql`select unread::int as unread from public.chat_overview(${project})`,
      )) as unknown as object[]
      expect(row).toEqual({ unread: 2 })
      await value(owner, (sql) => sql`select public.mark_chat_read(${chat})`)
      const [after] = (await db.as(
        owner,
        (sql) => sql`select unread::int as unread from public.chat_overview(${project})`,
      )) as unknown as object[]
      expect(after).toEqual({ unread: 0 })
      await expect(say(member, ', agent_type', ", 'coder'")).rejects.toEqual(refusal('42501'))
      await expect(say(member, ', created_by', `, '${owner}'`)).rejects.toEqual(refusal('42501'))
      await expect(say(stranger)).rejects.toEqual(refusal('42501'))
      await expect(
        db.as(
          member,
          (sql) =>
            sql`insert into public.chat_messages (chat_id, content, message_type) values (${chat}, '{}', 'system')`,
        ),
      ).rejects.toEqual(refusal('42501'))
    })
    it('an artifact belongs to a chat of its own project or to none', async () => {
      const elsewhere = await value<string>(
        stranger,
        (sql) => sql`select id from public.projects where owner_id = ${stranger}`,
      )
      await expect(
        db.as(
          stranger,
          (sql) =>
            sql`insert into public.artifacts (project_id, chat_id, title, artifact_type) values (${elsewhere}, ${chat}, 'T', 'website')`,
        ),
      ).rejects.toEqual(refusal('23503'))
    })
  })

  describe('the audit log', () => {
    it('says who did what where, with reasons, and keeps secrets out', async () => {
      const id = await value<string>(
        owner,
        (sql) => sql`select public.create_project(${workspace}, 'Short', 'x')`,
      )
      await value(owner, (sql) => sql`select public.archive_project(${id}, 'done')`)
      const rows = await db.sql`
        select action, changed_by, workspace_id, project_id, reason, actor_role from public.audit_logs
        where record_id = ${id} order by created_at`
      const common = { changed_by: owner, workspace_id: workspace, project_id: id }
      expect(rows.map((row) => ({ ...row }))).toEqual([
        { ...common, action: 'INSERT', reason: null, actor_role: 'authenticated' },
        { ...common, action: 'UPDATE', reason: 'done', actor_role: 'authenticated' },
      ])
      const messages =
        await db.sql`select new_data from public.audit_logs where table_name = 'chat_messages'`
      expect(JSON.stringify(messages)).not.toContain('hello')
    })
    it('is append-only against everyone', async () => {
      const [partition] = await db.sql`
        select tableoid::regclass::text as name from public.audit_logs limit 1`
      for (const statement of [
        'delete from public.audit_logs',
        "update public.audit_logs set action = 'READ'",
        'truncate public.audit_logs',
        `delete from ${partition!.name}`,
        `truncate ${partition!.name}`,
      ]) {
        await expect(db.sql.unsafe(statement)).rejects.toEqual(refusal('42501'))
        await expect(service((sql) => sql.unsafe(statement))).rejects.toEqual(refusal('42501'))
        await expect(db.as(owner, (sql) => sql.unsafe(statement))).rejects.toEqual(refusal('42501'))
      }
    })
    it('is read by who runs the place', async () => {
      const see = (person: string) =>
        db.as(
          person,
          (sql) => sql`select 1 from public.audit_logs where workspace_id = ${workspace} limit 1`,
        )
      expect(await see(owner)).toHaveLength(1)
      expect(await see(member)).toHaveLength(0)
      expect(await see(stranger)).toHaveLength(0)
    })
  })

  describe('super users', () => {
    const asSuper = <T>(aal: string, work: (sql: Sql) => Promise<T>) =>
      db.sql.begin(async (sql) => {
        const claims = JSON.stringify({ role: 'authenticated', sub: stranger, aal })
        await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
        return work(sql as unknown as Sql)
      })
    it('judge others with a second factor and a reason, and what they ban stays banned', async () => {
      await db.sql`update public.users set is_super_user = true where id = ${stranger}`
      const ban = (aal: string, why: string) =>
        asSuper(aal, (sql) => sql`select public.set_user_status(${member}, 'banned', ${why})`)
      await expect(ban('aal1', 'spam')).rejects.toEqual(refusal('42501'))
      await expect(ban('aal2', ' ')).rejects.toEqual(refusal('22023'))
      await ban('aal2', 'spam')
      const status = async () =>
        (await db.sql`select status from public.users where id = ${member}`)[0]!.status
      await db.sql`update auth.users set banned_until = now() + interval '1 day' where id = ${member}`
      await db.sql`update auth.users set banned_until = null where id = ${member}`
      expect(await status()).toBe('banned')
      expect(await db.as(member, (sql) => sql`select 1 from public.projects`)).toHaveLength(0)
      await asSuper(
        'aal2',
        (sql) => sql`select public.set_user_status(${member}, 'active', 'sorry')`,
      )
      await db.sql`update auth.users set banned_until = now() + interval '1 day' where id = ${member}`
      expect(await status()).toBe('banned')
      await db.sql`update auth.users set banned_until = null where id = ${member}`
      expect(await status()).toBe('active')
    })
    it('see no tenant’s content, but by breaking the glass, for a while and in the log', async () => {
      const chats = () => asSuper('aal2', (sql) => sql`select 1 from public.chat_sessions`)
      expect(await chats()).toHaveLength(0)
      await asSuper('aal2', (sql) => sql`select public.break_glass(${project}, 'asked for help')`)
      expect(await chats()).toHaveLength(1)
      await db.sql`update public.project_users set expires_at = now() where user_id = ${stranger} and project_id = ${project}`
      expect(await chats()).toHaveLength(0)
      const [row] =
        await db.sql`select reason from public.audit_logs where table_name = 'project_users' and reason like 'break glass%'`
      expect(row).toEqual({ reason: 'break glass: asked for help' })
      const notices = await service((sql) => sql`select * from public.notices_for_service()`)
      expect(notices.map(({ kind, project_id }) => [kind, project_id])).toContainEqual([
        'break-glass',
        project,
      ])
      const ids = notices.map(({ id }) => id as string)
      await service((sql) => sql`select public.notices_sent_for_service(${ids})`)
      expect(await service((sql) => sql`select * from public.notices_for_service()`)).toEqual([])
      // Access that is over is nobody's membership any more.
      await db.sql`call private.run_job('access that is over')`
      expect(
        await db.sql`select 1 from public.project_users where expires_at is not null`,
      ).toHaveLength(0)
      await asSuper(
        'aal2',
        (sql) =>
          sql`select public.set_super_user(${admin}, true, 'holiday', now() - interval '1 second')`,
      )
      expect((await db.as(admin, (sql) => sql`select private.is_super() as yes`))[0]).toEqual({
        yes: false,
      })
    })
  })

  it('a deleted project is hidden, can come back for a while, and then only its traces are left', async () => {
    const id = await value<string>(
      owner,
      (sql) => sql`select public.create_project(${workspace}, 'Gone', 'x')`,
    )
    await value(
      owner,
      (sql) =>
        sql`insert into public.artifacts (project_id, title, artifact_type) values (${id}, 'A', 'website') returning id`,
    )
    const see = () => db.as(owner, (sql) => sql`select 1 from public.projects where id = ${id}`)
    await value(owner, (sql) => sql`select public.delete_project(${id}, 'mistake')`)
    expect(await see()).toHaveLength(0)
    await expect(
      db.as(stranger, (sql) => sql`select public.restore_project(${id})`),
    ).rejects.toEqual(refusal('42501'))
    await value(owner, (sql) => sql`select public.restore_project(${id})`)
    expect(await see()).toHaveLength(1)
    await value(owner, (sql) => sql`select public.delete_project(${id}, 'for good')`)
    await db.sql`alter table public.projects disable trigger touch`
    await db.sql`update public.projects set deleted_at = now() - interval '31 days' where id = ${id}`
    await db.sql`alter table public.projects enable trigger touch`
    await expect(db.as(owner, (sql) => sql`select public.restore_project(${id})`)).rejects.toEqual(
      refusal('42501'),
    )
    expect((await db.sql`select private.purge_deleted() as n`)[0]!.n).toBe(2)
    expect(await db.sql`select 1 from public.artifacts where project_id = ${id}`).toHaveLength(0)
    const queued = await db.sql`select bucket_id from private.storage_deletions order by bucket_id`
    expect(queued.map(({ bucket_id }) => bucket_id)).toEqual(['artifact-files', 'project-files'])
    expect(
      (await db.sql`select count(*)::int as n from public.audit_logs where project_id = ${id}`)[0]!
        .n,
    ).toBeGreaterThan(3)
  })

  it('accounts made without a key are sealed when there is one', async () => {
    await db.sql`select private.mirror_missing_pii()`
    await db.sql`delete from private.user_pii where user_id = ${stranger}`
    expect((await db.sql`select private.mirror_missing_pii()::int as n`)[0]!.n).toBe(1)
    expect((await db.sql`select private.mirror_missing_pii()::int as n`)[0]!.n).toBe(0)
    expect(
      await db.sql`select 1 from private.user_pii p join auth.users a on a.id = p.user_id where private.unseal(p.email) = a.email and a.id = ${stranger}`,
    ).toHaveLength(1)
  })

  it('places are found by name, by those who see them', async () => {
    const found = (person: string, q: string) =>
      db.as(person, (sql) => sql`select kind, id from public.search_places(${q})`)
    const [row] = await db.sql`select name from public.workspaces where id = ${workspace}`
    expect(await found(owner, row!.name.slice(1, 4))).toContainEqual({
      kind: 'workspace',
      id: workspace,
    })
    expect(await found(stranger, row!.name)).not.toContainEqual({
      kind: 'workspace',
      id: workspace,
    })
    expect(await found(owner, '100%_')).toEqual([])
  })

  it('months of the log that are older than the platform keeps are detached', async () => {
    await db.sql`update private.platform set audit_retention = interval '0'`
    await db.sql`select private.make_audit_partitions((now() - interval '3 months')::date, 1)`
    const detached = await db.sql`select private.detach_old_audit() as name`
    expect(detached.length).toBeGreaterThan(0)
  })
})
