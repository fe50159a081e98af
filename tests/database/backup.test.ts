import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backup } from '../../electron/backend/backup/backup.ts'
import { restore } from '../../electron/backend/backup/restore.ts'
import { projectFile } from '../../electron/backend/project-files.ts'
import { filled } from '../../supabase/tests/matrix.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })
/** The fixture's. */
const key = 'm'.repeat(40)
const keyId = (value: string): string =>
  createHash('sha256').update(`atelier key id ${value}`).digest('hex').slice(0, 12)
type Pull = { cursor: string; epoch: string; files: { id: string }[] }

/**
 * The restore drill on rows, as a superuser and as a role like hosted Supabase's `postgres`: the setting that keeps
 * triggers still is granted to it here, as hosted's supautils lets it set it.
 */
describe.each(deployments)('$title', ({ server, deployer }) => {
  const folders: string[] = []
  let hosted: string
  let source: TestDatabase
  let made: string
  let owner: string
  let project: string
  let before: Pull
  const urlOf = (db: TestDatabase) =>
    deployer === 'superuser' ? db.url : db.url.replace('postgres@', 'deployer@')
  const folderOf = async (name: string) => {
    const folder = await temporaryFolder(name)
    folders.push(folder)
    return folder
  }
  const one = async <T>(db: TestDatabase, work: (sql: Sql) => Promise<unknown>): Promise<T> =>
    Object.values(((await db.committed(owner, work)) as Record<string, T>[])[0]!)[0]!
  const pull = (db: TestDatabase, since: Pull | null): Promise<Pull> =>
    one(
      db,
      (sql) =>
        sql`select public.pull_project(${project}, ${since?.cursor ?? null}::xid8, ${since?.epoch ?? null})`,
    )
  const put = async (db: TestDatabase, artifact: string, path: string) => {
    const sha256 = 'a'.repeat(64)
    const change = { op: 'put', file_id: randomUUID(), path, sha256, size: 1, media_type: 't/p' }
    await db.sql`insert into storage.objects (bucket_id, name, metadata)
      values ('artifact-files', ${`${artifact}/${sha256}`}, '{"size":1}') on conflict do nothing`
    await one(
      db,
      (sql) => sql`select public.commit_artifact_changes(${artifact}, '{}', ${sql.json([change])})`,
    )
    return change.file_id
  }
  const start = async (granted = true, isAnotherServer = false) =>
    startDatabase(server, deployer, {
      isAnotherServer,
      before: granted
        ? `${hosted}; grant set on parameter session_replication_role to deployer;`
        : hosted,
    })

  beforeAll(async () => {
    hosted = await readFile(projectFile('tests/database/hosted-auth.sql'), 'utf8')
    source = await start()
    const { sql } = source
    await sql`select private.supply_master_key(${key})`
    // Two tenants with a row of everything.
    const fixture = await readFile(projectFile('supabase/tests/fixture.sql'), 'utf8')
    await sql.unsafe(filled(fixture, 'a')).simple()
    await sql`update private.platform set open_signup = true`
    owner = await source.signUp('owner@acme.example')
    const workspace = await one<string>(
      source,
      (as) => as`select public.create_workspace('Acme', 'Acme')`,
    )
    project = await one(source, (as) => as`select public.create_project(${workspace}, 'Works')`)
    const artifact = await one<string>(
      source,
      (as) =>
        as`insert into public.artifacts (project_id, title, artifact_type, description) values (${project}, 'Sheet', 'website', ${'one\u2028two\u0085'}) returning id`,
    )
    await put(source, artifact, 'a.txt')
    await sql`insert into auth.identities (provider_id, provider, user_id, identity_data)
      values ('1', 'email', ${owner}, '{"email":"Owner@acme.example"}')`
    await sql`insert into auth.mfa_factors (user_id, factor_type, status, secret) values (${owner}, 'totp', 'verified', 'SECOND-FACTOR')`
    await sql`insert into auth.mfa_challenges (factor_id, ip_address) select id, '10.0.0.1' from auth.mfa_factors`
    await sql`with p as (insert into auth.sso_providers (resource_id) values ('acme') returning id),
      d as (insert into auth.sso_domains (sso_provider_id, domain) select id, 'acme.example' from p)
      insert into auth.saml_providers (sso_provider_id, entity_id, metadata_xml) select id, 'urn:acme', '<x/>' from p`
    await sql`with s as (insert into auth.sessions (user_id, aal) values (${owner}, 'aal2') returning id)
      insert into auth.refresh_tokens (token, user_id, session_id) select 'OPEN-DOOR', ${owner}, id from s`
    before = await pull(source, null)
    made = await folderOf('backup')
    await backup({ databaseUrl: urlOf(source), folder: made })
  })
  afterAll(async () => {
    await source.stop()
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })

  it('holds second factors and single sign-on, but no open session, and is for its owner alone', async () => {
    const files = await readdir(join(made, 'tables'))
    const texts = await Promise.all(
      files.map((name) => readFile(join(made, 'tables', name), 'utf8')),
    )
    expect(texts.join('')).toContain('SECOND-FACTOR')
    expect(texts.join('')).toContain('urn:acme')
    expect(texts.join('')).not.toContain('OPEN-DOOR')
    expect(files).not.toContain('auth.mfa_challenges.jsonl')
    for (const name of files) expect((await stat(join(made, 'tables', name))).mode & 0o077).toBe(0)
  })

  it('comes back whole, and clients learn of everything anew', async () => {
    const target = await start(true, true)
    try {
      await target.sql`select private.supply_master_key(${key})`
      expect(await restore({ databaseUrl: urlOf(target), folder: made })).toEqual([])
      const [counts] = await target.sql`select
        (select count(*)::int from auth.mfa_factors where secret = 'SECOND-FACTOR') as factors,
        (select count(*)::int from auth.saml_providers) as providers,
        (select count(*)::int from auth.identities where email = 'owner@acme.example') as identities,
        (select count(*)::int from auth.refresh_tokens) as tokens`
      expect(counts).toEqual({ factors: 1, providers: 1, identities: 1, tokens: 0 })
      // A cursor of the old cluster: everything, not what is new by its count.
      const again = await pull(target, before)
      expect(again.files.map(({ id }) => id)).toEqual(before.files.map(({ id }) => id))
      expect(again.epoch).not.toBe(before.epoch)
      // Nothing of it is told twice, whatever the old cluster's count was, and what is new is told.
      const quiet = await pull(target, again)
      expect((await pull(target, quiet)).files).toEqual([])
      const [{ artifact_id: artifact }] = await target.sql<[{ artifact_id: string }]>`
        select artifact_id from public.artifact_files where id = ${before.files[0]!.id}`
      const fresh = await put(target, artifact, 'b.txt')
      expect((await pull(target, quiet)).files.map(({ id }) => id)).toContain(fresh)
      // Guards are awake again.
      await expect(target.sql`delete from public.audit_logs where true`).rejects.toBeDefined()
      await expect(restore({ databaseUrl: urlOf(target), folder: made })).rejects.toEqual(
        refusal('backup.not-empty'),
      )
    } finally {
      await target.stop()
    }
  })

  it('tells what is more, less or other than it was, and that the key is not here', async () => {
    const target = await start()
    const { sql } = target
    try {
      await sql.unsafe(`
        create policy everybody on public.artifacts for select to anon using (true);
        alter policy artifacts_insert on public.artifacts to authenticated, anon;
        create function public.back_door() returns void language sql as '';
        grant execute on function public.back_door() to public;
        alter function private.is_super() security invoker;
        grant select on private.secrets to authenticated;
        grant select (email) on public.invitations to anon;
        revoke select on public.projects from authenticated;
        alter table private.secrets disable row level security;
        alter table public.token_usage disable trigger append_only;
        alter table public.artifacts drop constraint artifacts_progress_check, add column extra text;
        drop index public.artifacts_search_idx;
        create index stray on public.artifacts (title);
        create type public.stray as enum ('a', 'b');
        alter publication supabase_realtime drop table public.chat_messages;
        drop trigger on_auth_user_deleted on auth.users;
        alter role authenticated bypassrls;`)
      const [{ month }] = await sql<[{ month: string }]>`
        select relname as month from pg_class where relnamespace = 'audit'::regnamespace and relname ~ '^logs_2' limit 1`
      await sql.unsafe(`alter table audit.${month} disable row level security, disable trigger append_only;
        grant select on audit.${month} to authenticated`)
      const told = await restore({ databaseUrl: urlOf(target), folder: made })
      const about = [
        ['policies: public.artifacts everybody', 'more'],
        ['policies: public.artifacts artifacts_insert', 'missing'],
        ['policies: public.artifacts artifacts_insert', 'to anon, authenticated', 'more'],
        ['functions: back_door()', 'more'],
        ['grants: function back_door(): execute to public', 'more'],
        ['functions: private.is_super()', 'security definer', 'missing'],
        ['functions: private.is_super()', 'more'],
        ['grants: table private.secrets: select to authenticated', 'more'],
        ['grants: column public.invitations.email: select to anon', 'more'],
        ['grants: table public.projects: select to authenticated', 'missing'],
        ['row-level security: private.secrets on', 'missing'],
        ['row-level security: private.secrets off', 'more'],
        ['triggers:', 'append_only', 'public.token_usage', '(D)', 'more'],
        ['triggers:', 'append_only', 'public.token_usage', 'missing'],
        ['constraints: public.artifacts artifacts_progress_check', 'missing'],
        ['columns: public.artifacts.extra text', 'more'],
        ['indexes:', 'artifacts_search_idx', 'missing'],
        ['indexes:', 'stray', 'more'],
        ['types: public.stray a, b', 'more'],
        ['publications: supabase_realtime public.chat_messages', 'missing'],
        ['triggers:', 'on_auth_user_deleted', 'missing'],
        ['rights of roles: authenticated, passes row-level security by', 'more'],
        ['rights of roles: authenticated', 'missing'],
        [`row-level security: audit.${month} off`, 'more'],
        [`triggers: audit.${month} is not guarded by append_only`, 'more'],
        [`grants: table audit.${month}: select to authenticated`, 'more'],
        [`the key ${keyId(key)}, which sealed secrets`, 'is not here'],
        [`the key ${keyId(key)}, which sealed personal data`, 'is not here'],
      ]
      const left = [...told]
      for (const words of about) {
        const place = left.findIndex((line) => words.every((word) => line.includes(word)))
        expect(place, `${words.join(' … ')} in\n${left.join('\n')}`).toBeGreaterThanOrEqual(0)
        left.splice(place, 1)
      }
      expect(left).toEqual([])
    } finally {
      await target.stop()
    }
  })

  it('refuses before anything is changed what cannot work', async () => {
    const target = await start(false)
    try {
      if (deployer === 'like hosted')
        await expect(restore({ databaseUrl: urlOf(target), folder: made })).rejects.toEqual(
          refusal('backup.denied'),
        )
      await target.sql`create role passer_by login`
      await target.sql`grant usage on schema private, auth, storage to passer_by`
      const passing = target.url.replace('postgres@', 'passer_by@')
      await expect(
        backup({ databaseUrl: passing, folder: await folderOf('none') }),
      ).rejects.toEqual(refusal('backup.sees-a-part'))
      await expect(backup({ databaseUrl: urlOf(target), folder: made })).rejects.toEqual(
        refusal('backup.exists'),
      )
      await expect(
        restore({ databaseUrl: urlOf(target), folder: await folderOf('empty') }),
      ).rejects.toEqual(refusal('backup.none'))
      await expect(
        restore({ databaseUrl: 'postgres://postgres@127.0.0.1:1/postgres', folder: made }),
      ).rejects.toEqual(refusal('backup.no-database'))
      await target.sql`alter table auth.mfa_factors drop column secret`
      await expect(restore({ databaseUrl: target.url, folder: made })).rejects.toEqual(
        refusal('backup.other-schema'),
      )
      await target.sql`create database bare`
      await expect(
        restore({ databaseUrl: target.url.replace(/\/postgres$/, '/bare'), folder: made }),
      ).rejects.toEqual(refusal('backup.no-platform'))
      await expect(
        backup({
          databaseUrl: target.url.replace(/\/postgres$/, '/bare'),
          folder: await folderOf('bare'),
        }),
      ).rejects.toEqual(refusal('backup.not-atelier'))
      expect(await target.sql`select 1 from auth.users`).toHaveLength(0)
    } finally {
      await target.stop()
    }
  })
})
