import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import postgres, { type ReservedSql, type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servers, startDatabase, type TestDatabase } from './server.ts'

const writers = 4
type Step =
  | { kind: 'write'; writer: number; change: boolean }
  | { kind: 'end'; writer: number; keep: boolean }
  | { kind: 'pull' }
const writer = fc.nat({ max: writers - 1 })
/** Who writes, commits or gives up when, and when somebody pulls: transactions overlap as they will. */
const schedule = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('write' as const), writer, change: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        writer,
        keep: fc.integer({ min: 0, max: 5 }).map((each) => each > 0),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pull' as const) }) },
  ),
  { minLength: 8, maxLength: 24 },
)
type Row = { id: string; title: string }

describe.each(servers)('$name', (server) => {
  let db: TestDatabase
  let pool: Sql
  let reader: ReservedSql
  let owner: string
  const connections: ReservedSql[] = []

  beforeAll(async () => {
    db = await startDatabase(server, 'superuser')
    owner = await db.signUp('owner@cursor.example')
    pool = postgres(db.url, { max: writers + 1, onnotice: () => {} })
    for (let each = 0; each < writers; each += 1) connections.push(await pool.reserve())
    reader = await pool.reserve()
    await reader`select set_config('request.jwt.claims', ${JSON.stringify({ sub: owner, role: 'authenticated' })}, false)`
  })
  afterAll(async () => {
    for (const connection of [...connections, reader]) connection.release()
    await pool.end({ timeout: 2 })
    await db.stop()
  })

  const newProject = async (): Promise<string> => {
    const id = randomUUID()
    await db.sql`insert into public.projects (id, workspace_id, name) values (${id}, (select private.global_ws()), 'Schedule')`
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${id}, ${owner}, 'viewer')`
    return id
  }

  /** One schedule over a project of its own; answers the rows each cursor never told its reader of. */
  const play = async (steps: readonly Step[]): Promise<{ missed: number; naive: number }> => {
    const project = await newProject()
    const open = connections.map(() => false)
    const own: string[][] = connections.map(() => [])
    const seen = new Map<string, string>()
    const naively = new Map<string, string>()
    let cursor: string | null = null
    let latest = '-infinity'
    let count = 0
    const pull = async (): Promise<void> => {
      const [answer] = await reader<[{ answer: { cursor: string; artifacts: Row[] } }]>`
        select public.pull_project(${project}, ${cursor}::text::xid8) as answer`
      cursor = answer.answer.cursor
      for (const { id, title } of answer.answer.artifacts) seen.set(id, title)
      const rows = await reader<(Row & { at: string })[]>`
        select id, title, updated_at::text as at from public.artifacts
        where project_id = ${project} and updated_at > ${latest}::text::timestamptz order by updated_at`
      for (const { id, title, at } of rows) {
        naively.set(id, title)
        latest = at
      }
    }
    const end = async (index: number, keep: boolean): Promise<void> => {
      if (!open[index]) return
      await connections[index]!.unsafe(keep ? 'commit' : 'rollback')
      open[index] = false
    }
    await pull()
    for (const step of steps) {
      if (step.kind === 'pull') await pull()
      else if (step.kind === 'end') {
        await end(step.writer, step.keep)
        // What was rolled back is not there to be changed again.
        if (!step.keep) own[step.writer] = []
      } else {
        const connection = connections[step.writer]!
        if (!open[step.writer]) await connection.unsafe('begin')
        open[step.writer] = true
        count += 1
        const known = own[step.writer]!.at(-1)
        if (step.change && known)
          await connection`update public.artifacts set title = ${`changed ${count}`} where id = ${known}`
        else {
          const id = randomUUID()
          own[step.writer]!.push(id)
          await connection`insert into public.artifacts (id, project_id, title, artifact_type) values (${id}, ${project}, ${`made ${count}`}, 'website')`
        }
      }
    }
    for (const index of connections.keys()) await end(index, true)
    await pull()
    const rows = await db.sql<
      Row[]
    >`select id, title from public.artifacts where project_id = ${project}`
    // Nobody is in a thousand projects: a pull looks all of them up.
    await db.sql`delete from public.project_users where project_id = ${project}`
    const wrong = (known: Map<string, string>) =>
      rows.filter(({ id, title }) => known.get(id) !== title).length
    return { missed: wrong(seen), naive: wrong(naively) }
  }

  it('in a thousand schedules of overlapping commits no pull misses a row, and one by updated_at does', async () => {
    let naive = 0
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const result = await play(steps)
        naive += result.naive
        expect(result.missed).toBe(0)
      }),
      { numRuns: 500 },
    )
    // The control: the cursor that everybody writes first loses rows under the very same schedules.
    expect(naive).toBeGreaterThan(20)
  })
})
