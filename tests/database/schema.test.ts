import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, orWaiting, startDatabase, type TestDatabase } from './server.ts'

const sha = 'a'.repeat(64)
const refusal = (code: string) => expect.objectContaining({ code })

describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let viewer: string
  let contributor: string
  let stranger: string
  let project: string
  let artifact: string
  const put =
    (file: string, expected: number, hash = sha, path = 'a.txt') =>
    (sql: Sql) =>
      sql`select public.commit_artifact_changes(${artifact}, ${sql.json({ [file]: expected })}, ${sql.json(
        [{ op: 'put', file_id: file, path, sha256: hash, size: 3, media_type: 'text/plain' }],
      )}) as answer`.then((rows) => rows[0]!.answer)

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    owner = await db.signUp('o@x.io')
    viewer = await db.signUp('v@x.io')
    contributor = await db.signUp('c@x.io')
    stranger = await db.signUp('s@y.io')
    const one = (rows: { id?: string }[]) => rows[0]!.id as string
    const workspace = await db.committed(owner, (sql) =>
      sql`select public.create_workspace('W', 'C') as id`.then(one),
    )
    project = await db.committed(owner, (sql) =>
      sql`select public.create_project(${workspace}, 'P') as id`.then(one),
    )
    for (const [person, role] of [
      [viewer, 'viewer'],
      [contributor, 'contributor'],
    ] as const) {
      await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${workspace}, ${person}, 'project_creator')`
      await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${person}, ${role})`
    }
    artifact = randomUUID()
    await db.committed(
      owner,
      (sql) =>
        sql`insert into public.artifacts (id, project_id, title, artifact_type) values (${artifact}, ${project}, 'T', 'website')`,
    )
    for (const hash of [sha, 'b'.repeat(64), 'c'.repeat(64)])
      await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${artifact}/${hash}`}, '{"size": 3}'::jsonb)`
  })
  afterAll(() => db?.stop())

  it('signs people up by e-mail and without one, active with a project of their own', async () => {
    for (const email of ['new@x.io', null]) {
      const id = await db.signUp(email)
      const [row] = await db.sql`
        select u.status, u.display_name, p.kind from public.users u
          join public.projects p on p.owner_id = u.id
          join public.project_users m on m.project_id = p.id and m.user_id = u.id and m.role = 'owner'
        where u.id = ${id}`
      const name = email ? 'new' : 'New member'
      expect(row).toMatchObject({ status: 'active', kind: 'personal', display_name: name })
    }
    expect(await db.sql`select * from private.provision_errors`).toHaveLength(0)
  })
  it('with a closed door, a new account waits and can do nothing', async () => {
    await db.sql`update private.platform set open_signup = false`
    const id = await db.signUp('waiting@x.io')
    await db.sql`update private.platform set open_signup = true`
    const rows = await db.as(id, (sql) => sql`select status from public.users where id = ${id}`)
    expect(rows[0]).toEqual({ status: 'waitlist' })
    await expect(db.as(id, (sql) => sql`select public.create_workspace('W', 'C')`)).rejects.toEqual(
      refusal('42501'),
    )
  })
  it('shows a project to its members only', async () => {
    const see = (sql: Sql) => sql`select id from public.projects where id = ${project}`
    for (const person of [owner, viewer, contributor])
      expect(await db.as(person, see)).toHaveLength(1)
    expect(await db.as(stranger, see)).toHaveLength(0)
    await expect(db.as(null, see)).rejects.toEqual(refusal('42501'))
  })
  it('people of the Global Workspace do not see each other', async () => {
    expect(await db.as(stranger, (sql) => sql`select id from public.users`)).toHaveLength(1)
    expect(
      await db.as(stranger, (sql) => sql`select user_id from public.workspace_users`),
    ).toHaveLength(1)
  })
  it('nobody raises themselves', async () => {
    for (const change of ['is_super_user = true', "status = 'active'"])
      await expect(
        db.as(viewer, (sql) => sql.unsafe(`update public.users set ${change}`)),
      ).rejects.toEqual(refusal('42501'))
    expect(
      await db.as(
        viewer,
        (sql) =>
          sql`update public.project_users set role = 'owner' where user_id = ${viewer} and project_id = ${project} returning id`,
      ),
    ).toHaveLength(0)
    await expect(
      db.as(
        stranger,
        (sql) =>
          sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${stranger}, 'viewer')`,
      ),
    ).rejects.toEqual(refusal('42501'))
  })
  it('the last owner stays, also when two remove each other at once', async () => {
    await expect(
      db.as(
        owner,
        (sql) =>
          sql`delete from public.project_users where user_id = ${owner} and project_id = ${project}`,
      ),
    ).rejects.toEqual(refusal('23514'))
    const second = await db.signUp('second@x.io')
    const id = await db.committed(owner, (sql) =>
      sql`select public.create_workspace('Two', 'C') as id`.then((rows) => rows[0]!.id as string),
    )
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${id}, ${second}, 'owner')`
    const remove = (by: string, whom: string) =>
      db.committed(
        by,
        (sql) =>
          sql`delete from public.workspace_users where workspace_id = ${id} and user_id = ${whom}`,
      )
    // The first has removed the other and not ended yet: the second has to wait, and then to stay.
    const first = await db.begun(
      owner,
      (sql) =>
        sql`delete from public.workspace_users where workspace_id = ${id} and user_id = ${second}`,
    )
    const late = remove(second, owner).then(
      () => 'removed',
      (error: { code: string }) => error.code,
    )
    expect(await orWaiting(late)).toBe('waiting')
    await first.end()
    // By then the second is no owner any more; or it is the last owner that would go.
    expect(['removed', '23514', '42501']).toContain(await late)
    expect(
      await db.sql`select 1 from public.workspace_users where workspace_id = ${id} and role = 'owner'`,
    ).toHaveLength(1)
  })
  it('files are written by commits alone, and commits by contributors alone', async () => {
    for (const person of [owner, contributor, viewer]) {
      await expect(
        db.as(person, (sql) => sql`update public.artifact_files set file_size = 1`),
      ).rejects.toEqual(refusal('42501'))
      await expect(db.as(person, (sql) => sql`delete from public.artifact_files`)).rejects.toEqual(
        refusal('42501'),
      )
    }
    await expect(db.as(viewer, put(randomUUID(), 0))).rejects.toEqual(refusal('42501'))
    await expect(db.as(stranger, put(randomUUID(), 0))).rejects.toEqual(refusal('PT404'))
    expect(await db.as(contributor, put(randomUUID(), 0))).toMatchObject({
      status: 'committed',
      revision: 1,
    })
  })
  it('blobs are added under the artifact’s id and a hash, and never changed', async () => {
    const add = (name: string) => (sql: Sql) =>
      sql`insert into storage.objects (bucket_id, name) values ('artifact-files', ${name})`
    await db.as(contributor, add(`${artifact}/${'d'.repeat(64)}`))
    for (const [person, name] of [
      [viewer, `${artifact}/${'d'.repeat(64)}`],
      [contributor, `${artifact}/../x`],
      [contributor, `${randomUUID()}/${'d'.repeat(64)}`],
    ] as const)
      await expect(db.as(person, add(name))).rejects.toEqual(refusal('42501'))
    const touch = ['delete from storage.objects', "update storage.objects set metadata = '{}'"]
    for (const statement of touch)
      expect(
        await db.as(owner, (sql) =>
          sql.unsafe(`${statement} where bucket_id = 'artifact-files' returning id`),
        ),
      ).toHaveLength(0)
    expect(await db.as(stranger, (sql) => sql`select id from storage.objects`)).toHaveLength(0)
  })
  it('an object of any name makes nobody’s listing fail', async () => {
    for (const name of ['tmp/x', '../..', 'not-a-uuid/y', randomUUID()])
      await db.sql`insert into storage.objects (bucket_id, name) values ('project-files', ${name})`
    for (const person of [owner, stranger, null])
      expect(
        await db.as(
          person,
          (sql) => sql`select name from storage.objects where bucket_id = 'project-files'`,
        ),
      ).toHaveLength(0)
  })
  it('publishing is a manager’s, and shows some columns to everyone', async () => {
    await expect(
      db.as(
        contributor,
        (sql) => sql`update public.artifacts set is_public = true where id = ${artifact}`,
      ),
    ).rejects.toEqual(refusal('42501'))
    const id = randomUUID()
    await db.committed(
      owner,
      (sql) =>
        sql`insert into public.artifacts (id, project_id, title, artifact_type) values (${id}, ${project}, 'Public', 'website')`,
    )
    await db.committed(
      owner,
      (sql) => sql`update public.artifacts set is_public = true where id = ${id}`,
    )
    const titles = await db.as(null, (sql) => sql`select title from public.artifacts`)
    expect(titles.map(({ title }) => title)).toEqual(['Public'])
    await expect(
      db.as(null, (sql) => sql`select created_by from public.artifacts`),
    ).rejects.toEqual(refusal('42501'))
    await db.committed(owner, (sql) => sql`delete from public.artifacts where id = ${id}`)
  })

  describe('commits by compare-and-swap', () => {
    it('conflicts are answers, and nothing of a conflicting commit is written', async () => {
      const file = randomUUID()
      const at = (expected: number, hash: string) => put(file, expected, hash, 'cas.txt')
      expect(await db.committed(owner, at(0, sha))).toMatchObject({ status: 'committed' })
      // The same again, as after a lost response.
      expect(await db.committed(owner, at(0, sha))).toMatchObject({ files: [{ revision: 1 }] })
      expect(await db.committed(owner, at(1, 'b'.repeat(64)))).toMatchObject({
        files: [{ revision: 2 }],
      })
      expect(await db.committed(contributor, at(1, 'c'.repeat(64)))).toMatchObject({
        status: 'conflict',
        conflicts: [{ reason: 'changed', revision: 2 }],
      })
      expect(await db.committed(contributor, put(randomUUID(), 0, sha, 'CAS.txt'))).toMatchObject({
        conflicts: [{ reason: 'path-taken' }],
      })
      await expect(db.committed(owner, at(2, 'e'.repeat(64)))).rejects.toEqual(refusal('PT409'))
      const history =
        await db.sql`select revision from public.artifact_file_versions where file_id = ${file} order by revision`
      expect(history.map(({ revision }) => Number(revision))).toEqual([1, 2])
    })
    it('of two at once, one wins', async () => {
      const file = randomUUID()
      await db.committed(owner, put(file, 0, sha, 'race.txt'))
      const answers = await Promise.all([
        db.committed(owner, put(file, 1, 'b'.repeat(64), 'race.txt')),
        db.committed(contributor, put(file, 1, 'c'.repeat(64), 'race.txt')),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual(['committed', 'conflict'])
    })
    it.each(['../x', '/x', 'a//b', 'a\\b', '', 'x'.repeat(1100)])(
      'refuses the path %j',
      async (path) => {
        await expect(db.as(owner, put(randomUUID(), 0, sha, path))).rejects.toEqual(
          refusal('23514'),
        )
      },
    )
    it('refuses what is no change', async () => {
      for (const changes of [
        [],
        [{ op: 'put' }],
        [{ op: 'drop', file_id: randomUUID() }],
        { a: 1 },
      ])
        await expect(
          db.as(
            owner,
            (sql) =>
              sql`select public.commit_artifact_changes(${artifact}, '{}', ${sql.json(changes as never)})`,
          ),
        ).rejects.toEqual(refusal('22023'))
    })
  })

  it('what is published shows nothing that was removed', async () => {
    const [hidden, shown] = [randomUUID(), randomUUID()]
    const id = randomUUID()
    const committed = (changes: object[], expected: Record<string, number> = {}) =>
      db.committed(
        owner,
        (sql) =>
          sql`select public.commit_artifact_changes(${id}, ${sql.json(expected)}, ${sql.json(changes as never)})`,
      )
    await db.committed(
      owner,
      (sql) =>
        sql`insert into public.artifacts (id, project_id, title, artifact_type) values (${id}, ${project}, 'Shown', 'website')`,
    )
    await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${id}/${sha}`}, '{"size": 3}'::jsonb)`
    const file = { op: 'put', sha256: sha, size: 3, media_type: 'text/plain' }
    await committed([
      { ...file, file_id: hidden, path: 'hidden.txt' },
      { ...file, file_id: shown, path: 'shown.txt' },
    ])
    await committed([{ op: 'remove', file_id: hidden }], { [hidden]: 1 })
    await db.committed(
      owner,
      (sql) => sql`update public.artifacts set is_public = true where id = ${id}`,
    )
    const files = () =>
      db.as(null, (sql) =>
        sql`select file_path from public.artifact_files where artifact_id = ${id}`.then((rows) =>
          rows.map(({ file_path }) => file_path),
        ),
      )
    expect(await files()).toEqual(['shown.txt'])
    // Bytes that no live file shows are nobody's but the members', and a deleted place shows nothing.
    await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${id}/${'d'.repeat(64)}`}, '{"size": 3}'::jsonb)`
    const objects = (person: string | null) =>
      db.as(person, (sql) => sql`select 1 from storage.objects where name like ${`${id}/%`}`)
    expect(await objects(null)).toHaveLength(1)
    expect(await objects(stranger)).toHaveLength(1)
    expect(await objects(viewer)).toHaveLength(2)
    await db.sql`update public.projects set deleted_at = now() where id = ${project}`
    expect(await files()).toEqual([])
    expect(await objects(null)).toHaveLength(0)
    expect(await objects(stranger)).toHaveLength(0)
    await db.sql`update public.projects set deleted_at = null where id = ${project}`
    await db.sql`update public.artifacts set deleted_at = now() where id = ${id}`
    expect(await files()).toEqual([])
    const artifacts = await db.as(
      null,
      (sql) => sql`select title from public.artifacts where id = ${id}`,
    )
    expect(artifacts).toHaveLength(0)
  })

  it('a session’s own types and functions never stand in for the system’s', async () => {
    const open = await db.sql`
      select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'private') and p.prosecdef
        and not coalesce(p.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']`
    expect(open).toEqual([])
    // Even where clients may make temporary objects (a platform that does not let us take that away).
    await db.sql`grant temporary on database postgres to public`
    const hostile = db.as(viewer, async (sql) => {
      await sql.unsafe(`create temp table loot (who text); grant all on loot to public;
        create function pg_temp.evil(v text) returns boolean language plpgsql as $f$ begin
          if current_user <> 'authenticated' then insert into loot values (current_user); end if; return true; end $f$;
        create domain pg_temp.uuid as pg_catalog.uuid check (pg_temp.evil(value::pg_catalog.text));`)
      await sql`select private.may_hear(${`project:${project}`})`
      return sql`select who from loot`
    })
    expect(await hostile).toEqual([])
    await db.sql`revoke temporary on database postgres from public`
  })

  it('who was removed is not let in by domain at the next sign-in, and only the very domain counts', async () => {
    const [place] =
      await db.sql`select workspace_id as id from public.projects where id = ${project}`
    const workspace = place!.id as string
    await db.sql`insert into public.workspace_domains (workspace_id, domain, verified_at) values (${workspace}, 'acme-by-domain.example', now())`
    const confirmed = async (email: string) => {
      const id = await db.signUp(email)
      await db.sql`update auth.users set email_confirmed_at = now() where id = ${id}`
      return id
    }
    const isIn = async (id: string) =>
      (
        await db.sql`select 1 from public.workspace_users where workspace_id = ${workspace} and user_id = ${id}`
      ).length === 1
    const person = await confirmed('zoe@acme-by-domain.example')
    expect(await isIn(person)).toBe(true)
    await db.sql`delete from public.workspace_users where user_id = ${person} and workspace_id = ${workspace}`
    await db.sql`update auth.users set last_sign_in_at = now() where id = ${person}`
    expect(await isIn(person)).toBe(false)
    expect(await isIn(await confirmed('"x@acme-by-domain.example@"@evil.example'))).toBe(false)
  })

  it('whoever runs a workspace reads in the log that something changed, not what it says', async () => {
    await db
      .committed(
        owner,
        (sql) => sql`insert into public.project_requirements (project_id, title, content)
        values (${project}, 'Merger plan', '{"type":"doc","content":"merger with X"}')`,
      )
      .catch(() => null)
    await db.committed(
      owner,
      (sql) =>
        sql`update public.artifacts set title = 'Codename Heron', metadata = '{"note":"merger with X"}' where id = ${artifact}`,
    )
    const rows = await db.sql`select * from public.audit_logs`
    expect(rows.length).toBeGreaterThan(3)
    expect(JSON.stringify(rows)).not.toMatch(/merger with X|Codename Heron/)
  })

  it('the log’s rows of a month without a partition move into it when it is made', async () => {
    await db.sql`insert into public.audit_logs (created_at, table_name, record_id, action, actor_role)
      values (now() + interval '3 years', 'late', gen_random_uuid(), 'READ', 'service_role')`
    const [made] =
      await db.sql`select private.make_audit_partitions((now() + interval '3 years')::date, 1) as n`
    expect(made).toEqual({ n: 1 })
    expect(
      await db.sql`select tableoid::regclass::text <> 'audit.logs_rest' as moved from public.audit_logs where table_name = 'late'`,
    ).toEqual([{ moved: true }])
    await expect(db.sql`delete from public.audit_logs where table_name = 'late'`).rejects.toEqual(
      refusal('42501'),
    )
  })

  it('no pull misses a row that commits late, where a cursor on updated_at does', async () => {
    const pull = (since: string | null) =>
      db.as(owner, (sql) =>
        sql`select public.pull_project(${project}, ${since}::text::xid8) as answer`.then(
          (rows) => rows[0]!.answer,
        ),
      )
    const late = await db.sql.reserve()
    await late`begin`
    await late`insert into public.artifacts (project_id, title, artifact_type) values (${project}, 'Late', 'website')`
    await db.committed(
      owner,
      (sql) =>
        sql`insert into public.artifacts (project_id, title, artifact_type) values (${project}, 'Early', 'website')`,
    )
    const { cursor } = await pull(null)
    const [{ latest }] = await db.sql<[{ latest: string }]>`
      select max(updated_at)::text as latest from public.artifacts where project_id = ${project}`
    await late`commit`
    late.release()
    const titles = (await pull(cursor)).artifacts.map(({ title }: { title: string }) => title)
    expect(titles).toContain('Late')
    const naive = await db.sql`
      select title from public.artifacts where project_id = ${project} and updated_at > ${latest}::timestamptz`
    expect(naive.map(({ title }) => title)).not.toContain('Late')
  })
})
