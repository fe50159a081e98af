import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import postgres, { type Sql } from 'postgres'

/*
 * Months of the audit log that are older than the platform keeps: each into a file of its own, and only when that
 * is on the disk off the database. Can be run again at any time: what an earlier run left half done is ended.
 */

const synced = async (path: string): Promise<void> => {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

/** @returns the files, `<folder>/logs_2026_01.jsonl.gz`, one row a line, with their number of rows */
export const archiveAudit = async (
  sql: Sql,
  folder: string,
): Promise<{ file: string; rows: number }[]> => {
  await mkdir(folder, { recursive: true })
  await sql`select private.detach_old_audit()`
  const months = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'audit'::regnamespace and c.relkind = 'r' and c.relname ~ '^logs_[0-9]{4}_[0-9]{2}$'
      and not exists (select from pg_inherits i where i.inhrelid = c.oid)
    order by 1`
  const archived: { file: string; rows: number }[] = []
  for (const { name } of months) {
    const file = join(folder, `${name}.jsonl.gz`)
    const gzip = createGzip()
    const output = gzip.pipe(createWriteStream(`${file}.partial`, { mode: 0o600 }))
    let rows = 0
    const pages = sql<{ line: string }[]>`
      select to_jsonb(l)::text as line from audit.${sql(name)} l order by l.id`.cursor(1000)
    for await (const page of pages) {
      rows += page.length
      if (!gzip.write(page.map(({ line }) => `${line}\n`).join(''))) await once(gzip, 'drain')
    }
    gzip.end()
    await finished(output)
    await synced(`${file}.partial`)
    await rename(`${file}.partial`, file)
    await synced(folder)
    await sql`drop table audit.${sql(name)}`
    archived.push({ file, rows })
  }
  return archived
}

if (import.meta.main) {
  const [url, folder] = process.argv.slice(2)
  if (!url || !folder) {
    console.error('npm run audit:archive -- <connection URL> <folder>')
    process.exit(2)
  }
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const archived = await archiveAudit(sql, folder)
    for (const { file, rows } of archived) console.log(`${rows} rows in ${file}`)
    if (archived.length === 0) console.log('Nothing is older than the platform keeps.')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  } finally {
    await sql.end()
  }
}
