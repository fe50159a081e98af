import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres, { type Sql } from 'postgres'
import { z } from 'zod'
import { migrate } from '../electron/backend/postgres/migrate.ts'
import { root } from './run.ts'

/*
 * A whole backup: every row, as a line of JSON, in one snapshot (the schema itself comes from the migrations,
 * so no pg_dump of the right version is needed), every stored object, and the master key under a passphrase.
 * supabase/backup.md says what protects what.
 */

export type Storage = { url: string; secretKey: string }
export type BackupOptions = {
  databaseUrl: string
  folder: string
  storage?: Storage
  /** The master key and the passphrase it is kept under. */
  escrow?: { masterKey: string; passphrase: string }
}

const table = z.object({ name: z.string(), columns: z.array(z.string()) })
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
  digests: z.array(digest),
  catalogue: z.record(z.string(), z.array(z.string())),
  objects: z.array(object),
})
export type Manifest = z.infer<typeof manifest>

/** Tables whose rows are the platform's, by schema; everything of ours, and what of auth and storage is ours. */
const wanted = `
  n.nspname in ('public', 'private') and c.relname not in ('supplied_keys')
    or n.nspname = 'auth' and c.relname in ('users', 'identities', 'sessions', 'refresh_tokens')
    or n.nspname = 'storage' and c.relname in ('buckets', 'objects')`

const tablesOf = (sql: Sql) =>
  // A partitioned table is copied as one: the target's partitions may be others.
  sql.unsafe<{ name: string; columns: string[] }[]>(`
    select format('%I.%I', n.nspname, c.relname) as name,
      (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and (${wanted}) order by 1`)

const sequencesOf = (sql: Sql) =>
  sql.unsafe<{ name: string; value: string | null }[]>(`
    select format('%I.%I', schemaname, sequencename) as name, last_value::text as value
    from pg_sequences where schemaname in ('public', 'private') order by 1`)

/** Row counts and digests without the partitions' names, which depend on the day. */
const digestsOf = async (sql: Sql) =>
  z.array(digest).parse(
    await sql.unsafe(`
      select relation, row_count, digest from private.table_digests() where relation not like 'audit.%'
      union all
      select 'audit log', count(*), md5(coalesce(string_agg(md5(l::text), '' order by md5(l::text)), '')) from public.audit_logs l
      union all
      select 'accounts', count(*), md5(coalesce(string_agg(md5(u.id::text || coalesce(u.email, '')), '' order by u.id), '')) from auth.users u
      order by 1`),
  )

/** What rows alone do not bring back: a restore without it looks whole and is not. */
const catalogueOf = async (sql: Sql): Promise<Record<string, string[]>> => {
  const list = async (query: string): Promise<string[]> =>
    (await sql.unsafe<{ line: string }[]>(query)).map(({ line }) => line)
  return {
    policies: await list(
      `select format('%s.%s %s %s %s %s', schemaname, tablename, policyname, cmd, qual, with_check) as line
       from pg_policies where schemaname in ('public', 'storage', 'realtime') order by 1`,
    ),
    triggers: await list(
      `select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
       where not t.tgisinternal and n.nspname in ('public', 'private', 'auth') and not c.relispartition order by 1`,
    ),
    publications: await list(
      `select format('%s %s.%s', pubname, schemaname, tablename) as line from pg_publication_tables order by 1`,
    ),
    functions: await list(
      `select format('%s %s', p.oid::regprocedure, md5(p.prosrc)) as line from pg_proc p
       where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) order by 1`,
    ),
  }
}

const sealKey = ({ masterKey, passphrase }: { masterKey: string; passphrase: string }): string => {
  const [salt, iv] = [randomBytes(16), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32), iv)
  const sealed = Buffer.concat([cipher.update(masterKey, 'utf8'), cipher.final()])
  return [salt, iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64')).join('\n')
}

export const openKey = async (folder: string, passphrase: string): Promise<string> => {
  const parts = (await readFile(join(folder, 'key.escrow'), 'utf8'))
    .split('\n')
    .map((line) => Buffer.from(line, 'base64'))
  const [salt, iv, tag, sealed] = parts
  if (!salt || !iv || !tag || !sealed) throw new Error('The escrowed key is damaged.')
  const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32), iv)
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
}

const storageClient = ({ url, secretKey }: Storage): SupabaseClient =>
  createClient(url, secretKey, { auth: { persistSession: false, autoRefreshToken: false } })

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const fileOf = (folder: string, name: string): string => join(folder, 'tables', `${name}.jsonl`)

export const backup = async (
  options: BackupOptions,
  tell: (line: string) => void = () => {},
): Promise<Manifest> => {
  const { folder } = options
  await mkdir(join(folder, 'tables'), { recursive: true })
  if ((await readdir(folder)).includes('manifest.json'))
    throw new Error(`${folder} holds a backup already.`)
  const sql = postgres(options.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    // One snapshot for everything; the objects' names are read in it too.
    const rows = await sql.begin('isolation level repeatable read', async (transaction) => {
      const snapshot = transaction as unknown as Sql
      const tables = await tablesOf(snapshot)
      for (const { name } of tables) {
        const file = await open(fileOf(folder, name), 'w')
        for await (const rows of snapshot
          .unsafe<{ line: string }[]>(`select to_jsonb(t)::text as line from ${name} t`)
          .cursor(500))
          await file.write(rows.map(({ line }) => `${line}\n`).join(''))
        await file.close()
      }
      const [version] = await snapshot<{ version: string }[]>`select version()`
      return {
        tables: tables.map(({ name, columns }) => ({ name, columns })),
        sequences: (await sequencesOf(snapshot)).map((each) => ({ ...each })),
        digests: await digestsOf(snapshot),
        catalogue: await catalogueOf(snapshot),
        server: version?.version ?? '',
        names: await snapshot<{ bucket: string; name: string; type: string | null }[]>`
          select bucket_id as bucket, name, metadata ->> 'mimetype' as type from storage.objects order by 1, 2`,
      }
    })
    tell(
      `${rows.tables.length} tables, ${rows.digests.reduce((sum, each) => sum + each.row_count, 0)} rows`,
    )
    const { names, ...rest } = rows
    const objects: Manifest['objects'] = []
    if (options.storage) {
      const { storage } = storageClient(options.storage)
      for (const { bucket, name, type } of names) {
        const { data, error } = await storage.from(bucket).download(name)
        if (error) throw new Error(`${bucket}/${name}: ${error.message}`)
        const bytes = Buffer.from(await data.arrayBuffer())
        // By content: names of objects may be longer or odder than a disk allows.
        const hash = sha256(bytes)
        const path = join(folder, 'objects', hash)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, bytes)
        objects.push({ bucket, name, sha256: hash, type: type ?? 'application/octet-stream' })
      }
      tell(`${objects.length} objects`)
    }
    if (options.escrow)
      await writeFile(join(folder, 'key.escrow'), sealKey(options.escrow), { mode: 0o600 })
    const made: Manifest = { made: new Date().toISOString(), ...rest, objects }
    // Last: a folder without a manifest is no backup.
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(made, null, 2))
    return made
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * Into a database that has the platform's own schemas (a new project, or a new embedded one) and nothing of
 * anybody's. Answers what differs from the backup afterwards; an empty list is a whole restore.
 */
/** By line feeds alone: JSON may hold other characters that readline takes for the end of a line. */
async function* linesOf(file: FileHandle): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of file.createReadStream({ encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest) yield rest
}

export const restore = async (
  options: Omit<BackupOptions, 'escrow'>,
  tell: (line: string) => void = () => {},
): Promise<string[]> => {
  const { folder } = options
  const known = manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
  const sql = postgres(options.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    await migrate(sql, join(root, 'supabase/migrations'))
    const [people] = await sql<{ some: boolean }[]>`select exists (select from auth.users) as some`
    if (people?.some) throw new Error('There are accounts in this database: it is not empty.')
    await sql.begin(async (transaction) => {
      const target = transaction as unknown as Sql
      // Keys, guards and the log's own triggers are for the living; the rows were right when they were written.
      await target`set local session_replication_role = replica`
      await target.unsafe(`truncate ${known.tables.map(({ name }) => name).join(', ')} cascade`)
      for (const { name, columns } of known.tables) {
        const file = await open(fileOf(folder, name))
        let batch: string[] = []
        const put = async () => {
          const list = columns.join(', ')
          if (batch.length)
            await target.unsafe(
              `insert into ${name} (${list}) overriding system value
               select ${list} from jsonb_populate_recordset(null::${name}, $1::text::jsonb)`,
              [`[${batch.join(',')}]`],
            )
          batch = []
        }
        for await (const line of linesOf(file)) if (batch.push(line) >= 500) await put()
        await put()
      }
      for (const { name, value } of known.sequences)
        if (value !== null) await target.unsafe(`select setval('${name}', ${value})`)
    })
    tell(`${known.tables.length} tables`)
    if (options.storage) {
      const { storage } = storageClient(options.storage)
      // The rows came with the database; the bytes go in by the Storage API, which makes its own rows.
      await sql`delete from storage.objects`
      for (const { bucket, name, sha256: hash, type } of known.objects) {
        const bytes = await readFile(join(folder, 'objects', hash))
        const { error } = await storage.from(bucket).upload(name, bytes, { contentType: type })
        if (error) throw new Error(`${bucket}/${name}: ${error.message}`)
      }
      tell(`${known.objects.length} objects`)
    }
    const differences: string[] = []
    const now = await digestsOf(sql)
    for (const { relation, row_count, digest: was } of known.digests) {
      // Rows of objects are the Storage server's own after an upload: their bytes are compared instead.
      if (relation === 'storage.objects' && options.storage) continue
      const is = now.find((each) => each.relation === relation)
      if (is?.digest !== was)
        differences.push(`${relation}: ${row_count} rows, now ${is?.row_count ?? 'none'}`)
    }
    const catalogue = await catalogueOf(sql)
    for (const [kind, lines] of Object.entries(known.catalogue))
      for (const line of lines)
        if (!catalogue[kind]?.includes(line)) differences.push(`${kind}: ${line} is missing`)
    if (options.storage) {
      const { storage } = storageClient(options.storage)
      for (const { bucket, name, sha256: hash } of known.objects) {
        const { data } = await storage.from(bucket).download(name)
        if (!data || sha256(Buffer.from(await data.arrayBuffer())) !== hash)
          differences.push(`object ${bucket}/${name}`)
      }
    }
    return differences
  } finally {
    await sql.end({ timeout: 5 })
  }
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, folder: { type: 'string' }, storage: { type: 'string' } },
  })
  const { ATELIER_SECRET_KEY, ATELIER_MASTER_KEY, ATELIER_ESCROW_PASSPHRASE } = process.env
  const [command] = positionals
  const url = values.url ?? process.env.ATELIER_DATABASE_URL
  if (!url || !values.folder || (command !== 'backup' && command !== 'restore')) {
    console.error(
      'npm run db:backup|db:restore -- --url <database> --folder <backup> [--storage <project URL>]',
    )
    console.error(
      'From the environment: ATELIER_DATABASE_URL instead of --url; ATELIER_SECRET_KEY for the storage; ATELIER_MASTER_KEY and ATELIER_ESCROW_PASSPHRASE for the key.',
    )
    process.exit(2)
  }
  const options = {
    databaseUrl: url,
    folder: values.folder,
    ...(values.storage && ATELIER_SECRET_KEY
      ? { storage: { url: values.storage, secretKey: ATELIER_SECRET_KEY } }
      : {}),
  }
  if (!options.storage)
    console.log('Without --storage and ATELIER_SECRET_KEY: rows only, no objects.')
  if (command === 'backup') {
    const escrow =
      ATELIER_MASTER_KEY && ATELIER_ESCROW_PASSPHRASE
        ? { masterKey: ATELIER_MASTER_KEY, passphrase: ATELIER_ESCROW_PASSPHRASE }
        : undefined
    if (!escrow)
      console.log(
        'Without a master key and a passphrase: what is sealed stays sealed for ever if the key is lost.',
      )
    await backup({ ...options, ...(escrow ? { escrow } : {}) }, console.log)
    console.log(`Backup in ${values.folder}`)
  } else {
    const differences = await restore(options, console.log)
    for (const line of differences) console.error(`differs: ${line}`)
    console.log(
      differences.length ? 'Restored, but not whole.' : 'Restored, and equal to the backup.',
    )
    process.exitCode = differences.length ? 1 : 0
  }
}
