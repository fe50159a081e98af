import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldPath } from '../../src/domain/file-path.ts'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })
const hash = (letter: string) => letter.repeat(64)
type Put = {
  op: 'put'
  file_id: string
  path: string
  sha256: string
  size: number
  md5?: string
  is_executable?: boolean | null
  is_owner_only?: boolean
  modified_at?: string
}
type Change = Put | { op: 'remove'; file_id: string }

/** The history of artifacts, and the bytes that nothing refers to. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let reader: string
  let project: string
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    owner = await db.signUp('owner@acme.example')
    reader = await db.signUp('reader@acme.example')
    const [made] = await db.committed(
      owner,
      (sql) => sql`select public.create_workspace('Acme', 'Acme') as id`,
    )
    const [works] = await db.committed(
      owner,
      (sql) => sql`select public.create_project(${made!.id}, 'Works', '') as id`,
    )
    project = works!.id
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values (${made!.id}, ${reader}, 'project_creator')`
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${reader}, 'viewer')`
  })
  afterAll(() => db?.stop())

  const newArtifact = async (...letters: string[]): Promise<string> => {
    const id = randomUUID()
    await db.committed(
      owner,
      (sql) =>
        sql`insert into public.artifacts (id, project_id, title, artifact_type) values (${id}, ${project}, 'Sheet', 'website')`,
    )
    for (const letter of letters) await upload(id, letter)
    return id
  }
  const upload = (artifact: string, letter: string, age = '0 days') =>
    db.sql`insert into storage.objects (bucket_id, name, metadata, created_at)
      values ('artifact-files', ${`${artifact}/${hash(letter)}`}, '{"size": 1}'::jsonb, now() - ${age}::interval)`
  const put = (file_id: string, path: string, letter: string): Put => ({
    op: 'put',
    file_id,
    path,
    sha256: hash(letter),
    size: 1,
  })
  const commit =
    (artifact: string, expected: Record<string, number>, ...changes: Change[]) =>
    (sql: Sql) =>
      sql`select public.commit_artifact_changes(${artifact}, ${sql.json(expected)}, ${sql.json(changes as never)}) as answer`.then(
        (rows) => rows[0]!.answer as { status: string; revision: number },
      )
  const live = (artifact: string) =>
    db.sql`select id, file_path, left(sha256, 1) as letter from public.artifact_files
      where artifact_id = ${artifact} and deleted_at is null order by file_path`.then((rows) =>
      rows.map((row) => `${row.file_path} ${row.letter}`),
    )

  it('compares what was sent with what came, where the ETag is an MD5', async () => {
    const artifact = await newArtifact()
    const digests = { right: 'd'.repeat(32), wrong: 'e'.repeat(32) }
    const cases = [
      // ETag, digest of the commit, whether the bytes are taken for there
      [`"${digests.right}"`, digests.right, true],
      [digests.right, digests.right, true],
      [`"${digests.right}"`, digests.wrong, false],
      [`"${digests.right}"`, null, true],
      // In parts, by the clock, none: no digest of the bytes.
      [`"${digests.right}-3"`, digests.wrong, true],
      ['W/"61-18f"', digests.wrong, true],
      [null, digests.wrong, true],
    ] as const
    for (const [at, [eTag, md5, isThere]] of cases.entries()) {
      const letter = String(at)
      await upload(artifact, letter)
      await db.sql`update storage.objects set metadata = metadata || jsonb_build_object('eTag', ${eTag}::text)
        where name = ${`${artifact}/${hash(letter)}`}`
      const change = put(randomUUID(), letter, letter)
      const done = db.committed(owner, commit(artifact, {}, md5 ? { ...change, md5 } : change))
      if (isThere) expect(await done).toMatchObject({ status: 'committed' })
      else await expect(done).rejects.toEqual(refusal('PT409'))
    }
  })

  it('knows no end of a word, as folders do not', async () => {
    const words = ['ΟΔΟΣ', 'οδοσ', 'οδος', 'Σ', 'ς', 'ÄÖ', 'äö', 'a\u0308ö'].map(
      (word) => `${word}.md`,
    )
    const rows = await db.sql<{ word: string; folded: string }[]>`
      select word, lower(normalize(word, nfc)) as folded from unnest(${words}::text[]) as word`
    expect(rows.map(({ folded }) => folded)).toEqual(words.map(foldPath))
  })

  it('files swap their names in one commit, and each step stays in the history', async () => {
    const artifact = await newArtifact('a', 'b', 'c')
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()]
    await db.committed(
      owner,
      commit(artifact, {}, put(one, '1', 'a'), put(two, '2', 'b'), put(three, '3', 'c')),
    )
    const expected = { [one]: 1, [two]: 1, [three]: 1 }
    const ring = [put(one, '2', 'a'), put(two, '3', 'b'), put(three, '1', 'c')]
    expect(await db.committed(owner, commit(artifact, expected, ...ring))).toMatchObject({
      status: 'committed',
      revision: 2,
    })
    expect(await live(artifact)).toEqual(['1 c', '2 a', '3 b'])
    const paths = await db.sql`select file_path from public.artifact_file_versions
      where artifact_id = ${artifact} order by artifact_revision, file_path`
    expect(paths.map(({ file_path }) => file_path)).toEqual(['1', '2', '3', '1', '2', '3'])
    // A case of its own is a new name of the same file.
    const named = await db.committed(owner, commit(artifact, { [one]: 2 }, put(one, '2', 'a')))
    expect(named.status).toBe('committed')
  })

  it('a commit does not cost more with every file that is there, on a connection that saw none', async () => {
    const artifact = await newArtifact('a')
    const many = (turn: number) =>
      Array.from({ length: 1_000 }, (_, index) => put(randomUUID(), `${turn}/${index}`, 'a'))
    const times: number[] = []
    await db.sql.begin(async (sql) => {
      await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: owner, role: 'authenticated' })}, true)`
      for (let turn = 0; turn < 5; turn += 1) {
        const started = performance.now()
        await commit(artifact, {}, ...many(turn))(sql as unknown as Sql)
        times.push(performance.now() - started)
      }
    })
    // As it was, the fifth took eighteen times as long as the first.
    const [first = 0, last = 0] = [Math.min(...times.slice(0, 2)), Math.min(...times.slice(3))]
    expect(last / first).toBeLessThan(4)
  })

  it('one file twice in a commit is refused, and what opens an artifact is one file', async () => {
    const artifact = await newArtifact('a', 'b')
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()]
    await expect(
      db.as(owner, commit(artifact, {}, put(one, '1', 'a'), put(one, '2', 'b'))),
    ).rejects.toEqual(refusal('22023'))
    const main = (id: string, path: string, is_main: boolean) => ({
      ...put(id, path, 'a'),
      is_main,
    })
    const mains = () =>
      db.sql`select file_path from public.artifact_files where artifact_id = ${artifact} and is_main_file`.then(
        (rows) => rows.map(({ file_path }) => file_path),
      )
    await db.committed(owner, commit(artifact, {}, main(one, '1', true), main(two, '2', true)))
    expect(await mains()).toEqual(['2'])
    // Who says nothing leaves it; who says no takes it away; another takes it over.
    await db.committed(owner, commit(artifact, { [two]: 1 }, put(two, '2', 'b')))
    expect(await mains()).toEqual(['2'])
    await db.committed(owner, commit(artifact, {}, main(three, '3', true)))
    expect(await mains()).toEqual(['3'])
    await db.committed(owner, commit(artifact, { [three]: 1 }, main(three, '3 again', false)))
    expect(await mains()).toEqual([])
  })

  it.each([
    ['an id that is none', '{}', '[{"op":"remove","file_id":"nope"}]'],
    [
      'a size that is none',
      '{}',
      `[{"op":"put","file_id":"${randomUUID()}","path":"x","sha256":"x","size":"many"}]`,
    ],
    [
      'a size beyond all',
      '{}',
      `[{"op":"put","file_id":"${randomUUID()}","path":"x","sha256":"x","size":1e40}]`,
    ],
    [
      'a flag that is none',
      '{}',
      `[{"op":"put","file_id":"${randomUUID()}","path":"x","sha256":"x","size":1,"is_main":"perhaps"}]`,
    ],
    [
      'a bit that is none',
      '{}',
      `[{"op":"put","file_id":"${randomUUID()}","path":"x","sha256":"x","size":1,"is_executable":"perhaps"}]`,
    ],
    ...['soon', 'infinity', '-infinity', '1969-12-31T23:59:59Z', '10000-01-01', '300000-01-01'].map(
      (time): [string, string, string] => [
        `${time} as a time`,
        '{}',
        `[{"op":"put","file_id":"${randomUUID()}","path":"x","sha256":"x","size":1,"modified_at":"${time}"}]`,
      ],
    ),
    ['no JSON', '{}', '"nothing"'],
    ['nothing at all', '{}', '[]'],
    ['revisions in a list', '[1]', `[{"op":"remove","file_id":"${randomUUID()}"}]`],
    ['a revision that is none', '{"x":"one"}', `[{"op":"remove","file_id":"${randomUUID()}"}]`],
  ])('a commit with %s is refused as bad input', async (_name, expected, changes) => {
    const artifact = await newArtifact()
    await expect(
      db.as(
        owner,
        (sql) =>
          sql`select public.commit_artifact_changes(${artifact}, ${expected}::text::jsonb, ${changes}::text::jsonb)`,
      ),
    ).rejects.toEqual(refusal('22023'))
  })

  it('comes back to any earlier revision, as one more', async () => {
    const artifact = await newArtifact('a', 'b', 'c')
    const [kept, gone, added] = [randomUUID(), randomUUID(), randomUUID()]
    await db.committed(owner, commit(artifact, {}, put(kept, 'kept', 'a'), put(gone, 'gone', 'b')))
    await db.committed(
      owner,
      commit(artifact, { [kept]: 1, [gone]: 1 }, put(kept, 'renamed', 'c'), {
        op: 'remove',
        file_id: gone,
      }),
    )
    await db.committed(owner, commit(artifact, {}, put(added, 'gone', 'c')))
    expect(await live(artifact)).toEqual(['gone c', 'renamed c'])
    const restore = (to: number) => (sql: Sql) =>
      sql`select public.restore_artifact(${artifact}, ${to}) as answer`.then(
        (rows) => rows[0]!.answer as object,
      )
    expect(await db.committed(owner, restore(1))).toMatchObject({
      status: 'committed',
      revision: 4,
    })
    expect(await live(artifact)).toEqual(['gone b', 'kept a'])
    expect(await db.committed(owner, restore(3))).toMatchObject({ revision: 5 })
    expect(await live(artifact)).toEqual(['gone c', 'renamed c'])
    expect(await db.committed(owner, restore(5))).toMatchObject({ revision: 5, files: [] })
    expect(await db.committed(owner, restore(0))).toMatchObject({ revision: 6 })
    expect(await live(artifact)).toEqual([])
    await expect(db.as(owner, restore(7))).rejects.toEqual(refusal('22023'))
    await expect(db.as(reader, restore(1))).rejects.toEqual(refusal('42501'))
    const stranger = await db.signUp(`stranger-${randomUUID()}@x.example`)
    await expect(db.as(stranger, restore(1))).rejects.toEqual(refusal('PT404'))
  })

  /** What a file is besides its name and its bytes, as it is now and in each of its versions. */
  const kept = async (file: string) => {
    const [now] = await db.sql`select is_executable, is_owner_only, modified_at, revision::int
      from public.artifact_files where id = ${file}`
    const versions = await db.sql`select is_executable, is_owner_only, modified_at, revision::int
      from public.artifact_file_versions where file_id = ${file} order by revision`
    expect({ ...versions.at(-1) }).toEqual({ ...now })
    return versions.map((row) =>
      [
        row.is_executable ? 'x' : '-',
        row.is_owner_only ? 'own' : 'all',
        (row.modified_at as Date).toISOString().slice(0, 10),
      ].join(' '),
    )
  }
  const today = () => new Date().toISOString().slice(0, 10)

  it('keeps of a file what a change says, and what one does not speak of', async () => {
    const artifact = await newArtifact('a', 'b', 'c')
    const file = randomUUID()
    const step = (revision: number, change: Partial<Put>, letter = 'a') =>
      db.committed(
        owner,
        commit(artifact, revision > 0 ? { [file]: revision } : {}, {
          ...put(file, 'run.sh', letter),
          ...change,
        }),
      )
    await step(0, {
      is_executable: true,
      is_owner_only: true,
      modified_at: '2001-02-03T04:05:06.789+02:00',
    })
    expect(await kept(file)).toEqual(['x own 2001-02-03'])
    // Somebody renames it who knows of none of it.
    await step(1, { path: 'go.sh' })
    // Other bytes are of now where nothing is said of their time.
    await step(2, { path: 'go.sh' }, 'b')
    expect((await kept(file)).slice(1)).toEqual(['x own 2001-02-03', `x own ${today()}`])
    await step(3, { path: 'go.sh', is_owner_only: false, modified_at: '1970-01-01T00:00:00Z' }, 'c')
    expect((await kept(file)).at(-1)).toBe('x all 1970-01-01')
    await db.committed(owner, commit(artifact, { [file]: 4 }, { op: 'remove', file_id: file }))
    // Back again, by somebody who says nothing.
    await step(5, {}, 'a')
    expect((await kept(file)).slice(4)).toEqual(['x all 1970-01-01', `x all ${today()}`])
    const plain = randomUUID()
    await db.committed(owner, commit(artifact, {}, put(plain, 'plain', 'a')))
    expect(await kept(plain)).toEqual([`- all ${today()}`])
  })

  it('the bit alone is a version, with no byte of its own; time and readers alone are none', async () => {
    const artifact = await newArtifact('a')
    const file = randomUUID()
    const change = put(file, 'run.sh', 'a')
    await db.committed(owner, commit(artifact, {}, change))
    const quiet = { ...change, is_owner_only: true, modified_at: '2020-01-01T00:00:00Z' }
    for (const same of [
      quiet,
      { ...quiet, is_executable: false },
      { ...quiet, is_executable: null },
    ])
      expect(await db.committed(owner, commit(artifact, { [file]: 1 }, same))).toMatchObject({
        status: 'committed',
        revision: 1,
        files: [{ file_id: file, revision: 1 }],
      })
    expect(await kept(file)).toEqual([`- all ${today()}`])
    const marked = { ...change, is_executable: true }
    expect(await db.committed(owner, commit(artifact, { [file]: 1 }, marked))).toMatchObject({
      status: 'committed',
      revision: 2,
      files: [{ file_id: file, revision: 2 }],
    })
    // The answer was lost, and it is asked again.
    expect(await db.committed(owner, commit(artifact, { [file]: 1 }, marked))).toMatchObject({
      status: 'committed',
      revision: 2,
      files: [{ file_id: file, revision: 2 }],
    })
    // Of an older state it is a change like any other.
    expect(
      await db.committed(
        owner,
        commit(artifact, { [file]: 1 }, { ...change, is_executable: false }),
      ),
    ).toMatchObject({ status: 'conflict', conflicts: [{ reason: 'changed' }] })
    expect(await kept(file)).toHaveLength(2)
  })

  it('an earlier revision comes back with its bit, its readers and its time', async () => {
    const artifact = await newArtifact('a', 'b')
    const file = randomUUID()
    const was = { is_executable: true, is_owner_only: true, modified_at: '2010-10-10T10:10:10Z' }
    const is = { is_executable: false, is_owner_only: false, modified_at: '2020-02-02T20:20:20Z' }
    await db.committed(owner, commit(artifact, {}, { ...put(file, 'run.sh', 'a'), ...was }))
    await db.committed(
      owner,
      commit(artifact, { [file]: 1 }, { ...put(file, 'run.sh', 'b'), ...is }),
    )
    const restore = (to: number) => (sql: Sql) =>
      sql`select public.restore_artifact(${artifact}, ${to}) as answer`.then((rows) => rows[0]!)
    await db.committed(owner, restore(1))
    await db.committed(
      owner,
      commit(artifact, { [file]: 3 }, { ...put(file, 'run.sh', 'a'), is_executable: false }),
    )
    // Of the bit alone there is something to bring back.
    await db.committed(owner, restore(3))
    expect(await kept(file)).toEqual([
      'x own 2010-10-10',
      '- all 2020-02-02',
      'x own 2010-10-10',
      '- own 2010-10-10',
      'x own 2010-10-10',
    ])
    const [pulled] = await db.as(
      reader,
      (sql) => sql`select public.pull_project(${project}, of_artifact => ${artifact}) as answer`,
    )
    expect((pulled!.answer as { files: object[] }).files).toEqual([
      expect.objectContaining({
        is_executable: true,
        is_owner_only: true,
        modified_at: expect.stringMatching(/^2010-10-10T10:10:10\+00:00$/),
      }),
    ])
  })

  it('bytes that nothing refers to are found after their grace, in two steps, and never under a commit', async () => {
    const artifact = await newArtifact()
    for (const [letter, age] of [
      ['a', '9 days'],
      ['b', '9 days'],
      ['c', '1 day'],
      ['d', '9 days'],
    ] as const)
      await upload(artifact, letter, age)
    const file = randomUUID()
    await db.committed(owner, commit(artifact, {}, put(file, 'x', 'a')))
    // In the history only, which is a reference too.
    await db.committed(owner, commit(artifact, { [file]: 1 }, { op: 'remove', file_id: file }))
    const found = () =>
      db.sql`select public.unreferenced_blobs_for_service() as name`.then((rows) =>
        rows.map(({ name }) => (name as string).slice(-1)).sort(),
      )
    expect(await found()).toEqual([])
    await expect(
      db.committed(owner, commit(artifact, {}, put(randomUUID(), 'late', 'b'))),
    ).rejects.toEqual(refusal('PT409'))
    expect(await found()).toEqual(['b', 'd'])
    await db.sql`delete from storage.objects where name = ${`${artifact}/${hash('b')}`}`
    await db.sql`select public.blobs_removed_for_service(${[`${artifact}/${hash('b')}`]})`
    expect(await found()).toEqual(['d'])
    // Sent again, it is a blob like any other.
    await upload(artifact, 'b')
    await db.committed(owner, commit(artifact, {}, put(randomUUID(), 'late', 'b')))
    expect(await found()).toEqual(['d'])
  })

  it('a commit that looked before the mark is waited for', async () => {
    const artifact = await newArtifact()
    await upload(artifact, 'e', '9 days')
    const busy = await db.sql.reserve()
    await busy`begin`
    await busy`select set_config('request.jwt.claims', ${JSON.stringify({ sub: owner, role: 'authenticated' })}, true)`
    await commit(artifact, {}, put(randomUUID(), 'x', 'e'))(busy)
    const name = `${artifact}/${hash('e')}`
    const sweep = () =>
      db.sql`select public.unreferenced_blobs_for_service() as name`.then((rows) =>
        rows.map((row) => row.name as string),
      )
    await sweep()
    const answer = sweep()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await busy`commit`
    busy.release()
    expect(await answer).not.toContain(name)
    expect(await sweep()).not.toContain(name)
  })
})
