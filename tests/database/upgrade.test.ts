import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { backup } from '../../electron/backend/backup/backup.ts'
import { catalogueOf } from '../../electron/backend/backup/catalogue.ts'
import { restore } from '../../electron/backend/backup/restore.ts'
import { startCluster } from '../../electron/backend/postgres/cluster.ts'
import { migrate } from '../../electron/backend/postgres/migrate.ts'
import { lastOfPreview, previewMigrations } from '../../electron/backend/postgres/previews.ts'
import { projectFile } from '../../electron/backend/project-files.ts'
import {
  checksumsOfMigrations,
  fixtureOf,
  pointsOfBaseline,
  readBaseline,
} from '../../scripts/freeze-migrations.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { deployments, startDatabase } from './server.ts'

const folder = projectFile('supabase/migrations')
const quiet = { max: 1, onnotice: () => {} }
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

it('no migration that left this house is another now, and none comes before the last of them', async () => {
  const frozen = await readBaseline()
  const now = await checksumsOfMigrations()
  const last = Object.keys(frozen).at(-1)!
  expect(Object.keys(frozen).length).toBeGreaterThan(15)
  for (const [file, checksum] of Object.entries(frozen))
    expect([file, now[file]]).toEqual([file, checksum])
  expect(Object.keys(now).filter((file) => file < last && !(file in frozen))).toEqual([])
})

/** A server without any of our migrations; `sql` is who deploys them. */
const bare = async ({ server, deployer }: (typeof deployments)[number]) => {
  const place = await temporaryFolder('upgrade')
  const cluster = await startCluster({
    binaries: await server.binaries(),
    folder: join(place, 'data'),
    durable: false,
  })
  ends.push(async () => {
    await cluster.stop()
    await rm(place, { recursive: true, force: true })
  })
  const admin = postgres(cluster.url, quiet)
  ends.push(() => admin.end())
  for (const file of ['electron/backend/postgres/bootstrap.sql', 'tests/database/hosted-like.sql'])
    await admin.unsafe(await readFile(projectFile(file), 'utf8'))
  const sql = postgres(
    deployer === 'superuser' ? cluster.url : cluster.url.replace('postgres@', 'deployer@'),
    quiet,
  )
  ends.push(() => sql.end())
  return { admin, sql, url: cluster.url }
}

/** Somebody's work: an account, places, an artifact with history, a chat, a secret, an invitation. */
const fill = async (admin: Sql) => {
  await admin`update private.platform set open_signup = true`
  await admin`select private.supply_master_key(${'k'.repeat(40)})`
  const [ada] = await admin<{ id: string }[]>`
    insert into auth.users (id, email, email_confirmed_at, created_at) values (gen_random_uuid(), 'ada@kept.example', now(), now()) returning id`
  await admin`
    insert into storage.buckets (id, name) values ('artifact-files', 'artifact-files') on conflict do nothing`
  await admin.begin(async (as) => {
    const claims = JSON.stringify({ role: 'authenticated', sub: ada!.id })
    await as`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
    const [workspace] = await as`select public.create_workspace('Kept', 'Kept') as id`
    const [project] = await as`select public.create_project(${workspace!.id}, 'Kept') as id`
    const [artifact] = await as`
      insert into public.artifacts (project_id, title, artifact_type) values (${project!.id}, 'Kept', 'website') returning id`
    await as`reset role`
    await as`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${artifact!.id}/${'a'.repeat(64)}`}, '{"size": 3}')`
    await as`set local role authenticated`
    await as`select public.commit_artifact_changes(${artifact!.id}, '{}', ${as.json([
      {
        op: 'put',
        file_id: ada!.id,
        path: 'a.txt',
        sha256: 'a'.repeat(64),
        size: 3,
      },
    ])})`
    const [chat] = await as`
      insert into public.chat_sessions (project_id, title) values (${project!.id}, 'Kept') returning id`
    await as`insert into public.chat_messages (chat_id, content, message_type) values (${chat!.id}, '"kept"', 'user')`
    const [variable] = await as`
      insert into public.environment_variables (project_id, name) values (${project!.id}, 'KEPT') returning id`
    await as`select public.set_connection_secret('env', ${variable!.id}, '"kept"')`
    await as`select public.create_invitation('workspace', ${workspace!.id}, 'ben@kept.example', 'admin')`
  })
}

/** A row in every table: what people had, and what was frozen beside the migrations of that point. */
const fillAll = async (admin: Sql, point: string) => {
  await fill(admin)
  await admin`update private.platform set open_signup = false, first_user_is_super = false`
  await admin.unsafe(await fixtureOf(point))
}

/** What every table holds, by its name of today. */
const rowsOf = async (sql: Sql) =>
  Object.fromEntries(
    (
      await sql<{ relation: string; row_count: string; digest: string }[]>`
        select * from private.table_digests() where relation not like 'private.platform_gaps'`
    ).map(({ relation, row_count, digest }) => [
      relation.replace('leaving_blobs', 'blobs_being_removed'),
      [row_count, digest],
    ]),
  )

/** Tables that nothing fills: the proof that they come along is about no row. The log has a part for each month. */
const withoutRows = (rows: Awaited<ReturnType<typeof rowsOf>>): string[] =>
  Object.entries(rows)
    .filter(([relation, [count]]) => Number(count) === 0 && !relation.startsWith('audit.logs_'))
    .map(([relation]) => relation)

const copyOf = async (
  databaseUrl: string,
  scope: 'team' | 'installation' = 'installation',
): Promise<string> => {
  const place = await temporaryFolder('copy')
  ends.push(() => rm(place, { recursive: true, force: true }))
  await backup({ databaseUrl, scope, folder: join(place, 'copy') })
  return join(place, 'copy')
}

describe.each(deployments)('$title', (deployment) => {
  it('a database of each point that was frozen goes on to today’s, and to one of tomorrow, with all its rows', async () => {
    const points = await pointsOfBaseline()
    expect(points.at(-1)).toBe(
      Object.keys(await readBaseline())
        .at(-1)!
        .slice(0, 14),
    )
    for (const point of points) {
      const { admin, sql } = await bare(deployment)
      await migrate(sql, folder, { own: true, through: point })
      await fillAll(admin, point)
      const before = await rowsOf(admin)
      expect(withoutRows(before)).toEqual([])
      await migrate(sql, folder, { own: true })
      const today = await rowsOf(admin)
      for (const [relation, rows] of Object.entries(before))
        expect([point, relation, today[relation]]).toEqual([point, relation, rows])
      const tomorrow = join(await temporaryFolder('tomorrow'), 'migrations')
      ends.push(() => rm(join(tomorrow, '..'), { recursive: true, force: true }))
      await cp(folder, tomorrow, { recursive: true })
      await writeFile(
        join(tomorrow, '29990101000000_tomorrow.sql'),
        'create table if not exists private.tomorrow (id int); alter table private.tomorrow enable row level security;',
      )
      expect(await migrate(sql, tomorrow, { own: true })).toEqual(['29990101000000'])
      expect(await migrate(sql, tomorrow, { own: true })).toEqual([])
      const { 'private.tomorrow': made, ...rest } = await rowsOf(admin)
      expect(made).toBeDefined()
      expect(rest).toEqual(today)
      // And the one of today says whose it is.
      await expect(migrate(sql, folder, { own: true })).rejects.toMatchObject({
        code: 'backend.newer-database',
      })
    }
  })

  it('a database of the last preview becomes today’s, with all its rows; one of another preview is refused and left as it is', async () => {
    const { admin, sql } = await bare(deployment)
    await migrate(sql, folder, { own: true, through: lastOfPreview })
    await fillAll(admin, 'preview')
    const before = await rowsOf(admin)
    expect(withoutRows(before)).toEqual([])
    const [seventh] = (await previewMigrations()).slice(6)
    await sql`update supabase_migrations.schema_migrations set statements = array['select 1'] where version like '%07'`
    await expect(migrate(sql, folder, { own: true })).rejects.toMatchObject({
      code: 'backend.failed-to-start',
    })
    expect(await rowsOf(admin)).toEqual(before)
    await sql`update supabase_migrations.schema_migrations set statements = array[${seventh!.text}] where version like '%07'`

    const all = Object.keys(await checksumsOfMigrations()).map((file) => file.slice(0, 14))
    expect(await migrate(sql, folder, { own: true })).toEqual(all)
    expect(await migrate(sql, folder, { own: true })).toEqual([])
    const after = await rowsOf(admin)
    for (const [relation, rows] of Object.entries(before))
      expect([relation, after[relation]]).toEqual([relation, rows])
    const fresh = await startDatabase(deployment.server, deployment.deployer)
    ends.push(() => fresh.stop())
    expect(await catalogueOf(admin)).toEqual(await catalogueOf(fresh.sql))
  })
})

describe.each(deployments.filter(({ server }) => server.id === '17'))('$title', (deployment) => {
  it('what the preview took and today’s checks refuse is mended on the way: a person goes on with it, and it can be copied', async () => {
    const { admin, sql, url } = await bare(deployment)
    await migrate(sql, folder, { own: true, through: lastOfPreview })
    await fillAll(admin, 'preview')
    const [{ project }] = await admin<[{ project: string }]>`
      select id as project from public.projects where name = 'P a'`
    const connection = (name: string, columns: Record<string, unknown>) => admin`
      insert into public.api_connections ${admin({
        project_id: project,
        name,
        api_type: 'rest',
        auth_type: 'none',
        http_method: 'GET',
        endpoint_url: 'https://a.example/',
        ...columns,
      } as never)}`
    await connection('address', {
      description: 'Tides',
      endpoint_url: 'https://a.example/v1?key=s3cret&year=2026&api_key=other#token=third',
    })
    await connection('headers', {
      custom_headers: admin.json({ 'X-Auth': 's3cret', 'Private-Key': 's3cret', Accept: 'text' }),
    })
    await connection('template', {
      request_body_template: admin.json({
        password: 's3cret',
        user: { api_key: { of: ['s3cret'] }, secret: '{{secret}}', name: 'ada' },
        list: [{ Client_Secret: 's3cret' }, 'password'],
      }),
    })
    let deep: unknown = 'down there'
    for (let level = 0; level < 40; level++) deep = { deep }
    await connection('deep', { request_body_template: admin.json(deep as never) })
    await connection('sound', { custom_headers: admin.json({ Accept: 'text' }) })
    await admin`
      insert into public.oauth2_connections (project_id, provider, provider_config, client_id, redirect_uri, scopes)
      values (${project}, 'wide', '{}', 'c', 'atelier://oauth2', array(select 'scope' || n from generate_series(1, 300) n))`
    await admin`
      update public.projects set archived_reason = repeat('r', 3000), is_active = false where id = ${project}`
    // Somebody's own, in schemas that are ours.
    await admin.unsafe(`
      create function private.of_their_own() returns int language sql as 'select 1';
      create policy "of their own" on public.projects for select to authenticated using (private.of_their_own() = 2)`)
    const [{ lines }] = await admin<[{ lines: number }]>`
      select count(*)::int as lines from public.audit_logs`

    await migrate(sql, folder, { own: true })
    const rows = await admin`
      select name, endpoint_url, custom_headers, request_body_template, is_active, description
      from public.api_connections where name <> 'A' order by name`
    const usual = {
      endpoint_url: 'https://a.example/',
      custom_headers: {},
      request_body_template: {},
      is_active: false,
      description: expect.stringContaining('Store that as the secret'),
    }
    expect([...rows]).toEqual([
      {
        ...usual,
        name: 'address',
        endpoint_url: 'https://a.example/v1?year=2026',
        description: expect.stringMatching(/^Switched off .*\n\nTides$/s),
      },
      { ...usual, name: 'deep' },
      { ...usual, name: 'headers', custom_headers: { Accept: 'text' } },
      {
        ...usual,
        name: 'sound',
        custom_headers: { Accept: 'text' },
        is_active: true,
        description: null,
      },
      {
        ...usual,
        name: 'template',
        request_body_template: {
          password: '{{password}}',
          user: { api_key: '{{api_key}}', secret: '{{secret}}', name: 'ada' },
          list: [{ Client_Secret: '{{Client_Secret}}' }, 'password'],
        },
      },
    ])
    expect([
      ...(await admin`
        select cardinality(scopes) as scopes, scopes[200] as last, is_active from public.oauth2_connections where provider = 'wide'`),
    ]).toEqual([{ scopes: 200, last: 'scope200', is_active: false }])
    expect([
      ...(await admin`
        select char_length(archived_reason) as letters, is_active from public.projects where id = ${project}`),
    ]).toEqual([{ letters: 1000, is_active: false }])
    expect([
      ...(await admin`
        select (select count(*)::int from public.audit_logs) - ${lines} as told,
          exists (select from pg_policies where policyname = 'of their own') as theirs`),
    ]).toEqual([{ told: 6, theirs: true }])

    // Whoever it belongs to goes on with it.
    await admin`update public.api_connections set name = name || '!', is_active = true`
    await admin`update public.oauth2_connections set is_active = true`
    await admin`update public.projects set is_active = true, archived_reason = null`
    await admin.unsafe(
      'drop policy "of their own" on public.projects; drop function private.of_their_own()',
    )
    const copy = await copyOf(url)
    const other = await bare(deployment)
    expect(await restore({ databaseUrl: other.url, folder: copy, own: true })).toEqual([])
  })
})

const [embedded] = deployments
it('a backup that a preview made is restored, by the installation it is of and into another, and ends as today’s', async () => {
  const { admin, sql, url } = await bare(embedded!)
  await migrate(sql, folder, { own: true, through: lastOfPreview })
  await fillAll(admin, 'preview')
  await admin`
      update public.api_connections set endpoint_url = 'https://a.example/?key=s3cret' where name = 'A'`
  for (const scope of ['installation', 'team'] as const) {
    const copy = await copyOf(url, scope)
    const target = await bare(embedded!)
    await target.admin`create extension if not exists pgcrypto with schema extensions`
    expect(
      await restore({ databaseUrl: target.url, folder: copy, own: scope === 'installation' }),
    ).toEqual(
      scope === 'team'
        ? [
            expect.stringMatching(/sealed personal data .* is not here/),
            expect.stringMatching(/sealed secrets .* is not here/),
          ]
        : [],
    )
    await migrate(target.sql, folder, { own: true })
    const fresh = await startDatabase(embedded!.server, embedded!.deployer)
    ends.push(() => fresh.stop())
    expect(await catalogueOf(target.admin)).toEqual(await catalogueOf(fresh.sql))
    expect([
      ...(await target.admin`
          select count(*)::int as n, bool_or(is_active) as active from public.api_connections where endpoint_url = 'https://a.example/'`),
    ]).toEqual([{ n: 4, active: false }])
  }
  // Over today's schema it is refused, before anything is written.
  const today = await bare(embedded!)
  await migrate(today.sql, folder, { own: true })
  await expect(
    restore({ databaseUrl: today.url, folder: await copyOf(url, 'team') }),
  ).rejects.toMatchObject({ code: 'backup.other-schema' })
})
