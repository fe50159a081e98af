import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

/** What a refusal may be: bad input, broken rule, no right, not there. Anything else is a fault of ours. */
const refusals = /^(22|23|42501|54|55|PT4)/
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
/** A refusal's code, or null for what was done. */
const attempt = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => codeOf(error),
  )
const tenantTables = [
  ...['workspaces', 'workspace_users', 'projects', 'project_users', 'chat_sessions'],
  ...['chat_messages', 'artifacts', 'artifact_files', 'project_requirements', 'audit_logs'],
]

describe.each(
  deployments.filter(
    ({ server, deployer }) => (deployer === 'superuser') === server.name.includes('17'),
  ),
)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let other: { person: string; workspace: string; project: string; chat: string }
  let ours: { owner: string; workspace: string; project: string; chat: string }
  const value = async (person: string, work: (sql: Sql) => Promise<unknown>): Promise<string> =>
    Object.values(((await db.committed(person, work)) as Record<string, string>[])[0]!)[0]!
  const place = async (name: string) => {
    const person = await db.signUp(`${name}@${name}.example`)
    const workspace = await value(
      person,
      (sql) => sql`select public.create_workspace(${name}, ${name})`,
    )
    const project = await value(
      person,
      (sql) => sql`select public.create_project(${workspace}, 'Works', '')`,
    )
    const chat = await value(
      person,
      (sql) =>
        sql`insert into public.chat_sessions (project_id, title) values (${project}, 'Talk') returning id`,
    )
    return { person, workspace, project, chat }
  }
  /** All that somebody of another tenant sees, and that they can still work. */
  const othersWorld = () =>
    db.as(other.person, async (sql) => {
      const seen: Record<string, number> = {}
      for (const table of tenantTables) {
        const [row] = await sql`select count(*)::int as n from ${sql(`public.${table}`)}`
        seen[table] = row!.n
      }
      const [objects] = await sql`select count(*)::int as n from storage.objects`
      await sql`insert into public.chat_messages (chat_id, content, message_type)
        values (${other.chat}, '{"text":"still here"}', 'user')`
      return { ...seen, objects: objects!.n }
    })

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    other = await place('other')
    const { person, ...rest } = await place('ours')
    ours = { owner: person, ...rest }
  })
  afterAll(() => db?.stop())

  it('whatever stands in settings breaks nobody else', async () => {
    const before = await othersWorld()
    const tempting = fc.constantFrom(
      ...['is_global', 'isGlobal', 'global', 'role', 'owner', 'is_super_user', 'super', 'admin'],
      ...[
        'plan',
        'tokens',
        'base_token_limit',
        'open_signup',
        'public',
        'workspace_id',
        '__proto__',
      ],
    )
    const settings = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.oneof(tempting, fc.string({ unit: 'binary' })),
        fc.oneof(fc.boolean(), fc.jsonValue(), fc.constantFrom(other.workspace, other.person)),
      ),
    )
    const targets = fc.constantFrom(
      ['workspaces', 'settings', () => ours.workspace] as const,
      ['projects', 'settings', () => ours.project] as const,
      ['chat_sessions', 'settings', () => ours.chat] as const,
      ['users', 'profile', () => ours.owner] as const,
      ['workspaces', 'color_palette', () => ours.workspace] as const,
    )
    let stored = 0
    await fc.assert(
      fc.asyncProperty(targets, settings, async ([table, column, id], json) => {
        const refused = await attempt(
          db.committed(
            ours.owner,
            (sql) =>
              sql`update ${sql(`public.${table}`)} set ${sql(column)} = ${JSON.stringify(json)}::text::jsonb where id = ${id()}`,
          ),
        )
        if (refused === null) stored += 1
        else expect(refused).toMatch(refusals)
        expect(await othersWorld()).toEqual(before)
      }),
      { numRuns: 150 },
    )
    expect(stored).toBeGreaterThan(30)
    await db.committed(
      ours.owner,
      (sql) =>
        sql`update public.projects set settings = '{"token_budget":1e30}' where id = ${ours.project}`,
    )
    // The nightly work of everybody is not stopped by anything of it.
    await db.sql`call private.run_due_jobs(true)`
    expect(await db.sql`select message from private.provision_errors`).toEqual([])
    // They are still only the owner of their own.
    const [me] = await db.as(
      ours.owner,
      (sql) => sql`select (public.my_account() ->> 'is_super_user')::boolean as is_super_user`,
    )
    expect(me).toEqual({ is_super_user: false })
  })

  it('whatever an object is called, it is in one’s own place or refused, and others can list theirs', async () => {
    const before = await othersWorld()
    const root = fc.oneof(
      fc.constantFrom(ours.project, ours.workspace),
      fc.constantFrom(
        ...[ours.project, ours.workspace, other.project, other.workspace, randomUUID(), '', '..'],
        ...[ours.project.toUpperCase(), `${ours.project} `, `${ours.project}x`, 'not-an-id', '%'],
      ),
      fc.string({ maxLength: 40 }),
    )
    const rest = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('a.txt', '../../b.txt', `../${'x'.repeat(64)}`, '/', '//', '%2e%2e', 'a\\b'),
    )
    const buckets = fc.constantFrom('project-files', 'workspace-files', 'artifact-files')
    let stored = 0
    await fc.assert(
      fc.asyncProperty(buckets, root, rest, async (bucket, first, tail) => {
        const name = `${first}/${tail}`.replaceAll('\0', '')
        const refused = await attempt(
          db.committed(
            ours.owner,
            (sql) => sql`insert into storage.objects (bucket_id, name) values (${bucket}, ${name})`,
          ),
        )
        if (refused === null) {
          stored += 1
          expect([ours.project, ours.workspace]).toContain(name.split('/')[0]?.toLowerCase())
        } else expect(refused).toMatch(refusals)
        expect(await othersWorld()).toEqual(before)
      }),
      { numRuns: 200 },
    )
    expect(stored).toBeGreaterThan(5)
  })

  it('no sequence of role changes leaves a place without an owner, lifts anybody over their giver, or reaches another tenant', async () => {
    const ranks = {
      workspace_users: ['project_creator', 'admin', 'owner'],
      project_users: ['viewer', 'contributor', 'manager', 'owner'],
    } as const
    type Table = keyof typeof ranks
    const people = [ours.owner]
    for (const name of ['anna', 'bert', 'cleo']) people.push(await db.signUp(`${name}@x.example`))
    const everyone = [...people, other.person]
    const scopeOf = (table: Table) =>
      table === 'workspace_users'
        ? ({ column: 'workspace_id', mine: ours.workspace, theirs: other.workspace } as const)
        : ({ column: 'project_id', mine: ours.project, theirs: other.project } as const)
    const rolesIn = async (table: Table, scope: string): Promise<Map<string, string>> => {
      const { column } = scopeOf(table)
      const rows =
        await db.sql`select user_id, role::text from ${db.sql(`public.${table}`)} where ${db.sql(column)} = ${scope}`
      return new Map(rows.map((row) => [row.user_id as string, row.role as string]))
    }
    const reset = async () => {
      await db.sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`
        await sql`delete from public.workspace_users where workspace_id = ${ours.workspace}`
        await sql`delete from public.project_users where project_id = ${ours.project}`
        for (const [index, role] of (['owner', 'admin', 'project_creator'] as const).entries())
          await sql`insert into public.workspace_users (workspace_id, user_id, role) values (${ours.workspace}, ${people[index]!}, ${role})`
        for (const [index, role] of (['owner', 'manager', 'contributor'] as const).entries())
          await sql`insert into public.project_users (project_id, user_id, role) values (${ours.project}, ${people[index]!}, ${role})`
      })
    }
    const person = fc.nat({ max: everyone.length - 1 })
    const step = fc.record({
      // Mostly those who have some say.
      actor: fc.oneof(fc.nat({ max: 1 }), person),
      target: person,
      table: fc.constantFrom<Table>('workspace_users', 'project_users'),
      action: fc.constantFrom('give', 'change', 'remove'),
      rank: fc.nat({ max: 3 }),
      elsewhere: fc.nat({ max: 7 }).map((each) => each === 0),
    })
    let done = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
        await reset()
        const theirs = [
          await rolesIn('workspace_users', other.workspace),
          await rolesIn('project_users', other.project),
        ]
        for (const { actor, target, table, action, rank, elsewhere } of steps) {
          const who = everyone[actor]!
          const whom = everyone[target]!
          // The other tenant's own people may do as they like there; only ours try to reach in.
          const { column, mine, theirs: beyond } = scopeOf(table)
          const scope = elsewhere && who !== other.person ? beyond : mine
          const order: readonly string[] = ranks[table]
          const role = order[Math.min(rank, order.length - 1)]!
          const before = await rolesIn(table, mine)
          const above = await rolesIn('workspace_users', ours.workspace)
          const refused = await attempt(
            db.committed(who, async (sql) => {
              const rows =
                action === 'give'
                  ? await sql`insert into ${sql(`public.${table}`)} ${sql({ [column]: scope, user_id: whom, role } as never)} returning 1`
                  : action === 'change'
                    ? await sql`update ${sql(`public.${table}`)} set role = ${role} where ${sql(column)} = ${scope} and user_id = ${whom} returning 1`
                    : await sql`delete from ${sql(`public.${table}`)} where ${sql(column)} = ${scope} and user_id = ${whom} returning 1`
              if (rows.length > 0) done += 1
              return rows
            }),
          )
          if (refused !== null) expect(refused).toMatch(refusals)
          const after = await rolesIn(table, mine)
          expect([...after.values()]).toContain('owner')
          for (const [id, now] of after) {
            if (before.get(id) === now) continue
            // Whoever raised somebody stood at least as high; a workspace's administrators manage its projects.
            const giver = order.indexOf(before.get(who) ?? '')
            const administers =
              table === 'project_users' && ['admin', 'owner'].includes(above.get(who) ?? '')
            expect(administers || giver >= order.indexOf(now)).toBe(true)
            expect(everyone.indexOf(id)).not.toBe(everyone.indexOf(other.person))
          }
        }
        expect([
          await rolesIn('workspace_users', other.workspace),
          await rolesIn('project_users', other.project),
        ]).toEqual(theirs)
      }),
      { numRuns: 40 },
    )
    expect(done).toBeGreaterThan(40)
    await reset()
  })

  describe('at the same time', () => {
    const write = (chat: string) =>
      attempt(
        db.committed(
          ours.owner,
          (sql) => sql`insert into public.chat_messages (chat_id, content, message_type)
          values (${chat}, '{"text":"busy"}', 'user')`,
        ),
      )
    const fresh = async () => {
      const project = await value(
        ours.owner,
        (sql) => sql`select public.create_project(${ours.workspace}, 'Busy', '')`,
      )
      const chat = await value(
        ours.owner,
        (sql) =>
          sql`insert into public.chat_sessions (project_id, title) values (${project}, 'Talk') returning id`,
      )
      const artifact = await value(
        ours.owner,
        (sql) => sql`insert into public.artifacts (id, project_id, title, artifact_type)
          values (gen_random_uuid(), ${project}, 'Sheet', 'website') returning id`,
      )
      return { project, chat, artifact }
    }
    const commit = (artifact: string) => {
      const change = {
        op: 'put',
        file_id: randomUUID(),
        path: `${randomUUID()}.txt`,
        sha256: 'a'.repeat(64),
        size: 1,
        media_type: 'text/plain',
      }
      return attempt(
        db.committed(ours.owner, async (sql) => {
          await sql`insert into storage.objects (bucket_id, name, metadata)
            values ('artifact-files', ${`${artifact}/${change.sha256}`}, '{"size":1}') on conflict do nothing`
          return sql`select public.commit_artifact_changes(${artifact}, '{}', ${JSON.stringify([change])}::text::jsonb)`
        }),
      )
    }

    it('archiving while others write: every write is whole or refused, and none comes after', async () => {
      const { project, chat, artifact } = await fresh()
      const answers: Promise<string | null>[] = []
      let archived = false
      let accepted = 0
      const counted = async (answer: Promise<string | null>): Promise<string | null> => {
        if ((await answer) === null) accepted += 1
        return answer
      }
      const writing = (async () => {
        while (!archived) {
          answers.push(counted(write(chat)), counted(commit(artifact)))
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      })()
      // However slow the machine is: in the middle of it.
      await expect.poll(() => accepted, { timeout: 20_000 }).toBeGreaterThan(4)
      await db.committed(
        ours.owner,
        (sql) => sql`select public.archive_project(${project}, 'over')`,
      )
      archived = true
      await writing
      const late = await Promise.all([write(chat), commit(artifact)])
      expect(late).toEqual(['42501', '42501'])
      const settled = await Promise.all(answers)
      for (const refused of settled) expect(refused === null || refused === '42501').toBe(true)
      expect(settled.filter((refused) => refused === null).length).toBeGreaterThan(4)
      const [row] = await db.sql`select a.revision::int as revision,
          (select count(*)::int from public.artifact_files f where f.artifact_id = a.id) as files,
          (select count(*)::int from public.artifact_file_versions v where v.artifact_id = a.id) as versions,
          (select count(*)::int from public.chat_messages m where m.project_id = a.project_id) as messages
        from public.artifacts a where a.id = ${artifact}`
      const commits = settled.filter((refused, index) => index % 2 === 1 && refused === null).length
      expect(row).toEqual({
        revision: commits,
        files: commits,
        versions: commits,
        messages: settled.filter((refused, index) => index % 2 === 0 && refused === null).length,
      })
    })

    it('purging while others read: a reader has all of it or nothing', async () => {
      const { project, chat, artifact } = await fresh()
      for (let each = 0; each < 5; each += 1) await write(chat)
      await commit(artifact)
      const read = () =>
        db.sql.begin('isolation level repeatable read', async (sql) => {
          const [messages] =
            await sql`select count(*)::int as n from public.chat_messages where project_id = ${project}`
          await sql`select pg_sleep(0.01)`
          const [files] =
            await sql`select count(*)::int as n from public.artifact_files where project_id = ${project}`
          return `${messages!.n} ${files!.n}`
        })
      await db.committed(ours.owner, (sql) => sql`select public.delete_project(${project}, 'over')`)
      await db.sql`update public.projects set deleted_at = now() - interval '1 year' where id = ${project}`
      const reading = Promise.all(Array.from({ length: 8 }, read))
      const purging = db.sql`select private.purge_deleted()`
      const seen = await reading
      await purging
      for (const world of seen) expect(['5 1', '0 0']).toContain(world)
      expect(await read()).toBe('0 0')
    })
  })
})
