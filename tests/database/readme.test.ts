import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { projectFile } from '../../electron/backend/project-files.ts'
import { servers, startDatabase, type TestDatabase } from './server.ts'

/*
 * What README tells whoever connects a Supabase project to run in its SQL editor, as the role that the editor has.
 * Vault cannot be had here: a table, a view and a function of its names stand in for it.
 */
const vault = `
  create schema vault;
  create table vault.secrets (id uuid default gen_random_uuid(), name text unique, secret text);
  create view vault.decrypted_secrets as select id, name, secret as decrypted_secret from vault.secrets;
  create function vault.create_secret(new_secret text, new_name text default null) returns uuid language sql
    as 'insert into vault.secrets (name, secret) values (new_name, new_secret) returning id';
  grant usage on schema vault to deployer; grant all on all tables in schema vault to deployer;`

let db: TestDatabase
let editor: ReturnType<typeof postgres>
let blocks: string[]
beforeAll(async () => {
  db = await startDatabase(servers[1], 'like hosted', {
    before: vault,
    settings: { shared_preload_libraries: 'pg_cron', 'cron.database_name': 'postgres' },
  })
  await db.sql`update private.platform set open_signup = false`
  editor = postgres(db.url.replace('postgres@', 'deployer@'), { max: 1, onnotice: () => {} })
  const text = await readFile(projectFile('README.md'), 'utf8')
  const section = text.split('## Connect a Supabase project')[1]!.split('\n## ')[0]!
  blocks = [...section.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, block]) => block!)
})
afterAll(async () => {
  await editor?.end()
  await db?.stop()
})
const report = async () =>
  Object.fromEntries(
    (
      await db.sql<{ feature: string; present: boolean }[]>`
        select feature, present from private.platform_report()`
    ).map(({ feature, present }) => [feature, present]),
  )
const statusOf = async (person: string) =>
  (await db.sql`select status, is_super_user from public.users where id = ${person}`)[0]

it('its three steps make a project of which everything works', async () => {
  expect(blocks).toHaveLength(3)
  const [before, first, open] = blocks as [string, string, string]
  // As a project is after `db push`: hosted lets its editor enable pg_cron, which takes a superuser here.
  expect(await report()).toMatchObject({ 'master key': false, 'scheduled jobs (pg_cron)': false })
  await db.sql`create extension if not exists pg_cron`
  await db.sql`grant usage on schema cron to deployer`
  await editor.unsafe(before).simple()
  expect(await report()).toMatchObject({
    'master key': true,
    Vault: true,
    'scheduled jobs (pg_cron)': true,
  })
  expect(await db.sql`select jobname from cron.job order by jobname`).toEqual(
    await db.sql`select 'atelier ' || name as jobname from private.jobs order by name`,
  )

  const you = await db.signUp('you@example.com')
  expect(await statusOf(you)).toEqual({ status: 'waitlist', is_super_user: false })
  await editor.unsafe(first).simple()
  expect(await statusOf(you)).toEqual({ status: 'active', is_super_user: true })
  // What is secret can be sealed, and what is personal is.
  const [{ id: project }] = await db.sql<[{ id: string }]>`
    select id from public.projects where owner_id = ${you}`
  await db.committed(you, async (sql) => {
    const [row] = await sql`
      insert into public.environment_variables (project_id, name) values (${project}, 'KEY') returning id`
    await sql`select public.set_connection_secret('env', ${row!.id}, ${sql.json('a secret of mine')})`
  })
  expect(await db.sql`select 1 from private.user_pii where user_id = ${you}`).toHaveLength(1)

  const waiting = await db.signUp('waiting@example.com')
  expect(await statusOf(waiting)).toMatchObject({ status: 'waitlist' })
  await editor.unsafe(open).simple()
  expect(await statusOf(await db.signUp('next@example.com'))).toMatchObject({ status: 'active' })
})
