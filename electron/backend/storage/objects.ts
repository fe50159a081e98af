import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, open, rm } from 'node:fs/promises'
import type { Sql, TransactionSql } from 'postgres'
import { z } from 'zod'
import type { Access, Identity } from './access.ts'
import { asStorageError, refusals } from './errors.ts'
import type { Files } from './files.ts'
import { grouped } from './grouped.ts'

export type ObjectMetadata = {
  readonly eTag: string
  /** Bytes. */
  readonly size: number
  readonly mimetype: string
  readonly cacheControl: string
  /** ISO 8601. */
  readonly lastModified: string
  readonly contentLength: number
  readonly httpStatusCode: number
}

export type StoredObject = {
  readonly id: string
  readonly bucket_id: string
  readonly name: string
  readonly version: string
  readonly created_at: Date | string
  readonly updated_at: Date | string
  readonly metadata: ObjectMetadata
  readonly user_metadata: Record<string, unknown> | null
}

/** A complete, fsynced file waiting to become an object. */
export type ReceivedFile = {
  readonly path: string
  readonly size: number
  readonly eTag: string
  readonly mediaType: string
  readonly cacheControl: string
  readonly userMetadata: Record<string, unknown> | null
}

export type Objects = {
  /** @throws StorageError NoSuchKey when the row is absent or hidden by a policy */
  find(identity: Identity, operation: string, bucket: string, key: string): Promise<StoredObject>
  /** Without policies: for public buckets and signed URLs, whose right was checked otherwise. */
  findTrusted(bucket: string, key: string): Promise<StoredObject>
  visibleNames(identity: Identity, bucket: string, keys: readonly string[]): Promise<Set<string>>
  /** Asks the policies whether this upload would be let in, by an INSERT that is rolled back. */
  probe(
    identity: Identity,
    operation: string,
    bucket: string,
    key: string,
    upsert: boolean,
  ): Promise<void>
  /**
   * Bytes first, then the row: on return both are there; on a throw there is no row, and the file is
   * back at `file.path`, the caller's to remove.
   */
  store(
    identity: Identity,
    operation: string,
    target: { bucket: string; key: string; upsert: boolean },
    file: ReceivedFile,
  ): Promise<{ Id: string; Key: string }>
  move(
    identity: Identity,
    from: { bucket: string; key: string },
    to: { bucket: string; key: string },
  ): Promise<string>
  copy(
    identity: Identity,
    from: { bucket: string; key: string },
    to: { bucket: string; key: string; upsert: boolean },
  ): Promise<{ Id: string; Key: string }>
  remove(identity: Identity, bucket: string, keys: readonly string[]): Promise<object[]>
}

// Hosted Storage takes this subset of ASCII and nothing else; taking more here would hide the trouble.
const keyAlphabet = /^[\w/!\-.*'() &$@=;:+,?]+$/

/** @throws StorageError InvalidKey for empty, over-long, absolute, climbing or non-ASCII keys */
export const checkKey = (key: string): void => {
  const segments = key.split('/')
  const refused =
    key.length > 1024 ||
    !keyAlphabet.test(key) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  if (refused) throw refusals.invalidKey(key)
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ownerOf = (identity: Identity): string | null =>
  identity.subject !== null && uuid.test(identity.subject) ? identity.subject : null

const replacedRow = z.object({ replaced_id: z.string(), replaced_version: z.string() })
type Replaced = z.infer<typeof replacedRow>
/** As `embedded.store_new_objects` takes it. */
type NewRow = {
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly owner: string | null
  readonly version: string
  readonly metadata: ObjectMetadata
  readonly user_metadata: Record<string, unknown> | null
}

export const createObjects = (sql: Sql, access: Access, files: Files): Objects => {
  const columns = sql.unsafe(
    'id, bucket_id, name, version, created_at, updated_at, metadata, user_metadata',
  )

  const insert = (
    transaction: TransactionSql,
    identity: Identity,
    target: { bucket: string; key: string; upsert: boolean },
    row: { id: string; version: string; metadata: string | null; userMetadata: string | null },
  ) =>
    // No RETURNING: it would ask for SELECT too, and an INSERT policy alone must be enough.
    transaction`
      insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
      values (${row.id}, ${target.bucket}, ${target.key}, ${ownerOf(identity)}, ${identity.subject},
        ${row.version}, ${row.metadata}::text::jsonb, ${row.userMetadata}::text::jsonb)
      ${
        target.upsert
          ? transaction`on conflict (bucket_id, name) do update set
              version = excluded.version, metadata = excluded.metadata,
              user_metadata = excluded.user_metadata, owner = excluded.owner,
              owner_id = excluded.owner_id, updated_at = now()`
          : transaction``
      }`

  const storeOne = async (
    identity: Identity,
    operation: string,
    { id, bucket, key, owner, version, metadata, user_metadata }: NewRow,
    upsert: boolean,
  ): Promise<Replaced | null> => {
    const [row] = await sql`
      select * from embedded.store_object(${identity.role}, ${identity.subject},
        ${JSON.stringify(identity.claims)}::text::jsonb, ${operation}, ${bucket}, ${key}, ${upsert}, ${id},
        ${owner}, ${version}, ${JSON.stringify(metadata)}::text::jsonb,
        ${user_metadata === null ? null : JSON.stringify(user_metadata)}::text::jsonb)`
    return replacedRow.safeParse(row).data ?? null
  }

  /** By who asks and for what: a transaction is one person's. */
  const groups = new WeakMap<Identity, Map<string, (row: NewRow) => Promise<void>>>()
  /** Rows of one person that come at once go in one transaction, so that a thousand small files cost less than that many. */
  const storeNew = (identity: Identity, operation: string, row: NewRow): Promise<void> => {
    const own = groups.get(identity) ?? new Map<string, (row: NewRow) => Promise<void>>()
    groups.set(identity, own)
    const store =
      own.get(operation) ??
      grouped<NewRow, void>(
        async (rows) => {
          await sql`
            select embedded.store_new_objects(${identity.role}, ${identity.subject},
              ${JSON.stringify(identity.claims)}::text::jsonb, ${operation}, ${JSON.stringify(rows)}::text::jsonb)`
          return []
        },
        async (alone) => void (await storeOne(identity, operation, alone, false)),
        (error) => asStorageError(error).statusCode < 500,
      )
    own.set(operation, store)
    return store(row)
  }

  const objects: Objects = {
    async find(identity, operation, bucket, key) {
      const rows = await sql<StoredObject[]>`
        select ${columns} from embedded.find_object(${identity.role}, ${identity.subject},
          ${JSON.stringify(identity.claims)}::text::jsonb, ${operation}, ${bucket}, ${key})`
      const row = rows[0]
      if (!row) throw refusals.objectNotFound()
      return row
    },

    async findTrusted(bucket, key) {
      const rows = await sql<StoredObject[]>`
        select ${columns} from storage.objects where bucket_id = ${bucket} and name = ${key}`
      const row = rows[0]
      if (!row) throw refusals.objectNotFound()
      return row
    },

    async visibleNames(identity, bucket, keys) {
      const rows = await access.as(
        identity,
        'storage.object.sign_many',
        (transaction) => transaction<{ name: string }[]>`
          select name from storage.objects
          where bucket_id = ${bucket} and name = any(${[...keys]}::text[])`,
      )
      return new Set(rows.map((row) => row.name))
    },

    async probe(identity, operation, bucket, key, upsert) {
      const enough = Symbol('rolled back')
      await access
        .as(identity, operation, async (transaction) => {
          const row = { id: randomUUID(), version: 'probe', metadata: null, userMetadata: null }
          await insert(transaction, identity, { bucket, key, upsert }, row)
          throw enough
        })
        .catch((thrown: unknown) => {
          if (thrown !== enough) throw thrown
        })
    },

    async store(identity, operation, target, file) {
      const version = files.version()
      await files.adopt(file.path, version)
      const id = randomUUID()
      const metadata: ObjectMetadata = {
        eTag: file.eTag,
        size: file.size,
        mimetype: file.mediaType,
        cacheControl: file.cacheControl,
        lastModified: new Date().toISOString(),
        contentLength: file.size,
        httpStatusCode: 200,
      }
      const { bucket, key, upsert } = target
      const row: NewRow = {
        id,
        bucket,
        key,
        owner: ownerOf(identity),
        version,
        metadata,
        user_metadata: file.userMetadata,
      }
      let replaced: Replaced | null = null
      try {
        if (upsert) replaced = await storeOne(identity, operation, row, true)
        else await storeNew(identity, operation, row)
      } catch (thrown) {
        // Back to its owner: a resumable upload outlives a database that was away for a moment.
        await files.giveBack(version, file.path)
        throw thrown
      }
      if (replaced) await files.remove(replaced.replaced_version)
      return { Id: replaced?.replaced_id ?? id, Key: `${target.bucket}/${target.key}` }
    },

    async move(identity, from, to) {
      checkKey(to.key)
      const source = await objects.find(identity, 'storage.object.move', from.bucket, from.key)
      const rows = await access.as(
        identity,
        'storage.object.move',
        (transaction) => transaction`
          update storage.objects
          set bucket_id = ${to.bucket}, name = ${to.key}, updated_at = now()
          where id = ${source.id} returning id`,
      )
      if (rows.length === 0) throw refusals.rowLevelSecurity()
      return source.id
    },

    async copy(identity, from, to) {
      checkKey(to.key)
      const source = await objects.find(identity, 'storage.object.copy', from.bucket, from.key)
      await objects.probe(identity, 'storage.object.copy', to.bucket, to.key, to.upsert)
      const path = files.temporary()
      await copyFile(files.blob(source.version), path, constants.COPYFILE_FICLONE)
      const handle = await open(path, 'r+')
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
      const copied = {
        path,
        size: source.metadata.size,
        eTag: source.metadata.eTag,
        mediaType: source.metadata.mimetype,
        cacheControl: source.metadata.cacheControl,
        userMetadata: source.user_metadata,
      }
      return objects
        .store(identity, 'storage.object.copy', to, copied)
        .finally(() => rm(path, { force: true }))
    },

    async remove(identity, bucket, keys) {
      const rows = await access.as(
        identity,
        'storage.object.delete_many',
        (transaction) => transaction<StoredObject[]>`
          delete from storage.objects where bucket_id = ${bucket} and name = any(${[...keys]}::text[])
          returning *`,
      )
      for (const row of rows) await files.remove(row.version)
      return rows
    },
  }
  return objects
}
