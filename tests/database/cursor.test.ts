import { createHash, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import postgres, { type ReservedSql, type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servers, startDatabase, type TestDatabase } from './server.ts'

const writers = 4
/** On each server. */
const schedules = 500
const deeds = ['make', 'rename', 'put', 'edit', 'move', 'remove'] as const
type Deed = (typeof deeds)[number]
const pulls = ['delta', 'whole', 'parts'] as const
type Step =
  | { kind: 'write'; writer: number; deed: Deed }
  | { kind: 'end'; writer: number; keep: boolean }
  | { kind: 'pull'; how: (typeof pulls)[number]; atMost: number }
const writer = fc.nat({ max: writers - 1 })
/** Who writes, commits or gives up when, and when somebody pulls: transactions overlap as they will. */
const schedule = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        writer,
        deed: fc.constantFrom(...deeds),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        writer,
        keep: fc.integer({ min: 0, max: 5 }).map((each) => each > 0),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('pull' as const),
        how: fc.constantFrom('delta', ...pulls),
        atMost: fc.integer({ min: 1, max: 3 }),
      }),
    },
  ),
  { minLength: 8, maxLength: 24 },
)

type Answer = {
  cursor: string
  epoch: string
  artifacts: { id: string; title: string; revision: number; deleted_at: string | null }[]
  files: { id: string; file_path: string; revision: number; deleted_at: string | null }[]
  artifact_ids?: string[]
  file_ids?: string[]
  more?: boolean
}
/** What is known of each row, by its id. */
type Rows = Map<string, string>
const take = ({ artifacts, files }: Answer, into: Rows): void => {
  for (const { id, deleted_at, revision, ...row } of [...artifacts, ...files])
    if (deleted_at === null)
      into.set(id, `${'title' in row ? row.title : row.file_path} ${revision}`)
    else into.delete(id)
}
const sorted = (rows: Rows) => [...rows].sort()
const hashes = ['a', 'b'].map((text) => createHash('sha256').update(text).digest('hex'))

/** One who writes: an artifact of their own (a commit locks it), what they made besides, and their files. */
type Own = { artifact: string; made: string[]; files: Map<string, FileThere> }
type FileThere = { path: string; bytes: number; revision: number }
const copyOf = ({ artifact, made, files }: Own): Own => ({
  artifact,
  made: [...made],
  files: new Map(files),
})

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
    for (let each = 0; each <= writers; each += 1) connections.push(await pool.reserve())
    for (const connection of connections)
      await connection`select set_config('role', 'authenticated', false),
        set_config('request.jwt.claims', ${JSON.stringify({ sub: owner, role: 'authenticated' })}, false)`
    reader = connections.pop()!
  })
  afterAll(async () => {
    for (const connection of [...connections, reader]) connection.release()
    await pool.end({ timeout: 2 })
    await db.stop()
  })

  const newProject = async (owns: readonly Own[]): Promise<string> => {
    const id = randomUUID()
    const each = owns.map(({ artifact }) => artifact)
    await db.sql.unsafe(`
      insert into public.projects (id, workspace_id, name) values ('${id}', (select private.global_workspace_id()), 'Schedule');
      insert into public.project_users (project_id, user_id, role) values ('${id}', '${owner}', 'contributor');
      insert into public.artifacts (id, project_id, title, artifact_type)
        select unnest('{${each}}'::uuid[]), '${id}', 'own', 'website';
      insert into storage.objects (bucket_id, name, metadata)
        select 'artifact-files', a || '/' || h, '{"size": 1}' from unnest('{${each}}'::uuid[]) a, unnest('{${hashes}}'::text[]) h`)
    return id
  }

  /** All rows of a project as they are committed, deleted ones too. */
  const rowsOf = (project: string) =>
    reader<{ id: string; is: string; live: boolean; at: number }[]>`
      select id, title || ' ' || revision as is, deleted_at is null as live, (extract(epoch from updated_at) * 1e6)::float8 as at
      from public.artifacts where project_id = ${project}
      union all
      select id, file_path || ' ' || revision, deleted_at is null, (extract(epoch from updated_at) * 1e6)::float8
      from public.artifact_files where project_id = ${project}`

  const came: Record<string, number> = {}
  const count = (what: string): void => {
    came[what] = (came[what] ?? 0) + 1
  }

  /** Writes something as the person; a file's deed without a file puts one. */
  const write = async (
    { connection, own, project }: { connection: ReservedSql; own: Own; project: string },
    deed: Deed,
    name: string,
  ): Promise<void> => {
    const [id, file] = [...own.files].at(-1) ?? []
    const known = own.made.at(-1)
    if (deed === 'make' || (deed === 'rename' && !known)) {
      const made = randomUUID()
      own.made.push(made)
      count('make')
      await connection`insert into public.artifacts (id, project_id, title, artifact_type) values (${made}, ${project}, ${name}, 'website')`
      return
    }
    if (deed === 'rename') {
      count('rename')
      await connection`update public.artifacts set title = ${name} where id = ${known!}`
      return
    }
    const of = id ?? randomUUID()
    const isNew = deed === 'put' || !file
    count(isNew ? 'put' : deed)
    const now: FileThere = isNew
      ? { path: name, bytes: 0, revision: 0 }
      : deed === 'edit'
        ? { ...file, bytes: 1 - file.bytes }
        : { ...file, path: name }
    const fileId = isNew ? randomUUID() : of
    const change =
      !isNew && deed === 'remove'
        ? { op: 'remove', file_id: fileId }
        : {
            op: 'put',
            file_id: fileId,
            path: now.path,
            sha256: hashes[now.bytes],
            size: 1,
          }
    const [{ answer }] = await connection<
      [{ answer: { status: string; files: { revision: number }[] } }]
    >`
      select public.commit_artifact_changes(${own.artifact}, ${connection.json({ [fileId]: now.revision })}, ${connection.json([change])}) as answer`
    expect(answer.status).toBe('committed')
    if (change.op === 'remove') own.files.delete(fileId)
    else own.files.set(fileId, { ...now, revision: answer.files[0]!.revision })
  }

  /** One schedule over a project of its own; answers how many rows a cursor of `updated_at` lost. */
  const play = async (steps: readonly Step[]): Promise<number> => {
    const owns = connections.map(
      (): Own => ({ artifact: randomUUID(), made: [], files: new Map() }),
    )
    const project = await newProject(owns)
    /** Of who is in a transaction: what was theirs before it. */
    const before: (Own | null)[] = connections.map(() => null)
    let seen: Rows = new Map()
    let cursor: { at: string; epoch: string } | null = null
    let parts: { first: Answer; rows: Rows; after: string | null } | null = null
    const naively: Rows = new Map()
    let latest = Number.NEGATIVE_INFINITY
    let rows: Awaited<ReturnType<typeof rowsOf>> = await rowsOf(project)

    const ask = async (
      since: typeof cursor,
      part: { after: string | null; atMost: number } | null,
    ): Promise<Answer> => {
      const [row] = await reader<[{ answer: Answer }]>`
        select public.pull_project(${project}, ${since?.at ?? null}::text::xid8, ${since?.epoch ?? null},
          null, ${part?.after ?? null}, ${part?.atMost ?? null}::integer) as answer`
      return row.answer
    }
    /** The next part; between two of them anything may be committed, which the cursor of the first has to tell. */
    const readPart = async (atMost: number): Promise<void> => {
      const answer = await ask(null, { after: parts?.after ?? null, atMost })
      parts ??= { first: answer, rows: new Map(), after: null }
      take({ ...answer, artifacts: parts.first === answer ? answer.artifacts : [] }, parts.rows)
      parts.after = answer.files.at(-1)?.id ?? null
      if (answer.more) return
      count('parts')
      if (parts.first !== answer) count('several parts')
      seen = parts.rows
      cursor = { at: parts.first.cursor, epoch: parts.first.epoch }
      parts = null
    }
    const pull = async (how: (typeof pulls)[number], atMost: number): Promise<void> => {
      rows = await rowsOf(project)
      for (const { id, is, at } of rows) if (at > latest) naively.set(id, is)
      latest = Math.max(latest, ...rows.map(({ at }) => at))
      if (parts || how === 'parts') return readPart(atMost)
      const since = how === 'delta' ? cursor : null
      const answer = await ask(since, null)
      expect(answer.file_ids === undefined).toBe(since !== null)
      if (!since) seen = new Map()
      take(answer, seen)
      cursor = { at: answer.cursor, epoch: answer.epoch }
      count(since ? 'delta' : 'whole')
      // After each pull, not only after the last: a whole one would hide what a delta missed.
      const live = new Map(rows.flatMap(({ id, is, live }) => (live ? [[id, is] as const] : [])))
      expect(sorted(seen)).toEqual(sorted(live))
    }
    const end = async (index: number, keep: boolean): Promise<void> => {
      const was = before[index]
      if (!was) return
      await connections[index]!.unsafe(keep ? 'commit' : 'rollback')
      if (!keep) owns[index] = was
      before[index] = null
    }
    try {
      await pull('whole', 1)
      for (const [place, step] of steps.entries()) {
        if (step.kind === 'pull') await pull(step.how, step.atMost)
        else if (step.kind === 'end') await end(step.writer, step.keep)
        else {
          const connection = connections[step.writer]!
          const own = owns[step.writer]!
          if (!before[step.writer]) {
            await connection.unsafe('begin')
            before[step.writer] = copyOf(own)
          }
          await write({ connection, own, project }, step.deed, `name ${place}`)
        }
      }
      for (const index of connections.keys()) await end(index, true)
      while (parts) await pull('parts', 3)
      await pull('delta', 1)
    } finally {
      // What failed half-way is played again, shorter: on connections that are free.
      for (const index of connections.keys()) await end(index, false)
    }
    // Nobody is in a thousand projects: a pull looks all of them up.
    await db.sql`delete from public.project_users where project_id = ${project}`
    return rows.filter(({ id, is }) => naively.get(id) !== is).length
  }

  it(`in ${schedules} schedules of overlapping commits no pull (delta, whole, in parts) misses an artifact or a file, and one by updated_at does`, async () => {
    let naive = 0
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        naive += await play(steps)
      }),
      { numRuns: schedules },
    )
    const kinds = [...deeds, ...pulls, 'several parts']
    expect(kinds.filter((kind) => (came[kind] ?? 0) < schedules / 20)).toEqual([])
    // The control: the cursor that everybody writes first loses rows under the very same schedules.
    expect(naive).toBeGreaterThan(20)
  }, 300_000)
})
