import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { v7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFile } from '../../electron/backend/project-files.ts'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

/** Who hears what on a platform with Realtime, and what is said there. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  const people = { owner: '', viewer: '', stranger: '' }
  let workspace: string
  let project: string
  let chat: string
  const one = async (person: string, work: (sql: Sql) => Promise<unknown>): Promise<string> =>
    Object.values(((await db.committed(person, work)) as Record<string, string>[])[0]!)[0]!
  const said = () =>
    db.sql`select topic, event, private, payload from realtime.messages order by inserted_at, id`
  const silence = () => db.sql`delete from realtime.messages`
  /** What the Realtime server asks when somebody joins a private channel. */
  const hears = async (person: string | null, topic: string, extension = 'broadcast') => {
    await db.sql`insert into realtime.messages (topic, extension, event) values (${topic}, ${extension}, 'asked')`
    const rows = await db.as(person, async (sql) => {
      await sql`select set_config('realtime.topic', ${topic}, true)`
      return sql`select 1 from realtime.messages where topic = ${topic} and extension = ${extension}`
    })
    await silence()
    return rows.length > 0
  }
  const speaks = (person: string | null, topic: string, extension = 'broadcast') =>
    db.as(person, async (sql) => {
      await sql`select set_config('realtime.topic', ${topic}, true)`
      return sql`insert into realtime.messages (topic, extension, event) values (${topic}, ${extension}, 'x')`
    })

  beforeAll(async () => {
    const before = await readFile(projectFile('tests/database/hosted-realtime.sql'), 'utf8')
    db = await startDatabase(server, deployer, { before })
    people.owner = await db.signUp('owner@acme.example')
    people.viewer = await db.signUp('viewer@acme.example')
    people.stranger = await db.signUp('stranger@else.example')
    workspace = await one(
      people.owner,
      (sql) => sql`select public.create_workspace('Acme', 'Acme')`,
    )
    project = await one(
      people.owner,
      (sql) => sql`select public.create_project(${workspace}, 'Works')`,
    )
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${people.viewer}, 'viewer')`
    chat = await one(
      people.owner,
      (sql) =>
        sql`insert into public.chat_sessions (project_id, title) values (${project}, 'Talk') returning id`,
    )
    await silence()
  })
  afterAll(() => db.stop())

  it('the platform’s report names broadcast as there', async () => {
    const reported = () => db.sql`
      select present from private.platform_report()
      where feature like 'broadcast%' or feature like 'topics%' or feature like 'policy of private topics%'`
    expect(await reported()).toEqual([{ present: true }, { present: true }, { present: true }])
    // Without its policy nobody hears anything, and that is told.
    await db.sql
      .begin(async (sql) => {
        await sql`drop policy "atelier: members hear their topics" on realtime.messages`
        const rows = await sql`
          select present from private.platform_report() where feature like 'policy of private topics%'`
        expect(rows).toEqual([{ present: false }])
        throw new Error('thrown away')
      })
      .catch((error: Error) => expect(error.message).toBe('thrown away'))
  })

  it('members hear their project and its chats, nobody else does', async () => {
    for (const topic of [`project:${project}`, `chat:${chat}`]) {
      expect(await hears(people.owner, topic)).toBe(true)
      expect(await hears(people.viewer, topic)).toBe(true)
      expect(await hears(people.stranger, topic)).toBe(false)
      expect(await hears(null, topic)).toBe(false)
    }
    expect(await hears(people.owner, `project:${project}`, 'presence')).toBe(false)
    for (const topic of [
      `chat:${project}`,
      `project:${chat}`,
      `project:${workspace}`,
      `project:${project.toUpperCase()}`,
      `project:${project} `,
      'project:',
      `workspace:${workspace}`,
      `user:${people.viewer}`,
      `user:${people.owner} `,
      'user:',
      '*',
    ])
      expect([topic, await hears(people.owner, topic)]).toEqual([topic, false])
  })

  it('who is in a chat its members see and say, and nobody else; of a person’s own topic it is theirs', async () => {
    const chats = `chat:${chat}`
    for (const person of [people.owner, people.viewer]) {
      expect(await hears(person, chats, 'presence')).toBe(true)
      expect(await speaks(person, chats, 'presence')).toHaveLength(0)
      expect(await hears(person, `user:${person}`)).toBe(true)
      expect(await hears(person, `user:${person}`, 'presence')).toBe(false)
    }
    for (const person of [people.stranger, null]) {
      expect(await hears(person, chats, 'presence')).toBe(false)
      await expect(speaks(person, chats, 'presence')).rejects.toMatchObject({ code: '42501' })
    }
    for (const topic of [`project:${project}`, `user:${people.owner}`])
      await expect(speaks(people.owner, topic, 'presence')).rejects.toMatchObject({ code: '42501' })
    await db.sql`update public.users set status = 'inactive' where id = ${people.viewer}`
    expect(await hears(people.viewer, `user:${people.viewer}`)).toBe(false)
    expect(await hears(people.viewer, chats, 'presence')).toBe(false)
    await db.sql`update public.users set status = 'active' where id = ${people.viewer}`
  })

  it('what somebody may see being another is told to them alone, by ids', async () => {
    const told = async (change: () => Promise<unknown>) => {
      await silence()
      await change()
      const rows = await said()
      expect(JSON.stringify(rows).toLowerCase()).not.toContain('secret')
      return rows.map(({ topic }) => topic).sort()
    }
    const [owner, viewer] = [`user:${people.owner}`, `user:${people.viewer}`]
    const both = [owner, viewer].sort()
    expect(
      await told(
        () =>
          db.sql`update public.project_users set role = 'contributor' where user_id = ${people.viewer} and project_id = ${project}`,
      ),
    ).toEqual([`project:${project}`, viewer])
    expect(
      await told(() => db.sql`update public.projects set name = 'Secret' where id = ${project}`),
    ).toEqual(both)
    expect(
      await told(
        () => db.sql`update public.workspaces set name = 'Secret' where id = ${workspace}`,
      ),
      // Who is in one of its projects only sees it too.
    ).toEqual(both)
    const changes = [
      (sql: Sql) => sql`select public.archive_workspace(${workspace}, 'pause')`,
      (sql: Sql) => sql`select public.restore_workspace(${workspace})`,
    ]
    for (const change of changes)
      expect(await told(() => db.committed(people.owner, change))).toEqual(
        expect.arrayContaining(both),
      )
    expect(
      await told(
        () =>
          db.sql`update public.workspace_users set role = 'owner' where user_id = ${people.owner} and workspace_id = ${workspace}`,
      ),
    ).toEqual([owner])
    expect(
      await told(
        () => db.sql`update public.users set status = 'inactive' where id = ${people.viewer}`,
      ),
    ).toEqual([viewer])
    await db.sql`update public.users set status = 'active' where id = ${people.viewer}`
    // What is a person's own, to their other windows and computers.
    expect(
      await told(
        () => db.sql`update public.users set display_name = 'Secret' where id = ${people.viewer}`,
      ),
    ).toEqual([viewer])
    for (const order of [[project], []])
      expect(
        await told(() =>
          db.committed(
            people.owner,
            (sql) => sql`select public.order_projects(${v7()}, ${workspace}, ${order})`,
          ),
        ),
      ).toEqual([owner])
    // What everybody is in has nothing to tell.
    expect(
      await told(() => db.sql`update public.workspaces set name = 'All' where is_global`),
    ).toEqual([])
    await silence()
  })

  it('a topic in the setting opens no other topic’s messages', async () => {
    await db.sql`insert into realtime.messages (topic, extension, event) values ('project:00000000-0000-4000-8000-000000000000', 'broadcast', 'theirs')`
    const rows = await db.as(people.stranger, async (sql) => {
      await sql`select set_config('realtime.topic', 'project:00000000-0000-4000-8000-000000000000', true)`
      return sql`select 1 from realtime.messages`
    })
    expect(rows).toHaveLength(0)
    await silence()
  })

  it('nobody but the database speaks', async () => {
    for (const person of [people.owner, people.viewer, people.stranger, null])
      await expect(speaks(person, `project:${project}`)).rejects.toMatchObject({ code: '42501' })
  })

  it('says ids and what was done, never content, to the topic it belongs to', async () => {
    await one(
      people.owner,
      (sql) =>
        sql`insert into public.chat_messages (chat_id, content, message_type) values (${chat}, '{"text":"a secret plan"}', 'user') returning id`,
    )
    const artifact = await one(
      people.owner,
      (sql) =>
        sql`insert into public.artifacts (project_id, title, artifact_type) values (${project}, 'Secret title', 'website') returning id`,
    )
    const rows = await said()
    expect(rows).toContainEqual({
      topic: `project:${project}`,
      event: 'insert',
      private: true,
      payload: { table: 'artifacts', id: artifact, operation: 'INSERT' },
    })
    expect(rows.map(({ topic }) => topic)).toContain(`chat:${chat}`)
    expect(JSON.stringify(rows).toLowerCase()).not.toContain('secret')
    await silence()
  })

  it('whoever writes does not fail when nobody can be told', async () => {
    const written = await db.committed(people.owner, async (sql) => {
      await sql`select set_config('tests.realtime_fails', 'yes', true)`
      return sql`insert into public.artifacts (project_id, title, artifact_type) values (${project}, 'Quiet', 'website') returning id`
    })
    expect(written).toHaveLength(1)
    expect(await said()).toEqual([])
  })

  it('who is banned or taken out hears nothing more', async () => {
    await db.sql`update public.users set status = 'banned' where id = ${people.viewer}`
    expect(await hears(people.viewer, `project:${project}`)).toBe(false)
    await db.sql`update public.users set status = 'active' where id = ${people.viewer}`
    expect(await hears(people.viewer, `project:${project}`)).toBe(true)
    await db.sql`delete from public.project_users where project_id = ${project} and user_id = ${people.viewer}`
    expect(await hears(people.viewer, `project:${project}`)).toBe(false)
    expect(await hears(people.viewer, `chat:${chat}`)).toBe(false)
  })
})
