import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateMatrix, matrixFile } from '../../scripts/access-matrix.ts'
import { installPgTap, runPgTap } from './pgtap.ts'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

it('the pgTAP file is what the matrix makes it (else: node scripts/access-matrix.ts)', async () => {
  expect(await readFile(matrixFile, 'utf8')).toBe(await generateMatrix())
})

describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await installPgTap(db.sql)
  })
  afterAll(() => db?.stop())

  it('every actor reaches what the matrix grants, and nothing else', async () => {
    const { passed, failed } = await runPgTap(db.sql, await readFile(matrixFile, 'utf8'))
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(1584 + 1188)
  })

  // The matrix proves something only if it can fail: with a hole in every table, every table is missed.
  if (deployer === 'superuser')
    it('with a policy too many on a table, its cells fail', async () => {
      const text = await readFile(matrixFile, 'utf8')
      const tables = await db.sql<{ name: string }[]>`
      select distinct tablename as name from pg_policies where schemaname = 'public'`
      const holes = tables.map(
        ({ name }) =>
          `create policy hole on public.${name} for select to authenticated using (true);`,
      )
      const { failed } = await runPgTap(db.sql, text.replace('begin;', `begin; ${holes.join(' ')}`))
      for (const { name } of tables)
        expect(
          failed.some(
            (line) => line.includes(` select ${name}`) || line.includes(`tenant’s ${name}`),
          ),
          name,
        ).toBe(true)
    })
})
