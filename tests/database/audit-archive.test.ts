import { readdir, readFile, rm } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveAudit } from '../../operations/audit-archive.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let folder: string
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    folder = await temporaryFolder('audit')
  })
  afterAll(async () => {
    await db.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('old months of the audit log go into files, whole, and then off the database', async () => {
    const url = deployer === 'superuser' ? db.url : db.url.replace('postgres@', 'deployer@')
    const sql = postgres(url, { max: 1, onnotice: () => {} })
    try {
      await db.sql`select private.make_audit_partitions((now() - interval '30 months')::date, 2)`
      await db.sql`update private.platform set audit_retention = interval '2 years'`
      await db.sql`insert into public.audit_logs (table_name, record_id, action, actor_role, created_at)
        select 'projects', gen_random_uuid(), 'UPDATE', 'service_role', now() - interval '30 months' from generate_series(1, 2345)`
      const before = await db.sql`select count(*)::int as n from public.audit_logs`
      expect(await archiveAudit(sql, folder)).toMatchObject([{ rows: 2345 }, { rows: 0 }])
      const files = (await readdir(folder)).toSorted()
      expect(files).toHaveLength(2)
      const lines = gunzipSync(await readFile(`${folder}/${files[0]!}`))
        .toString('utf8')
        .trimEnd()
        .split('\n')
      expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(2345)
      expect(await db.sql`select count(*)::int as n from public.audit_logs`).toEqual([
        // A line for each month that went.
        { n: before[0]!.n - 2345 + 2 },
      ])
      expect(
        await db.sql`select 1 from pg_class where relnamespace = 'audit'::regnamespace and relkind = 'r'
          and relname = ${files[0]!.slice(0, 12)}`,
      ).toHaveLength(0)
      expect(await archiveAudit(sql, folder)).toEqual([])
    } finally {
      await sql.end()
    }
  })

  it('what cannot be written stays in the database', async () => {
    const sql = postgres(db.url, { max: 1, onnotice: () => {} })
    try {
      await db.sql`select private.make_audit_partitions((now() - interval '40 months')::date, 1)`
      await expect(archiveAudit(sql, '/dev/null/nowhere')).rejects.toThrow()
      expect(
        await db.sql`select 1 from pg_class where relnamespace = 'audit'::regnamespace and relkind = 'r'
          and to_date(substr(relname, 6), 'YYYY_MM') < now() - interval '39 months'
          and relname ~ '^logs_[0-9]{4}_[0-9]{2}$'`.then((rows) => rows.length),
      ).toBeGreaterThan(0)
    } finally {
      await sql.end()
    }
  })
})
