import { readFile } from 'node:fs/promises'
import postgres, { type Sql } from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { catalogueOf } from '../../electron/backend/backup/catalogue.ts'
import { startCluster } from '../../electron/backend/postgres/cluster.ts'
import { migrate } from '../../electron/backend/postgres/migrate.ts'
import { projectFile } from '../../electron/backend/project-files.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { servers, startDatabase } from './server.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const open = async (...options: Parameters<typeof startDatabase>) => {
  const db = await startDatabase(...options)
  ends.push(() => db.stop())
  const editor = postgres(db.url.replace('postgres@', 'deployer@'), { max: 1, onnotice: () => {} })
  ends.push(() => editor.end())
  return { ...db, editor }
}
const missing = async (sql: Sql, from = 'platform_report') =>
  (
    await sql.unsafe<{ feature: string; present: boolean }[]>(
      `select feature, present from private.${from}()`,
    )
  )
    .filter(({ present }) => !present)
    .map(({ feature }) => feature)
const policies = (sql: Sql) =>
  sql`select tablename, policyname from pg_policies where policyname like 'atelier:%' order by 1, 2`

/** What is the platform's, by another role than the one that deploys: it may use it and not change it. */
const apart =
  async () => `${await readFile(projectFile('tests/database/hosted-realtime.sql'), 'utf8')};
  create role platform nologin;
  alter table storage.objects owner to platform; alter table storage.buckets owner to platform; alter schema storage owner to platform;
  alter table realtime.messages owner to platform; alter schema realtime owner to platform;
  alter publication supabase_realtime owner to platform; alter database postgres owner to platform;
  grant create on database postgres to deployer; grant temporary on database postgres to public;
  grant usage on schema storage, realtime to deployer;
  grant select on storage.objects to deployer; grant select, insert, update on storage.buckets to deployer;`

describe.each(servers)('$name', (server) => {
  it('where the platform keeps its tables to itself the migrations go through, the report says what is missing, and the SQL editor makes it whole', async () => {
    const db = await open(server, 'like hosted', { before: await apart() })
    const gone = await missing(db.sql)
    for (const feature of [
      'policies of files (storage.objects)',
      'policy of private topics (realtime.messages)',
      'no temporary objects for clients',
      'tables in the publication',
    ])
      expect(gone).toContain(feature)
    expect(await policies(db.sql)).toEqual([])
    const [said] = await db.sql`
      select consequence from private.platform_report() where feature = 'policies of files (storage.objects)'`
    expect(said!.consequence).toContain('private.complete_installation()')

    // Half-way: the platform lets it make some of them.
    await db.sql`grant platform to deployer`
    await db.editor.unsafe(`create policy "atelier: project files, read" on storage.objects for select to anon using (true);
      create policy "atelier: from before" on storage.objects for select to anon using (true)`)
    expect(await missing(db.sql)).toContain('policies of files (storage.objects)')

    const left = await missing(db.editor, 'complete_installation')
    for (const feature of gone.filter((each) =>
      /storage|realtime|temporary|publication/.test(each),
    ))
      expect(left).not.toContain(feature)
    expect(await missing(db.sql)).toEqual(left)
    const whole = await catalogueOf(db.sql)
    // As it is where nothing was refused; and again is as well as once.
    const plain = await open(server, 'like hosted', {
      before: await readFile(projectFile('tests/database/hosted-realtime.sql'), 'utf8'),
    })
    expect(whole).toEqual(await catalogueOf(plain.sql))
    expect(await policies(db.sql)).toHaveLength(14)
    await db.editor`select count(*) from private.complete_installation()`
    expect(await catalogueOf(db.sql)).toEqual(whole)

    // The report believes the catalogue, not what was tried.
    await db.sql`drop policy "atelier: artifact files, add" on storage.objects`
    await db.sql`grant temporary on database postgres to authenticated`
    expect(await missing(db.sql)).toEqual(
      expect.arrayContaining([
        'policies of files (storage.objects)',
        'no temporary objects for clients',
      ]),
    )
    // Nobody else's to call.
    const person = await db.signUp('p@x.example')
    await expect(
      db.as(person, (sql) => sql`select private.complete_installation()`),
    ).rejects.toMatchObject({ code: '42501' })
  })

  it('extensions that a project has in another schema serve as well', async () => {
    const db = await open(server, 'like hosted', {
      before: `drop extension if exists pg_trgm; drop extension if exists pgcrypto;
        create extension pg_trgm with schema public; create extension pgcrypto with schema public;`,
    })
    await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
    expect(await db.sql`select private.unseal(private.seal('x')) as x`).toEqual([{ x: 'x' }])
    const person = await db.signUp('p@x.example')
    expect(await db.sql`select 1 from private.user_pii where email_index is not null`).toHaveLength(
      1,
    )
    await db.committed(person, async (sql) => {
      const [row] = await sql`select public.create_workspace('Findable', 'C') as id`
      await sql`select public.create_invitation('workspace', ${row!.id}, 'x@y.example', 'admin')`
      await sql`insert into public.workspace_domains (workspace_id, domain) values (${row!.id}, 'tokens.example')`
      expect(await sql`select name from public.search_places('indab')`).toEqual([
        { name: 'Findable' },
      ])
    })
    expect(await db.sql`select message from private.provision_errors`).toEqual([])
  })

  it('accounts that are confirmed unasked are told of, once a domain lets people in', async () => {
    const db = await open(server, 'like hosted')
    const said = 'addresses are confirmed by mail'
    const person = await db.signUp('p@x.example')
    await db.sql`update auth.users set email_confirmed_at = created_at, raw_app_meta_data = '{"provider":"email"}' where id = ${person}`
    expect(await missing(db.sql)).not.toContain(said)
    await db.sql`insert into public.workspace_domains (workspace_id, domain, verified_at) select id, 'firm.example', now() from public.workspaces`
    expect(await missing(db.sql)).toContain(said)
    await db.sql`update auth.users set email_confirmed_at = created_at + interval '1 minute' where id = ${person}`
    expect(await missing(db.sql)).not.toContain(said)
    await db.sql`update auth.users set email_confirmed_at = created_at, raw_app_meta_data = '{"provider":"github"}' where id = ${person}`
    expect(await missing(db.sql)).not.toContain(said)
  })

  it('the lists of what is ours are what the migrations make', async () => {
    const db = await open(server, 'superuser')
    const [lists] = await db.sql`
      select array(select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1) as tables,
        array(select unnest(private.own_tables()) order by 1) as own_tables,
        array(select distinct proname::text from pg_proc where pronamespace = 'public'::regnamespace order by 1) as functions,
        array(select unnest(private.own_functions()) order by 1) as own_functions,
        array(select typname::text from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e' order by 1) as types`
    expect(lists!.own_tables).toEqual(lists!.tables)
    expect(lists!.own_functions).toEqual(lists!.functions)
    const first = await readFile(
      projectFile('supabase/migrations/20260101000001_foundation.sql'),
      'utf8',
    )
    expect(/v_types constant text\[\] := array\[(.*?)\]/.exec(first)![1]).toBe(
      (lists!.types as string[]).map((name) => `'${name}'`).join(', '),
    )
  })

  /** A server with another application's things in it, before any migration. */
  const another = async (before: string) => {
    const folder = await temporaryFolder('another')
    const cluster = await startCluster({
      binaries: await server.binaries(),
      folder: `${folder}/data`,
      durable: false,
    })
    ends.push(() => cluster.stop())
    const sql = postgres(cluster.url, { max: 1, onnotice: () => {} })
    ends.push(() => sql.end())
    for (const file of [
      'electron/backend/postgres/bootstrap.sql',
      'tests/database/hosted-like.sql',
    ])
      await sql.unsafe(await readFile(projectFile(file), 'utf8'))
    await sql.unsafe(before)
    return sql
  }

  it('another application beside it keeps its tables, policies, functions and rights', async () => {
    const sql = await another(`
      create table public.notes (id int primary key, owner uuid);
      alter table public.notes enable row level security;
      create policy notes_read on public.notes for select to anon using (true);
      grant select on public.notes to anon; grant all on public.notes to authenticated;
      create function public.count_notes() returns bigint language sql as 'select count(*) from public.notes';
      grant execute on function public.count_notes() to anon;
      insert into public.notes values (1);
      create function public.after_us() returns int language sql as 'select 1'`)
    const theirs = async () =>
      sql`select (select array_agg(policyname::text) from pg_policies where tablename = 'notes') as policies,
        (select relacl::text from pg_class where relname = 'notes') as rights,
        (select proacl::text from pg_proc where proname = 'count_notes') as functions,
        (select array_agg(defaclacl::text order by defaclrole, defaclnamespace, defaclobjtype) from pg_default_acl) as coming`
    const before = await theirs()
    await migrate(sql, projectFile('supabase/migrations'))
    expect(await theirs()).toEqual(before)
    await sql.begin(async (as) => {
      await as`set local role anon`
      expect(await as`select public.count_notes()::int as n, public.after_us() as one`).toEqual([
        { n: 1, one: 1 },
      ])
    })
  })

  it.each([
    ['public.users', 'create table public.users (id int)', 'users'],
    ['a view of our name', 'create view public.projects as select 1 as x', 'projects'],
    [
      'a function',
      "create function public.my_account() returns int language sql as 'select 1'",
      'function my_account()',
    ],
    ['a type', "create type public.user_status as enum ('a')", 'type user_status'],
    [
      'a schema private',
      'create schema private; create table private.mine (id int)',
      'schema private',
    ],
    [
      'a trigger on accounts',
      `create function public.handle_new_user() returns trigger language plpgsql as 'begin return new; end';
       create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user()`,
      'trigger on_auth_user_created on auth.users',
    ],
    [
      'a bucket',
      "insert into storage.buckets (id, name) values ('project-files', 'project-files')",
      'bucket project-files',
    ],
  ])(
    'a project that holds %s is refused by name, before anything has changed',
    async (_, before, named) => {
      const sql = await another(before)
      const world = async () =>
        sql`select (select array_agg(oid::regclass::text order by 1) from pg_class where relnamespace::regnamespace::text not in ('pg_toast', 'supabase_migrations')) as relations,
        (select array_agg(nspname::text order by 1) from pg_namespace where nspname <> 'supabase_migrations') as schemas,
        (select array_agg(oid::regprocedure::text order by 1) from pg_proc) as functions,
        (select array_agg(defaclacl::text) from pg_default_acl) as coming`
      const was = await world()
      await expect(migrate(sql, projectFile('supabase/migrations'))).rejects.toThrow(
        `under names that Atelier needs: ${named}.`,
      )
      expect(await world()).toEqual(was)
    },
  )
})
