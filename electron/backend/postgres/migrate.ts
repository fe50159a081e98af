import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { Failure } from '../../../src/domain/failure.ts'
import { projectFile } from '../project-files.ts'

/** Of the eighteen migrations of the last preview, in their order: `previews.sql` knows the way from these. */
const previewChecksum = 'a76283f858be4064cce1dc4959734f60dca792259651ba142be36f41b510bef3'

const isPreview = (applied: ReadonlyMap<string, string | null>): boolean => {
  const hash = createHash('sha256')
  for (const [version, text] of [...applied].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${version}\0${text}\0`)
  return hash.digest('hex') === previewChecksum
}

const ofAPreview = (which: string): string =>
  `The database was made by a preview of Atelier ${which}. Move its folder away to begin anew.`

/**
 * Applies `<14 digits>_<name>.sql` files in order, each in one transaction, with the history table the
 * Supabase CLI keeps (`supabase_migrations.schema_migrations`), so that either may go on where the other
 * stopped. Answers the versions applied now. `own`: nobody but Atelier writes that history, so a migration
 * that has another text than when it was applied, or that is not here at all, is a schema that this Atelier does not
 * know; but for the last preview's, which is made today's. `through`: the last one that is applied.
 */
export const migrate = async (
  sql: Sql,
  folder: string,
  { own = false, through }: { own?: boolean; through?: string } = {},
): Promise<string[]> => {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text primary key, statements text[], name text
    );
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;`)
  const rows = await sql<
    { version: string; text: string | null }[]
  >`select version, statements[1] as text from supabase_migrations.schema_migrations`
  const applied = new Map(rows.map(({ version, text }) => [version, text]))
  if (own && isPreview(applied)) {
    const way = await readFile(projectFile('electron/backend/postgres/previews.sql'), 'utf8')
    await sql.begin((transaction) => transaction.unsafe(way))
    applied.clear()
  }
  const known = (await readdir(folder)).filter((name) => /^\d{14}_.+\.sql$/.test(name)).sort()
  const last = known.at(-1)?.slice(0, 14) ?? ''
  const strange = [...applied.keys()].find((version) =>
    known.every((file) => !file.startsWith(version)),
  )
  if (own && strange !== undefined && strange > last)
    throw new Failure(
      'backend.newer-database',
      `The database has ${strange}, which this Atelier does not know: a newer one made it.`,
    )
  if (own && strange !== undefined)
    throw new Failure('backend.failed-to-start', ofAPreview(`that had a ${strange}`))
  const files = known.filter((name) => through === undefined || name.slice(0, 14) <= through)
  const now: string[] = []
  for (const file of files) {
    const version = file.slice(0, 14)
    const text = await readFile(join(folder, file), 'utf8')
    if (applied.has(version)) {
      if (own && applied.get(version) !== text)
        throw new Failure('backend.failed-to-start', ofAPreview(`whose ${file} was another`))
      continue
    }
    await sql
      .begin(async (transaction) => {
        await transaction.unsafe(text)
        await transaction`
          insert into supabase_migrations.schema_migrations (version, name, statements)
          values (${version}, ${file.slice(15, -4)}, ${[text]})`
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        throw new Failure('backend.failed-to-start', `Migration ${file} failed: ${reason}`, {
          cause: error,
        })
      })
    now.push(version)
  }
  return now
}
