import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })

/** Who may still do what when somebody is banned, leaves, or a place ends; and what watches over all of it. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let manager: string
  let guest: string
  let workspace: string
  let project: string
  const one = async <T>(person: string, work: (sql: Sql) => Promise<unknown>): Promise<T> =>
    Object.values(((await db.committed(person, work)) as Record<string, T>[])[0]!)[0]!
  const statusOf = async (person: string) =>
    (await db.sql`select status from public.users where id = ${person}`)[0]!.status
  const ban = (person: string, until: Date | null) =>
    db.sql`update auth.users set banned_until = ${until} where id = ${person}`
  const later = () => new Date(Date.now() + 3_600_000)
  const asSuper = <T>(work: (sql: Sql) => Promise<T>) =>
    db.sql.begin(async (sql) => {
      const claims = JSON.stringify({ role: 'authenticated', sub: guest, aal: 'aal2' })
      await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
      return work(sql as unknown as Sql)
    })
  const confirmed = async (email: string) => {
    const id = await db.signUp(email)
    await db.sql`update auth.users set email_confirmed_at = now() where id = ${id}`
    return id
  }
  const artifact = (person: string, title = 'A') =>
    one<string>(
      person,
      (sql) =>
        sql`insert into public.artifacts (project_id, title, artifact_type) values (${project}, ${title}, 'website') returning id`,
    )
  type Pull = {
    cursor: string
    epoch: string
    artifacts: { id: string; deleted_at: string | null }[]
    files: { id: string }[]
    artifact_ids?: string[]
    removed_artifact_ids?: string[]
  }
  const pull = (since: string | null = null, epoch: string | null = null) =>
    one<Pull>(owner, (sql) => sql`select public.pull_project(${project}, ${since}::xid8, ${epoch})`)

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
    owner = await confirmed('owner@acme.example')
    manager = await confirmed('manager@acme.example')
    guest = await confirmed('guest@acme.example')
    workspace = await one(owner, (sql) => sql`select public.create_workspace('Acme', 'Acme')`)
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${workspace}, ${manager}, 'admin')`
    project = await one(owner, (sql) => sql`select public.create_project(${workspace}, 'Works')`)
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${manager}, 'manager')`
  })
  afterAll(() => db?.stop())

  describe('bans', () => {
    it('meet accounts that wait, and give back what was before', async () => {
      await db.sql`update private.platform set open_signup = false`
      const waiting = await db.signUp('waiting@x.example')
      await db.sql`update private.platform set open_signup = true`
      await ban(waiting, later())
      expect(await statusOf(waiting)).toBe('banned')
      await ban(waiting, null)
      expect(await statusOf(waiting)).toBe('waitlist')
    })
    it('end by time: the next sign-in is let in', async () => {
      await ban(guest, later())
      await db.sql`alter table auth.users disable trigger on_auth_user_updated`
      await ban(guest, new Date(Date.now() - 1000))
      await db.sql`alter table auth.users enable trigger on_auth_user_updated`
      expect(await statusOf(guest)).toBe('banned')
      await db.sql`update auth.users set last_sign_in_at = now() where id = ${guest}`
      expect(await statusOf(guest)).toBe('active')
    })
    it('let nobody change their memberships, and end the invitations they sent', async () => {
      const token = await one<string>(
        manager,
        (sql) =>
          sql`select public.create_invitation('project', ${project}, 'guest@acme.example', 'viewer')`,
      )
      await ban(manager, later())
      expect(
        await db.as(
          manager,
          (sql) =>
            sql`delete from public.project_users where user_id = ${manager} and project_id = ${project} returning 1`,
        ),
      ).toHaveLength(0)
      const accept = () => one(guest, (sql) => sql`select public.accept_invitation(${token})`)
      await expect(accept()).rejects.toEqual(refusal('PT404'))
      await ban(manager, null)
      await db.sql`update public.project_users set role = 'viewer' where user_id = ${manager} and project_id = ${project}`
      await db.sql`update public.workspace_users set role = 'project_creator' where user_id = ${manager} and workspace_id = ${workspace}`
      await expect(accept()).rejects.toEqual(refusal('PT404'))
      await db.sql`update public.project_users set role = 'manager' where user_id = ${manager} and project_id = ${project}`
      expect(await accept()).toMatchObject({ role: 'viewer' })
      await db.sql`update public.workspace_users set role = 'admin' where user_id = ${manager} and workspace_id = ${workspace}`
    })
    it('lifted by a super user give a place to whoever never had one', async () => {
      await db.sql`update private.platform set open_signup = false`
      const waiting = await db.signUp('later@x.example')
      await db.sql`update private.platform set open_signup = true`
      await db.sql`update public.users set is_super_user = true where id = ${guest}`
      await asSuper((sql) => sql`select public.set_user_status(${waiting}, 'banned', 'spam')`)
      await asSuper((sql) => sql`select public.set_user_status(${waiting}, 'active', 'sorry')`)
      expect(await db.sql`select 1 from public.projects where owner_id = ${waiting}`).toHaveLength(
        1,
      )
      await expect(
        asSuper((sql) => sql`select public.set_user_status(${waiting}, null, 'why')`),
      ).rejects.toEqual(refusal('22023'))
    })
  })

  it('an archived project is read-only for workspace admins too', async () => {
    const id = await one<string>(
      owner,
      (sql) => sql`select public.create_project(${workspace}, 'Old')`,
    )
    const rename = () =>
      db.as(
        manager,
        (sql) => sql`update public.projects set name = 'New' where id = ${id} returning 1`,
      )
    expect(await rename()).toHaveLength(1)
    await one(owner, (sql) => sql`select public.archive_project(${id}, 'done')`)
    expect(await rename()).toHaveLength(0)
    expect(
      await db.as(manager, (sql) => sql`select 1 from public.projects where id = ${id}`),
    ).toHaveLength(1)
  })

  it('whoever leaves for good leaves their project to its oldest manager', async () => {
    const leaver = await confirmed('leaver@acme.example')
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${workspace}, ${leaver}, 'project_creator')`
    const id = await one<string>(
      leaver,
      (sql) => sql`select public.create_project(${workspace}, 'Left')`,
    )
    await db.sql`insert into public.project_users (project_id, user_id, role, created_at) values
      (${id}, ${guest}, 'manager', now()), (${id}, ${manager}, 'manager', now() - interval '1 day')`
    await db.sql`delete from auth.users where id = ${leaver}`
    expect(
      await db.sql`select user_id from public.project_users where project_id = ${id} and role = 'owner'`,
    ).toEqual([{ user_id: manager }])
  })

  it('whoever is taken out of a workspace is out of its projects, and none of them is left to nobody', async () => {
    const member = await confirmed(`member-${randomUUID()}@acme.example`)
    const elsewhere = await one<string>(
      member,
      (sql) => sql`select public.create_workspace('Elsewhere', 'Elsewhere')`,
    )
    const theirs = await one<string>(
      member,
      (sql) => sql`select public.create_project(${elsewhere}, 'Theirs')`,
    )
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${workspace}, ${member}, 'project_creator')`
    const create = (name: string) =>
      one<string>(member, (sql) => sql`select public.create_project(${workspace}, ${name})`)
    const [alone, managed] = [await create('Alone'), await create('Managed')]
    await db.sql`insert into public.project_users (project_id, user_id, role) values
      (${managed}, ${guest}, 'manager'), (${project}, ${member}, 'contributor')`
    const ownersOf = (id: string) =>
      db.sql`select user_id from public.project_users where project_id = ${id} and role = 'owner'`
    await one(
      owner,
      (sql) =>
        sql`delete from public.workspace_users where workspace_id = ${workspace} and user_id = ${member} returning 1`,
    )
    expect(
      await db.sql`select project_id from public.project_users where user_id = ${member} and project_id in (${alone}, ${managed}, ${project}, ${theirs})`,
    ).toEqual([{ project_id: theirs }])
    expect(await ownersOf(alone)).toEqual([{ user_id: owner }])
    expect(await ownersOf(managed)).toEqual([{ user_id: guest }])
    for (const id of [alone, managed, project])
      expect(
        await db.as(member, (sql) => sql`select 1 from public.projects where id = ${id}`),
      ).toEqual([])
  })

  it('what somebody wrote somebody else approves, where there is somebody', async () => {
    const id = await one<string>(
      owner,
      (sql) =>
        sql`insert into public.project_requirements (project_id, title, content, status) values (${project}, 'R', '{}', 'review') returning id`,
    )
    const approve = (person: string) =>
      one(
        person,
        (sql) =>
          sql`update public.project_requirements set status = 'approved' where id = ${id} returning status`,
      )
    await expect(approve(owner)).rejects.toEqual(refusal('23514'))
    await expect(
      one(
        manager,
        (sql) =>
          sql`update public.project_requirements set status = 'approved', content = '{"a":1}' where id = ${id} returning status`,
      ),
    ).rejects.toEqual(refusal('23514'))
    expect(await approve(manager)).toBe('approved')
  })

  it('a closed chat takes no more messages of people', async () => {
    const chat = await one<string>(
      owner,
      (sql) =>
        sql`insert into public.chat_sessions (project_id, title) values (${project}, 'T') returning id`,
    )
    const say = () =>
      one(
        owner,
        (sql) =>
          sql`insert into public.chat_messages (chat_id, content, message_type) values (${chat}, '{}', 'user') returning id`,
      )
    await say()
    await db.sql`update public.chat_sessions set is_active = false where id = ${chat}`
    await expect(say()).rejects.toEqual(refusal('42501'))
  })

  describe('deleted artifacts', () => {
    it('are told to who was away, come back with their files, and are purged in the end', async () => {
      const id = await artifact(owner)
      const sha256 = 'a'.repeat(64)
      await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${id}/${sha256}`}, '{"size": 1}'::jsonb)`
      const file = randomUUID()
      await one(
        owner,
        (sql) =>
          sql`select public.commit_artifact_changes(${id}, '{}', ${sql.json([{ op: 'put', file_id: file, path: 'a.txt', sha256, size: 1 }])})`,
      )
      const before = await pull()
      expect(before.artifact_ids).toContain(id)
      await one(owner, (sql) => sql`select public.delete_artifact(${id})`)
      const deleted = await pull(before.cursor, before.epoch)
      expect(deleted.artifacts.find((each) => each.id === id)?.deleted_at).not.toBeNull()
      await one(owner, (sql) => sql`select public.restore_deleted_artifact(${id})`)
      const again = await pull(deleted.cursor, deleted.epoch)
      expect(again.artifacts.find((each) => each.id === id)?.deleted_at).toBeNull()
      expect(again.files.map((each) => each.id)).toContain(file)
      await one(owner, (sql) => sql`select public.delete_artifact(${id})`)
      await expect(
        db.as(guest, (sql) => sql`select public.restore_deleted_artifact(${id})`),
      ).rejects.toEqual(refusal('42501'))
      await db.sql`update public.artifacts set deleted_at = now() - interval '31 days' where id = ${id}`
      await db.sql`select private.purge_deleted()`
      const last = await pull(again.cursor, again.epoch)
      expect(last.removed_artifact_ids).toContain(id)
      // What is left of it in storage is named to a service until it is gone.
      const toRemove = () =>
        db.sql`select name from public.storage_deletions_for_service() where name like ${`${id}%`}`
      expect(await toRemove()).toEqual([{ name: `${id}/${sha256}` }])
      await db.sql`delete from storage.objects where name like ${`${id}%`}`
      expect(await toRemove()).toEqual([])
    })
    it('deleted outright by who may are told as well', async () => {
      const id = await artifact(owner)
      const before = await pull()
      await db.committed(owner, (sql) => sql`delete from public.artifacts where id = ${id}`)
      expect((await pull(before.cursor, before.epoch)).removed_artifact_ids).toEqual([id])
    })
  })

  it('a cursor of another history of transactions begins anew', async () => {
    const { cursor, epoch } = await pull()
    expect((await pull(cursor, epoch)).artifact_ids).toBeUndefined()
    expect((await pull(cursor, '123.1')).artifact_ids).toBeDefined()
    expect((await pull(`${BigInt(cursor) + 1000n}`, epoch)).artifact_ids).toBeDefined()
  })

  it('a deleted workspace is hidden, can come back, and then only what was billed is left', async () => {
    const id = await one<string>(owner, (sql) => sql`select public.create_workspace('Gone', 'G')`)
    await one(owner, (sql) => sql`select public.create_project(${id}, 'In it')`)
    await expect(
      db.as(manager, (sql) => sql`select public.delete_workspace(${id})`),
    ).rejects.toEqual(refusal('42501'))
    await one(owner, (sql) => sql`select public.delete_workspace(${id}, 'mistake')`)
    const see = () => db.as(owner, (sql) => sql`select 1 from public.workspaces where id = ${id}`)
    expect(await see()).toHaveLength(0)
    await one(owner, (sql) => sql`select public.restore_workspace(${id})`)
    expect(await see()).toHaveLength(1)
    await one(owner, (sql) => sql`select public.delete_workspace(${id}, 'for good')`)
    await db.sql`update public.workspaces set deleted_at = now() - interval '31 days' where id = ${id}`
    await db.sql`select private.purge_deleted()`
    expect(await db.sql`select 1 from public.projects where workspace_id = ${id}`).toHaveLength(0)
    expect(
      await db.sql`select 1 from public.workspace_users where workspace_id = ${id}`,
    ).toHaveLength(0)
    expect(
      await db.sql`select name, purged_at is not null as purged from public.workspaces where id = ${id}`,
    ).toEqual([{ name: 'Deleted workspace', purged: true }])
    expect(
      await db.sql`select 1 from public.workspace_subscriptions where workspace_id = ${id}`,
    ).toHaveLength(1)
    await expect(
      db.as(owner, (sql) => sql`select public.restore_workspace(${id})`),
    ).rejects.toEqual(refusal('42501'))
  })

  it('a workspace that pays is not deleted', async () => {
    const id = await one<string>(owner, (sql) => sql`select public.create_workspace('Paying', 'P')`)
    await db.sql`select public.record_subscription_for_service('evt_p', ${id}, 'c', 'sub_p', 'pro', 'active', now(), now() + interval '1 month')`
    await expect(db.as(owner, (sql) => sql`select public.delete_workspace(${id})`)).rejects.toEqual(
      refusal('22023'),
    )
  })

  it('search goes on page by page where times are equal', async () => {
    for (let n = 0; n < 5; n += 1) await artifact(owner, `Needle ${n}`)
    await db.sql`alter table public.artifacts disable trigger touch`
    await db.sql`update public.artifacts set updated_at = '2026-01-01' where title like 'Needle%'`
    await db.sql`alter table public.artifacts enable trigger touch`
    const seen: string[] = []
    let last: { id: string; updated_at: Date } | undefined
    for (let page = 0; page < 5; page += 1) {
      const rows: { id: string; updated_at: Date }[] = await db.as(
        owner,
        (sql) =>
          sql`select id, updated_at from public.search_artifacts('Needle', ${last?.updated_at ?? null}, 2, ${last?.id ?? null})`,
      )
      seen.push(...rows.map(({ id }) => id))
      last = rows.at(-1)
      if (!last) break
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen).size).toBe(5)
  })

  it('the assessment says what is wrong, since when, and that it is right again', async () => {
    const assess = () => asSuper((sql) => sql`select * from public.platform_assessment()`)
    const failing = async () =>
      (await assess()).filter((row) => !row.passed).map(({ finding }) => finding as string)
    await db.sql`call private.run_due_jobs(true)`
    const before = await failing()
    expect(before).not.toContain('every table has row-level security')
    expect(before).not.toContain('the jobs run')
    await db.sql`alter table public.artifacts disable row level security`
    await db.sql`create policy everything on public.artifacts for select to authenticated using (true)`
    expect(await failing()).toEqual(
      [
        ...new Set([
          'every table has row-level security',
          'no policy lets everything through',
          ...before,
        ]),
      ].sort(),
    )
    await db.sql`alter table public.artifacts enable row level security`
    await db.sql`drop policy everything on public.artifacts`
    expect(await failing()).toEqual(before)
    await expect(
      db.as(owner, (sql) => sql`select * from public.platform_assessment()`),
    ).rejects.toEqual(refusal('42501'))
  })

  it('a line of the audit log that was changed past every trigger is found', async () => {
    await db.sql`update private.platform set audit_retention = '13 months'`
    await db.sql`insert into public.audit_logs (table_name, record_id, action, actor_role, created_at)
      select 'x', gen_random_uuid(), 'READ', 'test', now() - interval '2 days' + n * interval '1 minute' from generate_series(1, 5) n`
    await db.sql`delete from private.audit_digests`
    await db.sql`select private.digest_audit()`
    expect(await db.sql`select * from private.changed_audit_days()`).toEqual([])
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update public.audit_logs set reason = 'nothing happened' where table_name = 'x'`
    })
    expect((await db.sql`select * from private.changed_audit_days()`).length).toBeGreaterThan(0)
  })

  it('breaking the glass again counts anew, and an unknown project is told', async () => {
    const look = (id: string, hours: number | null = 1) =>
      asSuper((sql) => sql`select public.break_glass(${id}, 'help', ${hours})`)
    const id = await one<string>(
      owner,
      (sql) => sql`select public.create_project(${workspace}, 'Dark')`,
    )
    await look(id)
    await db.sql`update public.project_users set expires_at = now() - interval '1 hour' where project_id = ${id} and user_id = ${guest}`
    await look(id)
    expect(
      await db.as(guest, (sql) => sql`select 1 from public.projects where id = ${id}`),
    ).toHaveLength(1)
    await expect(look(randomUUID())).rejects.toEqual(refusal('PT404'))
    await expect(look(id, null)).rejects.toEqual(refusal('22023'))
  })

  it.each([
    ['https://api.example.com/v1', true],
    ['https://163.com', true],
    ['https://8.8.8.8/x', true],
    ['https://2130706433/', false],
    ['https://0x7f000001/', false],
    ['https://0x7f.1/', false],
    ['https://0177.0.0.1/', false],
    ['https://127.1/', false],
    ['https://10.0.0.1/', false],
    ['https://100.64.1.1/', false],
    ['https://169.254.169.254/latest', false],
    ['https://[::1]/', false],
    ['https://user:pass@example.com/', false],
    ['https://localhost/', false],
    ['https://printer.local/', false],
    ['http://example.com/', false],
  ])('an endpoint %s: %s', async (url, is) => {
    expect((await db.sql`select private.is_public_https(${url}) as yes`)[0]!.yes).toBe(is)
  })

  it.each([
    ["public.create_workspace('', 'C')"],
    ["public.create_workspace('W', null)"],
    ["public.create_project('{workspace}', '  ')"],
    ["public.create_invitation('workspace', '{workspace}', 'nobody', 'admin')"],
    ["public.create_invitation('workspace', '{workspace}', null, 'admin')"],
    ["public.claim_domain('{workspace}', null)"],
    ["public.claim_domain('{workspace}', 'no domain')"],
  ])('%s is refused as what it is', async (call) => {
    await expect(
      db.as(owner, (sql) => sql.unsafe(`select ${call.replace('{workspace}', workspace)}`)),
    ).rejects.toEqual(refusal('22023'))
  })
})
