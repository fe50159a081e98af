import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres, { type Sql } from 'postgres'
import { z } from 'zod'

/** What a person can do something about: a sentence and a way out, and nothing was changed. */
export class Refusal extends Error {
  readonly code: `backup.${string}`
  constructor(code: Refusal['code'], sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}

export type Storage = { url: string; secretKey: string }

/** `sha256`: of the table's file. */
const table = z.object({ name: z.string(), columns: z.array(z.string()), sha256: z.string() })
const digest = z.object({ relation: z.string(), row_count: z.coerce.number(), digest: z.string() })
const object = z.object({
  bucket: z.string(),
  name: z.string(),
  sha256: z.string(),
  type: z.string(),
})
const manifest = z.object({
  made: z.string(),
  server: z.string(),
  tables: z.array(table),
  sequences: z.array(z.object({ name: z.string(), value: z.coerce.string().nullable() })),
  /** In which form the rows were read (one-form.ts); null, of an older backup: as that server happened to write them. */
  form: z.number().int().nullable().default(null),
  digests: z.array(digest),
  catalogue: z.record(z.string(), z.array(z.string())),
  objects: z.array(object),
  /** Versions of the schema, in their order; of an older Atelier's backup nobody knows. */
  migrations: z.array(z.string()).default([]),
  /** `installation`: also what only the same installation may have again. */
  scope: z.enum(['team', 'installation']).default('team'),
})
export type Scope = z.infer<typeof manifest>['scope']
export type Manifest = z.infer<typeof manifest>
export type Table = { name: string; columns: string[] }

/** @throws Refusal when the folder holds no whole backup */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => {
    throw new Refusal(
      'backup.none',
      `${folder} holds no whole backup: its manifest.json, which is written last, is not there.`,
    )
  })
  try {
    return manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new Refusal(
      'backup.damaged',
      'The backup’s manifest.json is damaged. Take another one.',
      {
        cause,
      },
    )
  }
}

export const tableFile = (folder: string, name: string): string =>
  join(folder, 'tables', `${name}.jsonl`)
export const objectFile = (folder: string, sha256: string): string =>
  join(folder, 'objects', sha256)

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')
export const sha256OfFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export const storageClient = ({ url, secretKey }: Storage): SupabaseClient =>
  createClient(url, secretKey, { auth: { persistSession: false, autoRefreshToken: false } })

/** @throws Refusal when nobody answers, or not to us */
export const connect = async (url: string): Promise<Sql> => {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 15 })
  try {
    await sql`select 1`
    return sql
  } catch (cause) {
    await sql.end({ timeout: 1 })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Refusal('backup.no-database', `The database cannot be reached: ${reason}`, { cause })
  }
}

/**
 * Of the auth server's tables, those that are not carried over: whatever lasts minutes, its own bookkeeping, and
 * sessions. A backup with refresh tokens would be a bundle of open doors; people sign in again after a restore.
 */
const leftOutOfAuth = [
  ...['schema_migrations', 'instances'],
  ...['sessions', 'refresh_tokens', 'mfa_amr_claims'],
  ...[
    'flow_state',
    'saml_relay_states',
    'mfa_challenges',
    'webauthn_challenges',
    'one_time_tokens',
  ],
  ...['oauth_authorizations', 'oauth_client_states'],
]

/** Of the same installation: who is signed in stays so, and what was done stays done. */
const leftOutOfOwn = ['schema_migrations', 'instances']

export const tablesOf = async (sql: Sql, scope: Scope = 'team'): Promise<Table[]> =>
  // A partitioned table is copied as one: the target's partitions may be others.
  (
    await sql<Table[]>`
      select format('%I.%I', n.nspname, c.relname) as name,
        (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and (
        n.nspname in ('public', 'private') and c.relname <> all (${scope === 'team' ? ['supplied_keys', 'jobs'] : ['supplied_keys']})
        or n.nspname = 'auth' and c.relname <> all (${scope === 'team' ? leftOutOfAuth : leftOutOfOwn})
        or n.nspname = 'storage' and c.relname in ('buckets', 'objects'))
      order by 1`
  ).map(({ name, columns }) => ({ name, columns }))

/** @throws Refusal naming what this role may not do, before anything is done */
export const requireRights = async (
  sql: Sql,
  tables: readonly Table[],
  rights: 'select' | 'select, insert, delete',
): Promise<void> => {
  const [role] = await sql<{ name: string; sees: boolean }[]>`
    select rolname as name, rolsuper or rolbypassrls as sees from pg_roles where rolname = current_user`
  const way =
    'Connect as the role that deploys the migrations (hosted: postgres), or as a superuser.'
  if (!role?.sees)
    throw new Refusal(
      'backup.sees-a-part',
      `${role?.name} sees only the rows that policies show it: that would be no backup. ${way}`,
    )
  const wanted = rights.split(', ')
  const denied = await sql<{ name: string }[]>`
    select t as name from unnest(${tables.map(({ name }) => name)}::text[]) t
    where not (select bool_and(has_table_privilege(t, r)) from unnest(${wanted}::text[]) r)`
  if (denied.length > 0)
    throw new Refusal(
      'backup.denied',
      `${role.name} may not ${rights.replaceAll(', ', '/')} ${denied.map(({ name }) => name).join(', ')}. ${way}`,
    )
}

/** A project whose schema nobody made by migrations has none. */
export const migrationsOf = async (sql: Sql): Promise<string[]> => {
  const [made] = await sql<{ is: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as is`
  if (!made?.is) return []
  const rows = await sql<{ version: string }[]>`
    select version from supabase_migrations.schema_migrations order by version`
  return rows.map(({ version }) => version)
}

export const sequencesOf = async (sql: Sql): Promise<Manifest['sequences']> =>
  (
    await sql<{ name: string; value: string | null }[]>`
      select format('%I.%I', schemaname, sequencename) as name, last_value::text as value
      from pg_sequences where schemaname in ('public', 'private') order by 1`
  ).map(({ name, value }) => ({ name, value }))

/**
 * Row counts and digests, of the columns the backup holds. Without the partitions' names, which depend on the day,
 * and without `changed_xid`, which is the cluster's own.
 */
export const digestsOf = async (
  sql: Sql,
  tables: readonly Table[],
  progressed: () => void = () => {},
): Promise<Manifest['digests']> => {
  const digests: Manifest['digests'] = []
  for (const { name, columns } of tables) {
    if (name === 'private.backup_checks') continue
    const [row] = await sql.unsafe(
      `select count(*) as row_count, md5(coalesce(string_agg(md5(r), '' order by md5(r) collate "C"), '')) as digest
       from (select (to_jsonb(t) - 'changed_xid' - (
         select coalesce(array_agg(a.attname::text), '{}') from pg_attribute a
         where a.attrelid = $1::regclass and a.attnum > 0 and not quote_ident(a.attname) = any ($2::text[])
       ))::text as r from ${name} t) x`,
      [name, columns],
    )
    digests.push(digest.parse({ ...row, relation: name }))
    progressed()
  }
  return digests
}
