import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })

/** Who is in charge when who was in charge is not there any more, by whatever way. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let count = 0
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
  })
  afterAll(() => db?.stop())
  const person = async (name: string) => {
    count += 1
    const id = await db.signUp(`${name}${count}@x.example`)
    await db.sql`update auth.users set email_confirmed_at = now() where id = ${id}`
    return id
  }
  const one = async (who: string, work: (sql: Sql) => Promise<unknown>): Promise<string> =>
    Object.values(((await db.committed(who, work)) as Record<string, string>[])[0]!)[0]!
  const place = async () => {
    const people = {
      owner: await person('owner'),
      first: await person('first'),
      second: await person('second'),
      member: await person('member'),
    }
    const workspace = await one(
      people.owner,
      (sql) => sql`select public.create_workspace('W', 'C')`,
    )
    for (const [who, role, days] of [
      [people.first, 'admin', 3],
      [people.second, 'admin', 2],
      [people.member, 'project_creator', 1],
    ] as const)
      await db.sql`insert into public.workspace_users (workspace_id, user_id, role, created_at)
        values (${workspace}, ${who}, ${role}, now() - make_interval(days => ${days}))`
    const project = await one(
      people.owner,
      (sql) => sql`select public.create_project(${workspace}, 'P')`,
    )
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${people.member}, 'manager')`
    return { ...people, workspace, project }
  }
  const status = (who: string, to: string) =>
    db.sql`update public.users set status = ${to} where id = ${who}`
  const owners = async (workspace: string) =>
    (
      await db.sql`select user_id from public.workspace_users where workspace_id = ${workspace} and role = 'owner' order by user_id`
    ).map(({ user_id }) => user_id as string)
  const projectOwners = async (project: string) =>
    (
      await db.sql`select user_id from public.project_users where project_id = ${project} and role = 'owner' order by user_id`
    ).map(({ user_id }) => user_id as string)
  const goes = async (who: string) => {
    const [row] = await db.sql`select email from auth.users where id = ${who}`
    await db.committed(who, (sql) => sql`select public.erase_my_account(${row!.email})`)
  }
  const lookAt = async (workspace: string) =>
    (
      await db.sql`select is_active, deleted_at is not null as deleted from public.workspaces where id = ${workspace}`
    )[0]

  it('who is banned, inactive or deleted is passed over, and the next one follows', async () => {
    for (const out of ['banned', 'inactive', 'archived']) {
      const { owner, first, second, member, workspace, project } = await place()
      await status(first, out)
      await goes(owner)
      expect(await owners(workspace)).toEqual([second])
      expect(await projectOwners(project)).toEqual([member])
      expect(await lookAt(workspace)).toEqual({ is_active: true, deleted: false })
    }
    const { owner, first, second, workspace } = await place()
    await db.sql`update public.users set deleted_at = now() where id = ${first}`
    await goes(owner)
    expect(await owners(workspace)).toEqual([second])
  })

  it('an owner who is banned or made inactive is followed, and has their role when they are back', async () => {
    for (const out of ['banned', 'inactive']) {
      const { owner, first, member, workspace, project } = await place()
      await status(owner, out)
      expect(await owners(workspace)).toEqual([owner, first].sort())
      expect(await projectOwners(project)).toEqual([owner, member].sort())
      await status(owner, 'active')
      expect(await owners(workspace)).toEqual([owner, first].sort())
    }
    // The auth server's own ban is one, too.
    const { owner, first, workspace } = await place()
    await db.sql`update auth.users set banned_until = now() + interval '1 hour' where id = ${owner}`
    expect(await owners(workspace)).toEqual([owner, first].sort())
    // Where another owner is active nobody follows.
    await status(owner, 'active')
    await status(owner, 'inactive')
    expect(await owners(workspace)).toEqual([owner, first].sort())
  })

  it('who could not follow then follows when they are back', async () => {
    const { owner, first, second, workspace } = await place()
    await status(first, 'banned')
    await status(second, 'inactive')
    await goes(owner)
    expect(await owners(workspace)).toEqual([])
    expect(await lookAt(workspace)).toEqual({ is_active: false, deleted: false })
    await status(second, 'active')
    expect(await owners(workspace)).toEqual([second])
    await db.committed(second, (sql) => sql`select public.restore_workspace(${workspace})`)
    expect(await lookAt(workspace)).toEqual({ is_active: true, deleted: false })
  })

  it('access that ends by itself inherits nothing, and when an owner’s ends somebody follows', async () => {
    const { owner, second, member, project } = await place()
    await db.sql`insert into public.project_users (project_id, user_id, role, expires_at, created_at)
      values (${project}, ${second}, 'manager', now() + interval '1 hour', now() - interval '9 days')`
    await db.sql`update public.project_users set expires_at = now() - interval '1 minute' where project_id = ${project} and user_id = ${owner}`
    await db.sql`select private.end_expired_access()`
    expect(await projectOwners(project)).toEqual([member])
    expect(await db.sql`select message from private.provision_errors`).toEqual([])
  })

  it('a workspace in which nobody is in charge is given an owner, with a reason in the log, and works again', async () => {
    const { owner, first, second, member, workspace } = await place()
    const boss = await person('boss')
    await db.sql`update public.users set is_super_user = true where id = ${boss}`
    const give = (to: string, aal = 'aal2') =>
      db.sql.begin(async (sql) => {
        await sql`select set_config('role', 'authenticated', true),
          set_config('request.jwt.claims', ${JSON.stringify({ role: 'authenticated', sub: boss, aal })}, true)`
        await sql`select public.give_workspace_owner(${workspace}, ${to}, 'the founder is gone')`
      })
    await expect(give(member)).rejects.toEqual(refusal('22023'))
    await status(first, 'banned')
    await status(second, 'banned')
    await goes(owner)
    await expect(
      db.as(member, (sql) => sql`select public.restore_workspace(${workspace})`),
    ).rejects.toEqual(refusal('42501'))
    await expect(give(member, 'aal1')).rejects.toEqual(refusal('42501'))
    await expect(give(first)).rejects.toEqual(refusal('PT404'))
    await give(member)
    expect(await owners(workspace)).toEqual([member])
    await db.committed(member, (sql) => sql`select public.restore_workspace(${workspace})`)
    expect(await lookAt(workspace)).toEqual({ is_active: true, deleted: false })
    expect(
      await db.sql`select reason from public.audit_logs where changed_by = ${boss} and table_name = 'workspace_users'`,
    ).toEqual([{ reason: 'the founder is gone' }])
  })

  it('a place in which nobody is left is hidden, and purged like what was deleted; one with members stays', async () => {
    const alone = await person('alone')
    const workspace = await one(alone, (sql) => sql`select public.create_workspace('Alone', 'A')`)
    const [{ id: global }] = await db.sql<
      [{ id: string }]
    >`select private.global_workspace_id() as id`
    const project = await one(alone, (sql) => sql`select public.create_project(${global}, 'Mine')`)
    const shared = await place()
    await db.sql`update public.workspace_users set role = 'project_creator' where workspace_id = ${shared.workspace} and role = 'admin'`
    await goes(alone)
    await goes(shared.owner)
    expect(await lookAt(workspace)).toEqual({ is_active: false, deleted: true })
    expect(await lookAt(shared.workspace)).toEqual({ is_active: false, deleted: false })
    await db.sql`update public.workspaces set deleted_at = now() - interval '1 year' where id = ${workspace}`
    await db.sql`update public.projects set deleted_at = now() - interval '1 year' where id = ${project} and deleted_at is not null`
    await db.sql`select private.purge_deleted()`
    expect(await db.sql`select 1 from public.projects where id = ${project}`).toHaveLength(0)
    expect(
      await db.sql`select purged_at is not null as purged from public.workspaces where id in (${workspace}, ${shared.workspace}) order by 1`,
    ).toEqual([{ purged: false }, { purged: true }])
    await db.sql`select private.assess()`
    expect(
      await db.sql`select passed from private.assessments where finding = 'every workspace has an owner'`,
    ).toEqual([{ passed: false }])
  })

  it('who leaves hands the projects of the workspace to whoever is active', async () => {
    const { owner, first, member, workspace, project } = await place()
    await status(member, 'banned')
    await db.sql`update public.workspace_users set role = 'owner' where workspace_id = ${workspace} and user_id = ${first}`
    await db.committed(
      owner,
      (sql) =>
        sql`delete from public.workspace_users where workspace_id = ${workspace} and user_id = ${owner}`,
    )
    expect(await projectOwners(project)).toEqual([first])
  })

  it('who was removed does not come back with a new account of the address, whatever became of the key; who left by erasing does', async () => {
    const { owner, workspace } = await place()
    await db.sql`insert into public.workspace_domains (workspace_id, domain, verified_at) values (${workspace}, 'come-back.example', now())`
    const arrive = async (email: string) => {
      const id = await db.signUp(email)
      await db.sql`update auth.users set email_confirmed_at = now() where id = ${id}`
      return id
    }
    const isIn = async (id: string) =>
      (
        await db.sql`select 1 from public.workspace_users where workspace_id = ${workspace} and user_id = ${id}`
      ).length === 1
    const removed = await arrive('eve@come-back.example')
    expect(await isIn(removed)).toBe(true)
    await db.committed(
      owner,
      (sql) =>
        sql`delete from public.workspace_users where workspace_id = ${workspace} and user_id = ${removed}`,
    )
    await db.sql`update auth.users set email = 'eve2@come-back.example' where id = ${removed}`
    await goes(removed)
    // The key is another by now, and the old one is gone.
    await db.sql`select private.supply_master_key(${'n'.repeat(40)}, ${'k'.repeat(40)})`
    await db.sql`select private.rotate_secrets()`
    await db.sql`select private.supply_master_key(${'n'.repeat(40)})`
    for (const email of [
      'Eve@come-back.example',
      'eve2@come-back.example',
      'eve+x@come-back.example',
    ])
      expect(await isIn(await arrive(email)), email).toBe(false)
    // The address itself is nowhere.
    const [kept] =
      await db.sql`select count(*)::int as n from private.departures where address_mark is not null`
    expect(kept!.n).toBeGreaterThan(1)
    expect(
      await db.sql`select 1 from private.departures d where to_jsonb(d)::text ilike '%come-back%'`,
    ).toEqual([])
    const other = await arrive('ann@come-back.example')
    expect(await isIn(other)).toBe(true)
    await goes(other)
    expect(await isIn(await arrive('ann@come-back.example'))).toBe(true)
  })
})
