import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterEach, expect, it, vi } from 'vitest'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { type Manifest, sha256 } from '../../../electron/backend/backup/manifest.ts'
import { firstJobsMs } from '../../../electron/backend/housekeeping.ts'
import { embeddedBinaries } from '../../../electron/backend/postgres/binaries.ts'
import { majorOf } from '../../../electron/backend/postgres/cluster.ts'
import { unprivilegedIdentity } from '../../../electron/backend/postgres/identity.ts'
import { lastOfPreview } from '../../../electron/backend/postgres/previews.ts'
import { seedDemo } from '../../../electron/backend/seed/index.ts'
import { fixtureOf } from '../../../scripts/freeze-migrations.ts'
import type { BringingAlong } from '../../../src/contract/app.ts'
import { embeddedPostgresMajor } from '../../../src/updates/postgres.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** The PostgreSQL that another Atelier brought. */
const former = '/usr/lib/postgresql/15/bin'
const ada = { email: 'ada@atelier.example', password: 'harbour-light-2026' }
const open = (folder: string, binaries?: string, heard: BringingAlong[] = []): Promise<Backend> =>
  startBackend({
    folder,
    durable: false,
    onBringingAlong: (how) => heard.push(how),
    ...(binaries ? { binaries } : {}),
  })
const countsOf = async ({ databaseUrl }: Backend): Promise<unknown> => {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return await sql`
      select (select count(*)::int from auth.users) as people, (select count(*)::int from auth.sessions) as sessions,
        (select count(*)::int from auth.refresh_tokens) as tokens, (select count(*)::int from public.artifacts) as artifacts,
        (select count(*)::int from storage.objects) as objects, (select count(*)::int from public.audit_logs) as log`
  } finally {
    await sql.end()
  }
}

it('says itself which PostgreSQL it brings', async () => {
  const binaries = await embeddedBinaries(await temporaryFolder('binaries'))
  expect(await majorOf({ binaries }, await unprivilegedIdentity())).toBe(embeddedPostgresMajor)
})

it('everything of a folder of a former PostgreSQL comes along, and who is signed in stays so', async () => {
  const folder = await temporaryFolder('along')
  const before = await open(folder, former)
  await seedDemo(before, () => {})
  const client = createClient(before.url, before.publishableKey, {
    auth: { persistSession: false },
  })
  const signedIn = await client.auth.signInWithPassword(ada)
  const counts = await countsOf(before)
  await before.stop({ copy: true })

  const heard: BringingAlong[] = []
  const after = await open(folder, undefined, heard)
  expect(heard.map(({ from, to, step }) => [from, to, step])).toEqual([
    [15, embeddedPostgresMajor, 'making'],
    [15, embeddedPostgresMajor, 'filling'],
    [15, embeddedPostgresMajor, 'proving'],
  ])
  expect(after.id).toBe(before.id)
  expect(await countsOf(after)).toEqual(counts)
  const again = createClient(after.url, after.publishableKey, { auth: { persistSession: false } })
  const refreshed = await again.auth.refreshSession({
    refresh_token: signedIn.data.session!.refresh_token,
  })
  expect(refreshed.error).toBeNull()
  const { data: files } = await again.from('artifact_files').select('storage_path').limit(3)
  expect(files).toHaveLength(3)
  for (const { storage_path } of files!)
    expect((await again.storage.from('artifact-files').download(storage_path)).error).toBeNull()
  await after.stop()
  const names = await readdir(folder)
  const kept = names.find((name) => /^postgres-15-kept-/.test(name))!
  expect(await readFile(join(folder, kept, 'PG_VERSION'), 'utf8')).toBe('15\n')
  expect(names.filter((name) => /copy|next/.test(name))).toEqual([])

  // The former one goes after its time, and not before.
  await rename(join(folder, kept), join(folder, 'postgres-15-kept-2026-01-02'))
  await (await open(folder)).stop()
  expect((await readdir(folder)).filter((name) => name.includes('kept'))).toEqual([])
  // And back there is no way over newer rows.
  await expect(open(folder, former)).rejects.toMatchObject({ code: 'backend.newer-database' })
})

it('who moved to another time zone, and set their server up in their own way, is brought along', async () => {
  const folder = await temporaryFolder('time-zone')
  vi.stubEnv('TZ', 'Pacific/Auckland')
  const before = await open(folder, former)
  const sql = postgres(before.databaseUrl, { max: 1, onnotice: () => {} })
  expect((await sql`show timezone`)[0]).toEqual({ TimeZone: 'Pacific/Auckland' })
  await sql`alter database postgres set bytea_output = 'escape'`
  await sql`alter database postgres set intervalstyle = 'sql_standard'`
  await sql`alter database postgres set datestyle = 'SQL, DMY'`
  await sql.end()
  const counts = await countsOf(before)
  await before.stop({ copy: true })
  vi.stubEnv('TZ', 'America/New_York')
  const after = await open(folder)
  expect(await countsOf(after)).toEqual(counts)
  await after.stop()
  expect(await readFile(join(folder, 'postgres/PG_VERSION'), 'utf8')).toBe(
    `${embeddedPostgresMajor}\n`,
  )
})

it('the folder of a preview becomes today’s: over the same PostgreSQL, and from its copy over the next; what it had is kept', async () => {
  for (const binaries of [undefined, former]) {
    const folder = await temporaryFolder('preview')
    const preview = await startBackend({
      folder,
      durable: false,
      migrateThrough: lastOfPreview,
      ...(binaries ? { binaries } : {}),
    })
    const sql = postgres(preview.databaseUrl, { max: 1, onnotice: () => {} })
    await sql`select private.supply_master_key(${'m'.repeat(40)})`
    await sql.unsafe(await fixtureOf('preview'))
    await sql`
      update public.api_connections set endpoint_url = 'https://a.example/?key=s3cret' where name = 'A'`
    await sql.end()
    const counts = await countsOf(preview)
    await preview.stop({ copy: binaries !== undefined })

    const heard: BringingAlong[] = []
    const after = await open(folder, undefined, heard)
    expect(heard.map(({ step }) => step)).toEqual(binaries ? ['making', 'filling', 'proving'] : [])
    const [now, before] = [await countsOf(after), counts] as [{ log: number }[], { log: number }[]]
    expect(now).toEqual([{ ...before[0], log: expect.any(Number) }])
    // Four connections were mended, and the log says so.
    expect(now[0]!.log - before[0]!.log).toBeGreaterThanOrEqual(4)
    await after.stop()
    const kept = (await readdir(folder)).find((name) => /^postgres-preview-kept-/.test(name))!
    const rows = await readFile(join(folder, kept, 'tables/public.api_connections.jsonl'), 'utf8')
    expect(rows).toContain('?key=s3cret')
    await rename(join(folder, kept), join(folder, 'postgres-preview-kept-2026-01-02'))
    await (await open(folder)).stop()
    expect((await readdir(folder)).filter((name) => name.includes('preview'))).toEqual([])
  }
})

it('a database that is being filled does nothing by itself', async () => {
  const started = vi.spyOn(globalThis, 'setTimeout')
  const jobs = () => started.mock.calls.filter(([, ms]) => ms === firstJobsMs)
  const folder = await temporaryFolder('no-jobs')
  const beside = await startBackend({ folder, durable: false, isBesideAnother: true })
  expect(jobs()).toHaveLength(0)
  await beside.stop()
  // And in its place it does.
  await (await open(folder)).stop()
  expect(jobs()).toHaveLength(1)
})

it('without a copy, or with one that is damaged or old, the folder stays as it is', async () => {
  const folder = await temporaryFolder('no-copy')
  await (await open(folder, former)).stop()
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.older-database' })
  // A copy that its server wrote on after is none.
  await (await open(folder, former)).stop({ copy: true })
  await (await open(folder, former)).stop()
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.older-database' })

  await (await open(folder, former)).stop({ copy: true })
  const table = join(folder, 'postgres-copy/tables/private.platform.jsonl')
  const text = await readFile(table, 'utf8')
  await writeFile(table, text.replace('true', 'false'))
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.copy-unusable' })
  // Whoever forged its hash, too, made rows that PostgreSQL refuses; and what came of it has to be the same.
  const listed = join(folder, 'postgres-copy/manifest.json')
  const manifest = await readFile(listed, 'utf8')
  const forge = async (change: (known: Manifest) => void): Promise<void> => {
    const known = JSON.parse(manifest) as Manifest
    change(known)
    await writeFile(listed, JSON.stringify(known))
  }
  const forged = sha256(await readFile(table))
  await forge(({ tables }) => {
    tables.find(({ name }) => name === 'private.platform')!.sha256 = forged
  })
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.copy-unusable' })
  await writeFile(table, text)
  await forge(({ digests }) => {
    digests.find(({ relation }) => relation === 'private.platform')!.digest = 'another'
  })
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.copy-unusable' })
  await writeFile(listed, manifest.slice(0, -1))
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.copy-unusable' })
  await writeFile(listed, manifest)
  expect(await readFile(join(folder, 'postgres/PG_VERSION'), 'utf8')).toBe('15\n')
  await (await open(folder)).stop()
  expect(await readFile(join(folder, 'postgres/PG_VERSION'), 'utf8')).toBe(
    `${embeddedPostgresMajor}\n`,
  )
})

it('who is cut off while it is brought along goes on where that was', async () => {
  const folder = await temporaryFolder('cut-off')
  const first = await open(folder, former)
  const { id } = first
  await first.stop({ copy: true })
  await (await open(folder)).stop()
  const kept = (await readdir(folder)).find((name) => name.includes('kept'))!
  // Between the two renames: the former one is aside, and the new one not in its place.
  const next = join(folder, 'postgres-next')
  await mkdir(next)
  await rename(join(folder, 'postgres'), join(next, 'postgres'))
  await writeFile(join(next, 'proven.json'), '{"from":15}')
  const after = await open(folder)
  expect(after.id).toBe(id)
  await after.stop()
  expect((await readdir(folder)).filter((name) => /next|kept/.test(name))).toEqual([kept])

  // Before it was proven: it is begun anew, from the former one's copy.
  await rm(join(folder, 'postgres'), { recursive: true })
  await rename(join(folder, kept), join(folder, 'postgres'))
  await mkdir(join(next, 'postgres'), { recursive: true })
  await writeFile(join(next, 'postgres/PG_VERSION'), '17\n')
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.older-database' })
  expect(await readFile(join(folder, 'postgres/PG_VERSION'), 'utf8')).toBe('15\n')
})

it('a schema that a newer Atelier made is refused, and stays', async () => {
  const folder = await temporaryFolder('newer-schema')
  const backend = await open(folder)
  const sql = postgres(backend.databaseUrl, { max: 1 })
  await sql`insert into supabase_migrations.schema_migrations (version, name) values ('29990101000000', 'of tomorrow')`
  await sql.end()
  await backend.stop()
  await expect(open(folder)).rejects.toMatchObject({ code: 'backend.newer-database' })
})
