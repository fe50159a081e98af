import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import postgres, { type Sql } from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { catalogueOf } from '../../electron/backend/backup/catalogue.ts'
import { startCluster } from '../../electron/backend/postgres/cluster.ts'
import { migrate } from '../../electron/backend/postgres/migrate.ts'
import { projectFile } from '../../electron/backend/project-files.ts'
import { checksumsOfMigrations, readBaseline } from '../../scripts/freeze-migrations.ts'
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
  return { admin, sql }
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
        ...{ op: 'put', file_id: ada!.id, path: 'a.txt', sha256: 'a'.repeat(64), size: 3 },
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

describe.each(deployments)('$title', (deployment) => {
  it('a database that the frozen migrations made goes on to today’s, and to one of tomorrow, with all its rows', async () => {
    const { admin, sql } = await bare(deployment)
    const last = Object.keys(await readBaseline())
      .at(-1)!
      .slice(0, 14)
    await migrate(sql, folder, { own: true, through: last })
    await fill(admin)
    const before = await rowsOf(admin)
    await migrate(sql, folder, { own: true })
    const today = await rowsOf(admin)
    for (const [relation, rows] of Object.entries(before))
      expect([relation, today[relation]]).toEqual([relation, rows])
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
  })

  it('a database of the last preview becomes today’s, with all its rows; one of another preview is refused and left as it is', async () => {
    const { admin, sql } = await bare(deployment)
    const texts = JSON.parse(
      gunzipSync(
        await readFile(projectFile('tests/database/preview/migrations.json.gz')),
      ).toString(),
    ) as { version: string; name: string; text: string }[]
    const preview = await temporaryFolder('preview')
    ends.push(() => rm(preview, { recursive: true, force: true }))
    for (const { version, name, text } of texts)
      await writeFile(join(preview, `${version}_${name}.sql`), text)
    await migrate(sql, preview, { own: true })
    await fill(admin)
    const before = await rowsOf(admin)
    await sql`update supabase_migrations.schema_migrations set statements = array['select 1'] where version like '%07'`
    await expect(migrate(sql, folder, { own: true })).rejects.toMatchObject({
      code: 'backend.failed-to-start',
    })
    expect(await rowsOf(admin)).toEqual(before)
    await sql`update supabase_migrations.schema_migrations set statements = array[${texts[6]!.text}] where version like '%07'`

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
