import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

/** What runs by itself: in small steps, each job by itself, whatever becomes of the others. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  /** As whom the jobs run: the database's owner. */
  let owner: Sql
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
    const url = deployer === 'superuser' ? db.url : db.url.replace('postgres@', 'deployer@')
    owner = postgres(url, { max: 1, onnotice: () => {} })
  })
  afterAll(async () => {
    await owner?.end()
    await db?.stop()
  })
  const job = async (name: string) =>
    (
      await db.sql`
      select failure, ended_at >= started_at as ended, started_at from private.jobs where name = ${name}`
    )[0]!
  const finding = async () =>
    (await db.sql`select passed, detail from private.assessments where finding = 'the jobs run'`)[0]
  /** One job's command is another for as long as this takes. */
  const instead = async (name: string, command: string, work: () => Promise<void>) => {
    const [was] = await db.sql`select command from private.jobs where name = ${name}`
    await db.sql`update private.jobs set command = ${command} where name = ${name}`
    await work().finally(
      () => db.sql`update private.jobs set command = ${was!.command} where name = ${name}`,
    )
  }
  const manyProjects = async (n: number) => {
    const person = await db.signUp(`p${Math.random()}@x.example`)
    const [row] = await db.committed(
      person,
      (sql) => sql`select public.create_workspace('W', 'C') as id`,
    )
    await db.sql`insert into public.projects (workspace_id, name) select ${row!.id}, 'P' || n from generate_series(1, ${n}::int) n`
    return row!.id as string
  }

  it('every job runs, with its beginning and its end, twice as well as once', async () => {
    await manyProjects(3)
    await owner`call private.run_due_jobs()`
    await owner`call private.run_due_jobs(true)`
    const jobs =
      await db.sql`select name, failure, ended_at >= started_at as ended from private.jobs`
    expect(jobs.length).toBeGreaterThan(10)
    for (const each of jobs) expect(each).toMatchObject({ failure: null, ended: true })
    expect(await db.sql`select message from private.provision_errors`).toEqual([])
    await owner`select private.assess()`
    expect(await finding()).toEqual({ passed: true, detail: null })
    const [checks] = await db.sql`
      select count(*)::int as n, count(distinct relation)::int as relations, count(digest)::int as sums from private.backup_checks`
    expect(checks).toEqual({ n: checks!.relations, relations: checks!.relations, sums: checks!.n })
    expect(checks!.n).toBeGreaterThan(30)
    expect((await db.sql`select 1 from public.project_stats`).length).toBeGreaterThan(3)
    // None is due again, and nothing begins.
    const before = await db.sql`select started_at from private.jobs order by name`
    await owner`call private.run_due_jobs()`
    expect(await db.sql`select started_at from private.jobs order by name`).toEqual(before)
  })

  it('one that fails is named, and takes none of the others with it', async () => {
    await instead('statistics', 'select 1 / 0 = 1', async () => {
      await db.sql`delete from private.backup_checks`
      await owner`call private.run_due_jobs(true)`
      expect(await job('statistics')).toMatchObject({ failure: 'division by zero', ended: true })
      expect((await db.sql`select 1 from private.backup_checks`).length).toBeGreaterThan(30)
      expect(await finding()).toEqual({ passed: false, detail: 'statistics: division by zero' })
    })
    await owner`call private.run_job('statistics')`
    expect(await job('statistics')).toMatchObject({ failure: null, ended: true })
    await db.sql`delete from private.provision_errors`
  })

  it('one that is cancelled by a limit of time is known to have begun; the next call does the others', async () => {
    await instead('counts of tables', 'select pg_sleep(60) is null', async () => {
      await db.sql`update private.jobs set started_at = now() - interval '2 days', ended_at = now() - interval '2 days'`
      await owner`set statement_timeout = '2s'`
      for (let call = 0; call < 3; call += 1)
        await owner`call private.run_due_jobs()`.catch((error: { code: string }) =>
          expect(error.code).toBe('57014'),
        )
      await owner`set statement_timeout = 0`
      const late = await db.sql`
        select name from private.jobs where ended_at is null or ended_at < started_at or ended_at < now() - interval '1 day'`
      expect(late).toEqual([{ name: 'counts of tables' }])
      // Of two at once one does nothing.
      await owner`call private.run_job('counts of tables')`
      // And it is looked for: nobody hears of a job that is cancelled otherwise.
      await db.sql`select private.assess()`
      expect(await finding()).toEqual({ passed: false, detail: 'counts of tables is late' })
    })
    await db.sql`update private.jobs set started_at = now() - interval '1 hour' where name = 'counts of tables'`
    await owner`call private.run_job('counts of tables')`
    expect(await job('counts of tables')).toMatchObject({ failure: null, ended: true })
  })

  it('what is too much for one run goes on in the next, step by step', async () => {
    const workspace = await manyProjects(12)
    await db.sql`delete from public.project_stats`
    await db.sql`delete from public.workspace_stats`
    const made = async () =>
      (
        await db.sql`select count(*)::int as n from public.project_stats where workspace_id = ${workspace}`
      )[0]!.n as number
    await instead('statistics', 'select private.rollup(at_most => 2) > 0', async () => {
      // No time at all is one step, for a step is never cut short.
      await owner`call private.run_job('statistics', 0)`
      expect(await made()).toBe(0)
      await instead('statistics', 'select private.rollup(at_most => 2) is null', async () => {
        await owner`call private.run_job('statistics')`
        const [all] = await db.sql`select count(*)::int as n from public.project_stats`
        expect(all!.n).toBe(2)
      })
      await owner`call private.run_job('statistics')`
      expect(await made()).toBe(12)
    })
    const [stats] = await db.sql`
      select total_projects::int as projects from public.workspace_stats where workspace_id = ${workspace}`
    expect(stats).toEqual({ projects: 12 })
    // A purge of more rows than a step takes.
    await db.sql`update public.workspaces set deleted_at = now() - interval '1 year', is_active = false where id = ${workspace}`
    expect(Number((await db.sql`select private.purge_deleted(5) as n`)[0]!.n)).toBeGreaterThan(0)
    const left = () => db.sql`select 1 from public.projects where workspace_id = ${workspace}`
    expect((await left()).length).toBeGreaterThan(0)
    await instead('purge', 'select private.purge_deleted(5) > 0', async () => {
      await owner`call private.run_job('purge')`
    })
    expect(await left()).toHaveLength(0)
    expect(
      await db.sql`select purged_at is not null as purged from public.workspaces where id = ${workspace}`,
    ).toEqual([{ purged: true }])
  })

  it('a table in which nobody wrote is not read again, and a very large one is counted', async () => {
    const digests = async () =>
      Object.fromEntries(
        (
          await db.sql`select distinct on (relation) relation, digest from private.backup_checks order by relation, checked_at desc`
        ).map(({ relation, digest }) => [relation, digest]),
      )
    const check = async (rows = 200000) => {
      await db.sql`update private.backup_checks set checked_at = checked_at - interval '1 day'`
      await owner`select private.check_tables(1000, ${rows})`
    }
    // Counters come late: until they stand still.
    await check()
    await db.sql`select pg_sleep(1.5)`
    await check()
    const before = await digests()
    const [original] =
      await db.sql`select pg_get_functiondef('private.table_digest(regclass)'::regprocedure) as text`
    await db.sql`create or replace function private.table_digest(of_table regclass) returns table (row_count bigint, digest text)
      language plpgsql as $$ begin return query select 0::bigint, 'read again'; end $$`
    await db.sql`insert into private.plan_limits values ('free', 1, 1) on conflict (plan_type) do update set base_token_limit = 1`
    await db.sql`select pg_sleep(1.5)`
    await check()
    const after = await digests()
    expect(after['private.plan_limits']).toBe('read again')
    expect(after['public.artifacts']).toBe(before['public.artifacts'])
    // Not half of them: counters of idle connections come late.
    const read = Object.values(after).filter((digest) => digest === 'read again')
    expect(read.length).toBeLessThan(Object.keys(after).length / 2)
    await db.sql`update private.plan_limits set base_token_limit = 1000000 where plan_type = 'free'`
    await db.sql`select pg_sleep(1.5)`
    await check(0)
    expect((await digests())['private.plan_limits']).toBeNull()
    await db.sql.unsafe(original!.text as string)
  })

  it('the log is looked at day by day, and what was changed past every trigger is found', async () => {
    await db.sql`insert into public.audit_logs (table_name, record_id, action, actor_role, created_at)
      select 'x', gen_random_uuid(), 'READ', 'test', now() - make_interval(days => n) from generate_series(2, 5) n`
    await db.sql`delete from private.audit_digests`
    await owner`call private.run_job('sums of the log')`
    const days = (await db.sql`select day from private.audit_digests`).length
    expect(days).toBeGreaterThan(2)
    expect((await owner`select private.verify_audit(99) as n`)[0]!.n).toBe(0)
    await db.sql`update private.audit_digests set verified_at = now() - interval '8 days'`
    expect((await owner`select private.verify_audit(1) as n`)[0]!.n).toBe(1)
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update public.audit_logs set reason = 'nothing happened' where table_name = 'x'`
    })
    await owner`call private.run_job('look at the log')`
    await owner`select private.assess()`
    const log = () =>
      db.sql`select passed from private.assessments where finding = 'the audit log is as it was written'`
    expect(await log()).toEqual([{ passed: false }])
  })

  it.each(['anon', 'authenticated', 'service_role'])('%s runs no job', async (role) => {
    for (const procedure of ["private.run_job('purge')", 'private.run_due_jobs()'])
      await expect(
        db.sql.begin(async (sql) => {
          await sql.unsafe(`set local role ${role}`)
          await sql.unsafe(`call ${procedure}`)
        }),
      ).rejects.toMatchObject({ code: '42501' })
  })
})
