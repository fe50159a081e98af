import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { deployments, servers, startDatabase, type TestDatabase } from './server.ts'

const running: TestDatabase[] = []
afterEach(async () => {
  for (const db of running.splice(0)) await db.stop()
})
const open = async (...options: Parameters<typeof startDatabase>) => {
  const db = await startDatabase(...options)
  running.push(db)
  return db
}
const report = async ({ sql }: TestDatabase): Promise<Record<string, boolean>> =>
  Object.fromEntries(
    (
      await sql<{ feature: string; present: boolean }[]>`
        select feature, present from private.platform_report()`
    ).map(({ feature, present }) => [feature, present]),
  )

it('with pg_cron the jobs are scheduled, with schedules it takes', async () => {
  const db = await open(servers[1], 'superuser', {
    settings: { shared_preload_libraries: 'pg_cron', 'cron.database_name': 'postgres' },
  })
  expect(await report(db)).toMatchObject({ 'scheduled jobs (pg_cron)': true })
  const jobs = await db.sql`select jobname, schedule from cron.job order by jobname`
  expect(jobs).toEqual(
    await db.sql`select 'atelier ' || name as jobname, schedule from private.jobs order by 1`,
  )
  expect(jobs.length).toBeGreaterThan(10)
  for (const { command } of await db.sql<{ command: string }[]>`select command from cron.job`)
    await db.sql.unsafe(command)
})

it('without it that is told, and the jobs can be called', async () => {
  const db = await open(servers[0], 'superuser')
  expect(await report(db)).toMatchObject({
    'scheduled jobs (pg_cron)': false,
    Vault: false,
    'topics of broadcast (realtime.topic)': false,
    'policy of private topics (realtime.messages)': false,
  })
  await db.sql`call private.run_due_jobs(true)`
})

it('with Vault the master key is Vault’s, and a supplied one does not count', async () => {
  // Vault cannot be had here: a view of its name and columns stands in for it.
  const db = await open(servers[0], 'superuser', {
    before: `create schema vault; create table vault.stand_in (name text, decrypted_secret text);
      create view vault.decrypted_secrets as select * from vault.stand_in`,
  })
  await db.sql`select private.supply_master_key(${'s'.repeat(40)})`
  await db.sql`insert into vault.stand_in values ('atelier_master_key', ${'v'.repeat(40)})`
  const [row] = await db.sql`
    select ((private.seal('x')).key_id = private.key_id(${'v'.repeat(40)})) as vaults,
      private.unseal(private.seal('x')) as again`
  expect(row).toEqual({ vaults: true, again: 'x' })
  // A new key in Vault, the old one beside it: everything sealed stays readable, and is sealed anew.
  const [{ id }] = await db.sql<[{ id: string }]>`
    insert into private.secrets (value) values (private.seal('kept')) returning id`
  await db.sql`update vault.stand_in set name = 'atelier_master_key_previous'`
  await db.sql`insert into vault.stand_in values ('atelier_master_key', ${'w'.repeat(40)})`
  await db.sql`select private.rotate_secrets()`
  await db.sql`delete from vault.stand_in where name = 'atelier_master_key_previous'`
  expect(
    await db.sql`select private.unseal(value) as value from private.secrets where id = ${id}`,
  ).toMatchObject([{ value: 'kept' }])
})

it('with realtime.send changes are told to private topics, ids only, and its failure harms nobody', async () => {
  // Realtime cannot be had here: a function of its name writes down what it is told.
  const db = await open(servers[0], 'superuser', {
    before: `create schema realtime; create table realtime.told (payload jsonb, event text, topic text, private boolean);
      create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
      language sql as 'insert into realtime.told values (payload, event, topic, private)'`,
  })
  const owner = await db.signUp('o@x.example')
  const [{ id: project }] = await db.sql<[{ id: string }]>`
    select id from public.projects where owner_id = ${owner}`
  await db.committed(
    owner,
    (sql) =>
      sql`insert into public.chat_sessions (project_id, title) values (${project}, 'Secret plans')`,
  )
  const told = await db.sql`select * from realtime.told where payload ->> 'table' = 'chat_sessions'`
  expect(told).toMatchObject([{ event: 'insert', topic: `project:${project}`, private: true }])
  expect(JSON.stringify(told)).not.toContain('Secret plans')
  await db.sql.unsafe('drop table realtime.told')
  await db.committed(
    owner,
    (sql) => sql`insert into public.chat_sessions (project_id, title) values (${project}, 'More')`,
  )
  expect(
    await db.sql`select count(*)::int as n from public.chat_sessions where project_id = ${project}`,
  ).toEqual([{ n: 2 }])
})

describe.each(servers)('parameters and the server’s log: $name', (server) => {
  const noisy = {
    log_min_duration_statement: '0',
    log_parameter_max_length_on_error: '-1',
  }
  const secret = 'sk-not-for-any-log-0123456789'
  it('a secret that is set by a request is not in the log, however much the server logs', async () => {
    const db = await open(server, 'superuser', { settings: noisy })
    expect(await report(db)).toMatchObject({ 'a log without parameters': true })
    await db.sql`alter role authenticator login`
    // Whoever asks for it is told what goes into the log.
    const call = async (url: string): Promise<string> => {
      const told: unknown[] = []
      const sql = postgres(url, {
        max: 1,
        onnotice: (notice) => told.push(notice),
        connection: { client_min_messages: 'log' },
      })
      await sql
        .begin(async (transaction) => {
          await transaction`set local role authenticated`
          await transaction`select public.set_connection_secret('env', ${randomUUID()}, ${sql.json(secret)})`
        })
        .catch(() => {})
      await sql.end()
      return JSON.stringify(told)
    }
    const quiet = await call(db.url.replace('postgres@', 'authenticator@'))
    expect(quiet).toContain('set_connection_secret')
    expect(quiet).not.toContain(secret)
    // The same by another way in: the log has it.
    expect(await call(db.url)).toContain(secret)
  })
  it('where the deployer may not set that, the report says what it means', async () => {
    const quiet = await open(server, 'like hosted')
    expect(await report(quiet)).toMatchObject({ 'a log without parameters': true })
    const loud = await open(server, 'like hosted', { settings: noisy })
    expect(await report(loud)).toMatchObject({ 'a log without parameters': false })
    await loud.sql`alter role authenticator set log_parameter_max_length = 0`
    await loud.sql`alter role authenticator set log_parameter_max_length_on_error = 0`
    expect(await report(loud)).toMatchObject({ 'a log without parameters': true })
  })
})

describe.each(deployments)(
  'accounts as the auth server makes them: $title',
  ({ server, deployer }) => {
    it('e-mail, phone, anonymous, single sign-on twins, invited, banned, deleted', async () => {
      const db = await open(server, deployer)
      await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
      const auth = postgres(db.url, { max: 1, onnotice: () => {} })
      await auth`set role supabase_auth_admin`
      await auth`set search_path = auth`
      const add = async (columns: Record<string, unknown>) => {
        const id = randomUUID()
        await auth`insert into users ${auth({ id, ...columns })}`
        return id
      }
      const of = async (id: string) =>
        (await db.sql`select status, display_name from public.users where id = ${id}`)[0]
      const phone = await add({ phone: '+491234567' })
      const anonymous = await add({ is_anonymous: true })
      const [first, twin] = [
        await add({ email: 'twin@x.example' }),
        await add({ email: 'twin@x.example' }),
      ]
      const long = await add({
        email: 'l@x.example',
        raw_user_meta_data: { full_name: 'x'.repeat(500) },
      })
      const odd = await add({
        email: 'odd@x.example',
        raw_user_meta_data: ['not', 'an', 'object'] as never,
      })
      for (const id of [phone, first, twin, long, odd])
        expect(await of(id)).toMatchObject({ status: 'active' })
      // Anybody has as many anonymous accounts as they like: each waits until it has a name.
      expect(await of(anonymous)).toMatchObject({ status: 'waitlist' })
      await auth`update users set is_anonymous = false, email = 'named@x.example' where id = ${anonymous}`
      expect(await of(anonymous)).toMatchObject({ status: 'active' })
      expect(await of(phone)).toMatchObject({ display_name: 'New member' })

      await db.sql`update private.platform set open_signup = false`
      const invited = await add({ email: 'i@x.example', invited_at: new Date() })
      const waiting = await add({ email: 'w@x.example' })
      expect(await of(invited)).toMatchObject({ status: 'invited' })
      expect(await of(waiting)).toMatchObject({ status: 'waitlist' })
      // Changes are mirrored, a ban and its end too.
      await auth`update users set email = 'new@x.example', last_sign_in_at = now() where id = ${first}`
      const [mirrored] = await db.sql`
      select private.unseal(p.email) as email, u.last_sign_in_at is not null as seen
      from private.user_pii p join public.users u on u.id = p.user_id where u.id = ${first}`
      expect(mirrored).toEqual({ email: 'new@x.example', seen: true })
      await auth`update users set banned_until = now() + interval '1 hour' where id = ${first}`
      expect(await of(first)).toMatchObject({ status: 'banned' })
      await auth`update users set banned_until = null where id = ${first}`
      expect(await of(first)).toMatchObject({ status: 'active' })
      await auth`update users set deleted_at = now() where id = ${first}`
      expect(await of(first)).toMatchObject({ status: 'archived' })
      // Gone for good: with everything they wrote left in place, and their own project archived.
      const [{ id: project }] = await db.sql<[{ id: string }]>`
      select id from public.projects where owner_id = ${twin}`
      const [{ id: artifact }] = (await db.committed(
        twin,
        (sql) =>
          sql`insert into public.artifacts (project_id, title, artifact_type) values (${project}, 'T', 'website') returning id`,
      )) as unknown as [{ id: string }]
      await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${artifact}/${'a'.repeat(64)}`}, '{"size": 1}'::jsonb)`
      await db.committed(
        twin,
        (sql) =>
          sql`select public.commit_artifact_changes(${artifact}, '{}', ${sql.json([
            {
              op: 'put',
              file_id: randomUUID(),
              path: 'a',
              sha256: 'a'.repeat(64),
              size: 1,
              media_type: 't/p',
            },
          ])})`,
      )
      await auth`delete from users where id = ${twin}`
      expect(
        await db.sql`select is_active, owner_id from public.projects where id = ${project}`,
      ).toEqual([{ is_active: false, owner_id: null }])
      expect(
        await db.sql`select created_by from public.artifact_file_versions where artifact_id = ${artifact}`,
      ).toEqual([{ created_by: null }])
      expect(await db.sql`select message from private.provision_errors`).toEqual([])
      await auth.end()
    })
  },
)
