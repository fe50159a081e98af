import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFile } from '../../electron/backend/project-files.ts'
import { rightful } from '../../supabase/tests/attacks/attack.ts'
import { filled, idOf, relations, roleOf } from '../../supabase/tests/matrix.ts'
import { servers, startDatabase, type TestDatabase } from './server.ts'

type Line = {
  table_name: string
  action: string
  record_id: string
  workspace_id: string | null
  project_id: string | null
  changed_by: string | null
  text: string
}
const commands = ['insert', 'update', 'delete'] as const
/** It gives the row the role it has: nothing to tell. */
const withoutChange = ['update workspace_users: a project_creator’s row']

describe.each(servers)('$name', (server) => {
  let db: TestDatabase
  let audited: Set<string>
  beforeAll(async () => {
    db = await startDatabase(server, 'superuser')
    const fixture = await readFile(projectFile('supabase/tests/fixture.sql'), 'utf8')
    const [helpers, tenant] = fixture.split('-- For each tenant.\n')
    await db.sql.unsafe(`${helpers}; ${filled(tenant!, 'a')}; ${filled(tenant!, 'b')}`).simple()
    const tables = await db.sql<{ name: string }[]>`
      select t.tgrelid::regclass::text as name from pg_trigger t where t.tgname = 'audit' and t.tgrelid::regclass::text not like 'private.%'`
    audited = new Set(tables.map(({ name }) => name.replace('public.', '')))
  })
  afterAll(() => db?.stop())

  /** What a piece of work writes into the log; all of it is thrown away. */
  const linesOf = async (work: (sql: Sql) => Promise<unknown>): Promise<Line[]> => {
    let lines: Line[] = []
    await db.sql
      .begin(async (sql) => {
        const [before] = await sql`select clock_timestamp() as at`
        await work(sql as unknown as Sql)
        lines = [
          ...(await sql<Line[]>`
            select table_name, action, record_id, workspace_id, project_id, changed_by, to_jsonb(l)::text as text
            from public.audit_logs l where created_at > ${before!.at} order by created_at`),
        ]
        throw new Error('thrown away')
      })
      .catch((error: Error) => {
        if (error.message !== 'thrown away') throw error
      })
    return lines
  }
  const service = (sql: Sql) => sql`select set_config('role', 'service_role', true),
    set_config('request.jwt.claims', '{"role":"service_role"}', true)`

  describe('every write of the matrix leaves one line, with its place and its author', () => {
    const writes = relations.flatMap((relation) =>
      commands.flatMap((command) => {
        const by = rightful(relation, command)
        const table = /(?:from|into|update) public\.(\w+)/.exec(relation[command])?.[1]
        return by && table ? [{ name: relation.name, command, by, table, relation }] : []
      }),
    )
    it('which are many', () => {
      expect(writes.filter(({ table }) => audited.has(table)).length).toBeGreaterThan(50)
      expect(audited.size).toBeGreaterThanOrEqual(21)
    })
    it.each(writes.map((write) => [`${write.command} ${write.name}`, write] as const))(
      '%s',
      async (_, { by, command, table, relation }) => {
        if (!audited.has(table) || withoutChange.includes(`${command} ${relation.name}`)) return
        const person = by.by === 'service' ? null : idOf('a', by.by)
        const statement = filled(relation[command], 'a', person ?? '')
        const lines = await linesOf(
          (sql) =>
            sql`select tests.act(${by.by === 'service' ? 'service_role' : roleOf(by.by as never)}, ${person}, ${statement}, '{}')`,
        )
        const own = lines.filter(
          (line) => line.table_name === table && line.action === command.toUpperCase(),
        )
        expect(own).toHaveLength(1)
        // What a deletion takes along is told too; nothing else is.
        if (command !== 'delete') expect(lines).toHaveLength(1)
        const [line] = own
        expect(line!.changed_by).toBe(person)
        if (table !== 'users')
          expect(line!.workspace_id).toBe(
            `${command} ${table}` === 'insert workspaces'
              ? line!.record_id
              : idOf('a', 'workspace'),
          )
        expect(line!.text).not.toMatch(
          /ciphertext|token_hash": "\\\\x|verification_token": "[0-9a-f]/,
        )
      },
    )
  })

  it('a message, its chat and what it used are a line each, and reading on is none', async () => {
    const [chat, workspace, project] = [
      idOf('a', 'chat'),
      idOf('a', 'workspace'),
      idOf('a', 'project'),
    ]
    const who = idOf('a', 'contributor')
    const lines = await linesOf(async (sql) => {
      await sql`select tests.act('authenticated', ${who}, ${`insert into public.chat_messages (chat_id, content, message_type) values ('${chat}', '{"text":"hello"}', 'user')`}, '{}')`
      await sql`select tests.act('authenticated', ${who}, ${`select public.mark_chat_read('${chat}')`}, '{}')`
      await service(sql)
      await sql`select public.consume_tokens(${workspace}, ${project}, ${chat}, 3, 'chat', 'lines', ${who})`
    })
    expect(lines.map(({ table_name, action }) => `${action} ${table_name}`)).toEqual(
      ['INSERT chat_messages', 'INSERT token_usage'].filter((line) =>
        audited.has(line.split(' ')[1]!),
      ),
    )
    expect(lines.at(-1)!.changed_by).toBe(who)
    expect(lines.map(({ text }) => text).join()).not.toContain('hello')
  })

  it('who writes a message is not who edited its chat', async () => {
    const [row] = await db.sql`
      select updated_by from public.chat_sessions where id = ${idOf('a', 'chat')}`
    const writer = idOf('a', 'manager')
    await db.committed(
      writer,
      (sql) =>
        sql`insert into public.chat_messages (chat_id, content, message_type) values (${idOf('a', 'chat')}, '{}', 'user')`,
    )
    const [after] = await db.sql`
      select updated_by, last_message_at from public.chat_sessions where id = ${idOf('a', 'chat')}`
    expect(after!.updated_by).toBe(row!.updated_by)
    expect(after!.last_message_at).not.toBeNull()
  })

  it('says for whom a service reads a secret, and forgets it for the next', async () => {
    const actor = randomUUID()
    const lines = await linesOf(async (sql) => {
      await service(sql)
      await sql`select public.read_secret_for_service(${idOf('a', 'secret')}, 'a call', ${actor})`
      await sql`select public.read_secret_for_service(${idOf('a', 'secret')}, 'another')`
    })
    expect(lines.map(({ action, changed_by }) => [action, changed_by])).toEqual([
      ['READ', actor],
      ['READ', null],
    ])
  })

  it('settings of the platform and the plans are in it', async () => {
    const lines = await linesOf(async (sql) => {
      await sql`update private.platform set open_signup = not open_signup`
      await sql`update private.plan_limits set base_token_limit = base_token_limit + 1 where plan_type = 'pro'`
      await sql`update private.plan_limits set base_token_limit = base_token_limit where plan_type = 'pro'`
    })
    expect(lines.map(({ table_name }) => table_name)).toEqual(['platform', 'plan_limits'])
  })

  it('a backup is noted in it, and asked for by the assessment', async () => {
    const lines = await linesOf(async (sql) => {
      await sql`delete from private.backups`
      await sql`select private.assess()`
      const finding = () =>
        sql`select passed from private.assessments where finding like 'a backup was made%'`
      expect((await finding())[0]!.passed).toBe(false)
      await sql`select private.note_backup('{"tables": 3}')`
      await sql`select private.assess()`
      expect((await finding())[0]!.passed).toBe(true)
    })
    expect(lines.map(({ action, table_name }) => `${action} ${table_name}`)).toEqual([
      'EXPORT backups',
    ])
  })

  it('sums of its days go to a service, and a month taken off it leaves a line', async () => {
    await db.sql`insert into private.audit_digests (day, line_count, digest) values ('2020-02-02', 2, 'sum') on conflict do nothing`
    const [sum] = await db.sql.begin(async (sql) => {
      await service(sql as unknown as Sql)
      return sql`select day::text, line_count::int, digest from public.audit_digests_for_service('2020-02-02') limit 1`
    })
    expect({ ...sum }).toEqual({ day: '2020-02-02', line_count: 2, digest: 'sum' })
    const lines = await linesOf(async (sql) => {
      await sql`select private.make_audit_partitions('2020-01-01', 1)`
      expect(await sql`select private.detach_old_audit() as name`).toEqual([
        { name: 'logs_2020_01' },
      ])
    })
    expect(lines.map(({ action, table_name }) => `${action} ${table_name}`)).toEqual([
      'EXPORT audit_logs',
    ])
  })
})
