import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql, TransactionSql } from 'postgres'
import { Failure } from '../../../src/domain/failure.ts'
import {
  isPreview,
  lastOfPreview,
  type Migration,
  previewMigrations,
  wayToToday,
} from './previews.ts'

const ofAPreview = (which: string): string =>
  `The database was made by a preview of Atelier ${which}. Move its folder away to begin anew.`

const fileOf = ({ version, name }: Migration): string => `${version}_${name}.sql`

const migrationsIn = async (folder: string): Promise<Migration[]> => {
  const files = (await readdir(folder)).filter((name) => /^\d{14}_.+\.sql$/.test(name)).sort()
  return Promise.all(
    files.map(async (file) => ({
      version: file.slice(0, 14),
      name: file.slice(15, -4),
      text: await readFile(join(folder, file), 'utf8'),
    })),
  )
}

/** All or nothing of it, and who reads of a failure learns which file it was. */
const inOneStep = async (
  sql: Sql,
  file: string,
  work: (transaction: TransactionSql) => Promise<unknown>,
): Promise<void> => {
  await sql.begin(work).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Failure('backend.failed-to-start', `Migration ${file} failed: ${reason}`, {
      cause: error,
    })
  })
}

export type MigrateOptions = {
  /**
   * Nobody but Atelier writes that history, so a migration that has another text than when it was applied, or that is
   * not here at all, is a schema that this Atelier does not know; but for the last preview's, which is made today's.
   */
  own?: boolean
  /** The last one that is applied. The last preview's is its schema, whatever the folder has. */
  through?: string
  /** Before the last preview's schema is made today's, which it is for good. */
  beforePreviewEnds?: () => Promise<void>
}

/**
 * Applies `<14 digits>_<name>.sql` files in order, each in one transaction, with the history table the
 * Supabase CLI keeps (`supabase_migrations.schema_migrations`), so that either may go on where the other
 * stopped. Answers the versions applied now.
 */
export const migrate = async (
  sql: Sql,
  folder: string,
  { own = false, through, beforePreviewEnds }: MigrateOptions = {},
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
  const ofPreview = through === lastOfPreview
  if (own && !ofPreview && isPreview(applied)) {
    await beforePreviewEnds?.()
    const way = await wayToToday()
    await inOneStep(sql, 'previews.sql', (transaction) => transaction.unsafe(way))
    applied.clear()
  }
  const known = ofPreview ? await previewMigrations() : await migrationsIn(folder)
  const last = known.at(-1)?.version ?? ''
  const strange = [...applied.keys()].find((version) =>
    known.every((migration) => migration.version !== version),
  )
  if (own && strange !== undefined && strange > last)
    throw new Failure(
      'backend.newer-database',
      `The database has ${strange}, which this Atelier does not know: a newer one made it.`,
    )
  if (own && strange !== undefined)
    throw new Failure('backend.failed-to-start', ofAPreview(`that had a ${strange}`))
  const now: string[] = []
  for (const migration of known) {
    const { version, name, text } = migration
    if (through !== undefined && version > through) break
    if (applied.has(version)) {
      if (own && applied.get(version) !== text)
        throw new Failure(
          'backend.failed-to-start',
          ofAPreview(`whose ${fileOf(migration)} was another`),
        )
      continue
    }
    await inOneStep(sql, fileOf(migration), async (transaction) => {
      await transaction.unsafe(text)
      await transaction`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${version}, ${name}, ${[text]})`
    })
    now.push(version)
  }
  return now
}
