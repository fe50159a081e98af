import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { v7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })

/** A change has an id of its maker's, and happens once; rights are those of the tables. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let reader: string
  let stranger: string
  let workspace: string
  let project: string
  let artifact: string
  const call = (person: string, work: (sql: Sql) => Promise<unknown>) => db.committed(person, work)
  const rename = (person: string, id: string, title: string | null, of = artifact) =>
    call(person, (sql) => sql`select public.rename_artifact(${id}, ${of}, ${title})`)
  const title = async () =>
    (await db.sql`select title from public.artifacts where id = ${artifact}`)[0]!.title as string
  const known = async (id: string) =>
    (await db.sql`select from private.applied_mutations where id = ${id}`).length

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    owner = await db.signUp('ada@acme.example')
    reader = await db.signUp('grace@acme.example')
    stranger = await db.signUp('eve@other.example')
    const one = async <T>(person: string, work: (sql: Sql) => Promise<unknown>) =>
      Object.values(((await db.committed(person, work)) as Record<string, T>[])[0]!)[0]!
    workspace = await one(owner, (sql) => sql`select public.create_workspace('Acme', 'Acme')`)
    project = await one(owner, (sql) => sql`select public.create_project(${workspace}, 'Site')`)
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${reader}, 'viewer')`
    artifact = randomUUID()
    await db.sql`insert into public.artifacts (id, project_id, title, artifact_type) values (${artifact}, ${project}, 'First', 'website')`
  })
  afterAll(() => db?.stop())

  it('is done once, however often it is asked for', async () => {
    const id = v7()
    await rename(owner, id, 'Second')
    await db.sql`update public.artifacts set title = 'Of another hand' where id = ${artifact}`
    await rename(owner, id, 'Second')
    expect(await title()).toBe('Of another hand')
    expect(await known(id)).toBe(1)
  })

  it('is done once by two who ask at the same time', async () => {
    const id = v7()
    const before = await db.sql`select revision from public.artifacts where id = ${artifact}`
    await Promise.all(['A', 'A', 'A', 'A'].map((each) => rename(owner, id, each)))
    expect(await title()).toBe('A')
    expect(await known(id)).toBe(1)
    expect(await db.sql`select revision from public.artifacts where id = ${artifact}`).toEqual(
      before,
    )
  })

  it('that was refused is not noted, and is done when it may be', async () => {
    const id = v7()
    await expect(rename(reader, id, 'Mine')).rejects.toEqual(refusal('42501'))
    await expect(rename(stranger, id, 'Mine')).rejects.toEqual(refusal('PT404'))
    expect(await known(id)).toBe(0)
    await db.sql`update public.project_users set role = 'contributor' where user_id = ${reader} and project_id = ${project}`
    await rename(reader, id, 'Mine')
    expect(await title()).toBe('Mine')
    await db.sql`update public.project_users set role = 'viewer' where user_id = ${reader} and project_id = ${project}`
  })

  it('of one person is nobody else’s', async () => {
    const id = v7()
    await rename(owner, id, 'Ada’s')
    await expect(rename(reader, id, 'Grace’s')).rejects.toEqual(refusal('42501'))
    await call(reader, (sql) => sql`select public.rename_myself(${id}, 'Grace')`)
    expect(await known(id)).toBe(2)
  })

  it('has an id that is one change’s, of version 7, and not older than what is remembered', async () => {
    const id = v7()
    await rename(owner, id, 'This')
    await expect(rename(owner, id, 'That')).rejects.toEqual(refusal('22023'))
    await expect(rename(owner, randomUUID(), 'That')).rejects.toEqual(refusal('22023'))
    const old = v7({ msecs: Date.now() - 151 * 86_400_000 })
    await expect(rename(owner, old, 'That')).rejects.toEqual(refusal('PT410'))
    await rename(owner, v7({ msecs: Date.now() - 149 * 86_400_000 }), 'That')
    expect(await title()).toBe('That')
  })

  it('that was done is never said to be refused, whoever asks again', async () => {
    const id = v7()
    await rename(owner, id, 'While active')
    await db.sql`update public.users set status = 'inactive' where id = ${owner}`
    await rename(owner, id, 'While active')
    await expect(rename(owner, v7(), 'Later')).rejects.toEqual(refusal('42501'))
    await db.sql`update public.users set status = 'active' where id = ${owner}`
  })

  it('has an id of one function alone', async () => {
    const id = v7()
    await call(owner, (sql) => sql`select private.begin_mutation(${id}, 'one', '[1]')`)
    await expect(
      call(owner, (sql) => sql`select private.begin_mutation(${id}, 'other', '[1]')`),
    ).rejects.toEqual(refusal('22023'))
  })

  it('is bounded by the hour', async () => {
    const busy = await db.signUp('busy@other.example')
    await db.sql`insert into private.applied_mutations (user_id, id, name, input_digest)
      select ${busy}, gen_random_uuid(), 'x', '' from generate_series(1, 2999)`
    const rename = (id: string) =>
      call(busy, (sql) => sql`select public.rename_myself(${id}, 'Busy')`)
    const last = v7()
    await rename(last)
    await expect(rename(v7())).rejects.toEqual(refusal('PT429'))
    await rename(last)
    await db.sql`update private.applied_mutations set applied_at = now() - interval '61 minutes' where user_id = ${busy} and name = 'x'`
    await rename(v7())
  })

  it('does not overwrite a title that its maker has not seen', async () => {
    const from = (known: string[] | null, next: string, person = owner) =>
      call(
        person,
        (sql) => sql`select public.rename_artifact(${v7()}, ${artifact}, ${next}, ${known})`,
      )
    await rename(owner, v7(), 'Agreed on')
    await expect(from(['Looked at'], 'Mine')).rejects.toMatchObject({
      code: 'PT409',
      message: 'It is called “Agreed on” now.',
    })
    await expect(from(['Looked at'], 'Mine', reader)).rejects.toEqual(refusal('42501'))
    await from(['Looked at'], 'Agreed on')
    await from(['Looked at', 'Agreed on'], 'Mine')
    expect(await title()).toBe('Mine')
    await from(null, 'Whatever it was')
    expect(await title()).toBe('Whatever it was')
  })

  it('is forgotten once no client can ask again', async () => {
    const id = v7()
    await rename(owner, id, 'Kept')
    await db.sql`update private.applied_mutations set applied_at = now() - interval '179 days' where id = ${id}`
    await db.sql`select private.forget_mutations()`
    expect(await known(id)).toBe(1)
    await db.sql`update private.applied_mutations set applied_at = now() - interval '181 days' where id = ${id}`
    await db.sql`call private.run_job('old changes')`
    expect(await known(id)).toBe(0)
  })

  it.each([null, '', 'x'.repeat(301)])('does not take what is no title: %j', async (wrong) => {
    const id = v7()
    await expect(rename(owner, id, wrong)).rejects.toMatchObject({
      code: expect.stringMatching(/^23/),
    })
    expect(await known(id)).toBe(0)
  })

  it('keeps an order of projects for the person alone', async () => {
    const order = (person: string, projects: string[]) =>
      call(person, (sql) => sql`select public.order_projects(${v7()}, ${workspace}, ${projects})`)
    const mine = (person: string) =>
      call(person, (sql) => sql`select project_ids from public.project_orders`)
    await order(owner, [project])
    await order(owner, [randomUUID(), project])
    expect(await mine(owner)).toEqual([{ project_ids: [expect.any(String), project] }])
    expect(await mine(reader)).toEqual([])
    await expect(order(stranger, [project])).rejects.toEqual(refusal('42501'))
    const many = Array.from({ length: 1001 }, () => randomUUID())
    await expect(order(owner, many)).rejects.toEqual(refusal('23514'))
  })

  describe('what goes back', () => {
    const files = [randomUUID(), randomUUID()] as const
    const shas = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string]
    const commit = (file: string, sha256: string, revision: number, person = owner) =>
      call(
        person,
        (
          sql,
        ) => sql`select public.commit_artifact_changes(${artifact}, ${sql.json({ [file]: revision })},
          ${sql.json([{ op: 'put', file_id: file, path: `${file}.txt`, sha256, size: 1, media_type: 'text/plain' }])}) as answer`,
      )
    const state = async () =>
      await db.sql`select revision, (select array_agg(f.sha256 || ' ' || f.revision order by f.id = ${files[1]})
        from public.artifact_files f where f.artifact_id = ${artifact}) as files from public.artifacts where id = ${artifact}`
    beforeAll(async () => {
      for (const sha256 of shas)
        await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${artifact}/${sha256}`}, '{"size":1}')`
      await commit(files[0], shas[0], 0)
      await commit(files[1], shas[0], 0)
      await commit(files[0], shas[1], 1)
    })
    const restore = (person: string, id: string, to: number, newest: number) =>
      call(
        person,
        (sql) => sql`select public.restore_artifact_revision(${id}, ${artifact}, ${to}, ${newest})`,
      )
    const restoreFile = (person: string, id: string, revision: number, newest: number) =>
      call(
        person,
        (sql) =>
          sql`select public.restore_file_revision(${id}, ${artifact}, ${files[0]}, ${revision}, ${newest}, 'text/plain')`,
      )

    it('goes back once, and not from another state than was looked at', async () => {
      await expect(restore(owner, v7(), 2, 2)).rejects.toEqual(refusal('PT409'))
      await expect(restore(reader, v7(), 2, 3)).rejects.toEqual(refusal('42501'))
      await expect(restore(stranger, v7(), 2, 3)).rejects.toEqual(refusal('PT404'))
      const id = v7()
      await restore(owner, id, 2, 3)
      const after = await state()
      expect(after).toEqual([{ revision: '4', files: [`${shas[0]} 3`, `${shas[0]} 1`] }])
      await restore(owner, id, 2, 3)
      expect(await state()).toEqual(after)
    })

    it('takes one file back once, and not past somebody else’s change', async () => {
      await expect(restoreFile(owner, v7(), 2, 2)).rejects.toEqual(refusal('PT409'))
      await expect(restoreFile(owner, v7(), 9, 3)).rejects.toEqual(refusal('PT404'))
      await expect(restoreFile(reader, v7(), 2, 3)).rejects.toEqual(refusal('42501'))
      await expect(restoreFile(stranger, v7(), 2, 3)).rejects.toEqual(refusal('PT404'))
      const id = v7()
      await restoreFile(owner, id, 2, 3)
      const after = await state()
      expect(after).toEqual([{ revision: '5', files: [`${shas[1]} 4`, `${shas[0]} 1`] }])
      await restoreFile(owner, id, 2, 3)
      expect(await state()).toEqual(after)
    })

    describe('after others that its maker knows', () => {
      const since = (
        id: string,
        to: number,
        newest: number | null,
        ids: string[],
        own: number[] = [],
      ) =>
        call(
          owner,
          (sql) =>
            sql`select public.restore_artifact_revision(${id}, ${artifact}, ${to}, ${newest}, ${ids}, ${own})`,
        )
      const fileSince = (id: string, to: number, newest: number | null, ids: string[]) =>
        call(
          owner,
          (sql) =>
            sql`select public.restore_file_revision(${id}, ${artifact}, ${files[1]}, ${to}, ${newest}, 'text/plain', ${ids})`,
        )
      const now = async () => {
        const [row] = await db.sql`select revision from public.artifacts where id = ${artifact}`
        return Number(row?.revision)
      }
      const fileNow = async () => {
        const [row] =
          await db.sql`select revision from public.artifact_files where id = ${files[1]}`
        return Number(row?.revision)
      }

      it('goes on from what they made', async () => {
        const newest = await now()
        const ids = [v7(), v7()] as [string, string]
        await since(ids[0], 1, newest, [])
        expect(await now()).toBe(newest + 1)
        await expect(since(v7(), 3, newest, [])).rejects.toEqual(refusal('PT409'))
        await expect(since(v7(), 3, newest, [v7()])).rejects.toEqual(refusal('PT409'))
        await since(ids[1], 3, newest, [ids[0]])
        await since(ids[1], 3, newest, [ids[0], ids[1]])
        expect(await now()).toBe(newest + 2)
        await since(v7(), 1, newest, ids)
        expect(await now()).toBe(newest + 3)
      })

      it('counts on nothing that somebody else made between', async () => {
        const [newest, file] = [await now(), await fileNow()]
        const first = v7()
        await commit(files[1], shas[1], file)
        await expect(fileSince(first, 1, file, [])).rejects.toEqual(refusal('PT409'))
        await expect(fileSince(v7(), 1, file, [first])).rejects.toEqual(refusal('PT409'))
        await expect(since(v7(), 2, newest, [first])).rejects.toEqual(refusal('PT409'))
        // It changes nothing, so what is there is not its making.
        const idle = v7()
        await fileSince(idle, file + 1, file + 1, [])
        await expect(since(v7(), 2, newest, [idle])).rejects.toEqual(refusal('PT409'))
        await since(v7(), 2, newest, [], [newest + 1])
      })

      it('counts on no revision that its client takes for its own, and somebody else made', async () => {
        const mayWrite = (role: string) =>
          db.sql`update public.project_users set role = ${role} where user_id = ${reader} and project_id = ${project}`
        const [newest, file] = [await now(), await fileNow()]
        const [there] =
          await db.sql`select sha256 from public.artifact_files where id = ${files[1]}`
        await mayWrite('contributor')
        await commit(files[1], shas.find((sha256) => sha256 !== there?.sha256) ?? '', file, reader)
        await mayWrite('viewer')
        const theirs = await now()
        expect(theirs).toBe(newest + 1)
        await expect(since(v7(), 1, newest, [], [theirs])).rejects.toEqual(refusal('PT409'))
        await expect(
          call(
            owner,
            (
              sql,
            ) => sql`select public.restore_file_revision(${v7()}, ${artifact}, ${files[1]}, ${file}, ${file},
              'text/plain', '{}', ${[theirs]})`,
          ),
        ).rejects.toEqual(refusal('PT409'))
        expect(await now()).toBe(theirs)
      })

      it('does not go back with a file that is at an earlier revision than was looked at', async () => {
        const file = await fileNow()
        const before = await now()
        await expect(fileSince(v7(), 1, file + 1, [])).rejects.toEqual(refusal('PT409'))
        expect(await now()).toBe(before)
      })

      it('takes one file back twice, and whatever it is by then where its maker says so', async () => {
        // Whatever it is by now, it is another one with each of these.
        const third = 'c'.repeat(64)
        await db.sql`insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', ${`${artifact}/${third}`}, '{"size":1}')`
        await commit(files[1], third, await fileNow())
        const file = (await fileNow()) - 1
        await commit(files[1], shas[1], file + 1)
        const [first, second] = [v7(), v7()] as [string, string]
        await fileSince(first, file + 1, file + 2, [])
        await fileSince(second, file + 2, file + 2, [first])
        await expect(fileSince(v7(), file + 1, file + 2, [first])).rejects.toEqual(refusal('PT409'))
        await fileSince(v7(), file + 1, null, [])
        expect(await fileNow()).toBe(file + 5)
        const before = await now()
        await since(v7(), 1, null, [])
        expect(await now()).toBe(before + 1)
      })
    })
  })
})
