import type { Sql } from 'postgres'
import { expect, test } from 'vitest'
import { rowDifferences } from './compare.ts'
import type { Manifest } from './manifest.ts'

/** A server whose tables all have so many rows, and look so. */
const serverWith = (row_count: number, digest: string) => {
  const asked: string[] = []
  const unsafe = async (query: string) => {
    asked.push(query)
    return [{ row_count, digest }]
  }
  const sql = {
    begin: (_mode: string, work: (transaction: unknown) => unknown) => work({ unsafe }),
  } as unknown as Sql
  return { sql, asked }
}
const backupOf = (form: number | null): Manifest =>
  ({
    form,
    tables: [{ name: 'public.projects', columns: ['id'], sha256: '' }],
    digests: [{ relation: 'public.projects', row_count: 3, digest: 'as it was' }],
  }) as unknown as Manifest

test('rows are told apart by what they hold where the backup read them in the form of today', async () => {
  expect(await rowDifferences(backupOf(1), serverWith(3, 'as it was').sql)).toEqual([])
  expect(await rowDifferences(backupOf(1), serverWith(3, 'another').sql)).toEqual([
    'public.projects: 3 rows, now 3',
  ])
})

test('those of a backup that read them in another form, or says none, are counted', async () => {
  for (const form of [null, 2]) {
    expect(await rowDifferences(backupOf(form), serverWith(3, 'another').sql)).toEqual([])
    expect(await rowDifferences(backupOf(form), serverWith(2, 'as it was').sql)).toEqual([
      'public.projects: 3 rows, now 2',
    ])
  }
})

test('an interval is written as by a server that nobody set otherwise, as older backups have it', async () => {
  const { sql, asked } = serverWith(3, 'as it was')
  await rowDifferences(backupOf(1), sql)
  expect(asked[0]).toContain("set local intervalstyle = 'postgres'")
})
