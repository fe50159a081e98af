import { type FileHandle, open, readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { migrate } from '../postgres/migrate.ts'
import { lastOfPreview } from '../postgres/previews.ts'
import { projectFile } from '../project-files.ts'
import { differencesFrom, rowDifferences, unreadable } from './compare.ts'
import {
  connect,
  type Manifest,
  migrationsOf,
  objectFile,
  Refusal,
  readManifest,
  requireRights,
  type Storage,
  sha256OfFile,
  storageClient,
  tableFile,
  tablesOf,
} from './manifest.ts'
import { inOneForm } from './one-form.ts'

export type RestoreOptions = {
  databaseUrl: string
  folder: string
  storage?: Storage
  /**
   * Of the same installation, into a database that lies beside its objects: the schema stays at what the copy was made
   * of, whose later migrations then find the rows they are for, and the catalogue is another PostgreSQL's.
   */
  own?: boolean
}

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

const requireWhole = async (folder: string, known: Manifest, objects: boolean): Promise<void> => {
  const files = [
    ...known.tables.map(({ name, sha256: hash }) => ({ path: tableFile(folder, name), hash })),
    ...(objects ? known.objects : []).map(({ sha256: hash }) => ({
      path: objectFile(folder, hash),
      hash,
    })),
  ]
  for (const { path, hash } of files)
    if ((await sha256OfFile(path).catch(() => null)) !== hash)
      throw new Refusal(
        'backup.damaged',
        `${path} is not what the backup was made with. Nothing was restored; take another backup.`,
      )
}

/** Whether it is a place to restore into, and we may: all of it before the first row. */
const requireEmpty = async (sql: Sql): Promise<void> => {
  const [platform] = await sql<{ is: boolean }[]>`
    select to_regclass('auth.users') is not null and to_regclass('storage.objects') is not null as is`
  if (!platform?.is)
    throw new Refusal(
      'backup.no-platform',
      'This database has no auth and storage schema: restore into a Supabase project, or an embedded backend that was started once.',
    )
  const [people] = await sql<{ some: boolean }[]>`select exists (select from auth.users) as some`
  if (people?.some)
    throw new Refusal(
      'backup.not-empty',
      'There are accounts in this database: it is not empty. Restore into a new project.',
    )
  await sql
    .begin((transaction) => transaction`set local session_replication_role = replica`)
    .catch((cause: unknown) => {
      throw new Refusal(
        'backup.denied',
        'This role may not set session_replication_role, without which guards and the log would change what is restored. Connect as hosted Supabase’s postgres or a superuser, or let one say: grant set on parameter session_replication_role to <role>.',
        { cause },
      )
    })
}

/** A preview's rows have the shape of its schema, which is laid first and made today's once they are in. */
const isOfPreview = ({ migrations }: Manifest): boolean => migrations.at(-1) === lastOfPreview

/** @throws Refusal where the schema of another version is there already */
const requireNoOther = async (sql: Sql, known: Manifest): Promise<void> => {
  const there = (await migrationsOf(sql)).filter((version) => !known.migrations.includes(version))
  if (there.length > 0)
    throw new Refusal(
      'backup.other-schema',
      `The backup was made by a preview of Atelier, and this database has ${there[0]} of today’s. Restore it into a project without any migrations; or open the folder that it was made of with this version.`,
    )
}

/** @throws Refusal when the target lacks a table or column that the backup has */
const requireShape = async (sql: Sql, known: Manifest): Promise<void> => {
  const there = new Map(
    (await tablesOf(sql, known.scope)).map(({ name, columns }) => [name, columns]),
  )
  const missing = known.tables.flatMap(({ name, columns }) => {
    const found = there.get(name)
    return found
      ? columns.filter((column) => !found.includes(column)).map((column) => `${name}.${column}`)
      : [name]
  })
  if (missing.length > 0)
    throw new Refusal(
      'backup.other-schema',
      `The target has no ${missing.join(', ')}: it is older than what the backup was made of. Update it first.`,
    )
}

const fill = async (sql: Sql, folder: string, { name, columns }: Manifest['tables'][number]) => {
  const list = columns.join(', ')
  // Ids of transactions are the cluster's own: to clients everything here is new.
  const values = columns
    .map((column) => (column === 'changed_xid' ? 'pg_current_xact_id()' : column))
    .join(', ')
  const file = await open(tableFile(folder, name))
  let batch: string[] = []
  const put = async () => {
    if (batch.length)
      await sql.unsafe(
        `insert into ${name} (${list}) overriding system value
         select ${values} from jsonb_populate_recordset(null::${name}, $1::text::jsonb)`,
        [`[${batch.join(',')}]`],
      )
    batch = []
  }
  for await (const line of linesOf(file)) if (batch.push(line) >= 500) await put()
  await put()
}

/**
 * Into a database that has the platform's own schemas (a new project, or a new embedded one) and nothing of
 * anybody's. Answers what differs from the backup afterwards; an empty list is a whole restore.
 * @throws Refusal before anything is changed
 */
export const restore = async (
  options: RestoreOptions,
  tell: (line: string) => void = () => {},
): Promise<string[]> => {
  const { folder } = options
  const known = await readManifest(folder)
  await requireWhole(folder, known, options.storage !== undefined)
  const sql = await connect(options.databaseUrl)
  try {
    await requireEmpty(sql)
    const folderOfMigrations = projectFile('supabase/migrations')
    const ofPreview = isOfPreview(known)
    if (ofPreview) await requireNoOther(sql, known)
    const through = options.own || ofPreview ? known.migrations.at(-1) : undefined
    await migrate(sql, folderOfMigrations, through ? { through } : {})
    await requireShape(sql, known)
    // Objects' bytes go in by the Storage API, which makes its own rows of them.
    const tables = known.tables.filter(
      ({ name }) => !(options.storage && name === 'storage.objects'),
    )
    await requireRights(sql, tables, 'select, insert, delete')
    await inOneForm(sql, 'read write', async (target) => {
      // Keys, guards and the log's own triggers are for the living; the rows were right when they were written.
      await target`set local session_replication_role = replica`
      for (const { name } of tables) await target.unsafe(`delete from ${name}`)
      for (const table of tables) await fill(target, folder, table)
      for (const { name, value } of known.sequences)
        if (value !== null) await target`select setval(${name}::regclass, ${value}::bigint)`
    })
    tell(`${known.tables.length} tables`)
    // Before the way to today's, which mends some of them.
    const isElsewhere = (relation: string) =>
      relation === 'storage.objects' && options.storage !== undefined
    const differences = ofPreview ? await rowDifferences(known, sql, isElsewhere) : []
    if (ofPreview && !options.own) await migrate(sql, folderOfMigrations, { own: true })
    if (options.storage) {
      const { storage } = storageClient(options.storage)
      for (const { bucket, name, sha256: hash, type } of known.objects) {
        const bytes = await readFile(objectFile(folder, hash))
        const { error } = await storage.from(bucket).upload(name, bytes, { contentType: type })
        if (error)
          throw new Refusal(
            'backup.object-refused',
            `${bucket}/${name} could not be stored: ${error.message}. The rows are restored; begin anew with an empty project.`,
          )
      }
      tell(`${known.objects.length} objects`)
    }
    if (ofPreview)
      return options.own
        ? differences
        : [...differences, ...(await unreadable(known, sql, options.storage))]
    return options.own
      ? await rowDifferences(known, sql)
      : await differencesFrom(known, sql, options.storage)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
