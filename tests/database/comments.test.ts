import { afterAll, beforeAll, expect, it } from 'vitest'
import { servers, startDatabase, type TestDatabase } from './server.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await startDatabase(servers[0], 'superuser')
})
afterAll(() => db?.stop())

const ours = "n.nspname in ('public', 'private')"

it.each([
  [
    'table',
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${ours} and c.relkind in ('r', 'p') and not c.relispartition and obj_description(c.oid, 'pg_class') is null`,
  ],
  [
    'column',
    `select c.oid::regclass::text || '.' || a.attname as name from pg_attribute a
       join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where ${ours} and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
       and col_description(c.oid, a.attnum) is null`,
  ],
  [
    'function',
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where ${ours} and obj_description(p.oid, 'pg_proc') is null
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  ],
])('every %s says in the catalogue what it is', async (_kind, query) => {
  const rows = await db.sql.unsafe<{ name: string }[]>(query)
  expect(rows.map(({ name }) => name)).toEqual([])
})
