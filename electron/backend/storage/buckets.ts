import type { Sql } from 'postgres'
import { z } from 'zod'
import type { Access, Identity } from './access.ts'
import { refusals } from './errors.ts'
import type { Files } from './files.ts'
import { grouped } from './grouped.ts'

/** Limits of one bucket; sizes in bytes. */
export type Bucket = {
  readonly id: string
  readonly public: boolean
  readonly fileSizeLimit: number | null
  readonly allowedMediaTypes: readonly string[] | null
}

const units: Record<string, number> = { K: 1, M: 2, G: 3, T: 4 }

/** Bytes of `50MB`, `1.5 GiB` or `1024`; undefined when it is none of these. */
const parseSize = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?$/i.exec(text.trim())
  if (!match) return undefined
  const unit = (match[2] ?? '').toUpperCase()
  const exponent = unit === '' ? 0 : (units[unit] ?? 0)
  return Math.floor(Number(match[1]) * (match[3] ? 1024 : 1000) ** exponent)
}

const sizeLimit = z.union([
  z.int().nonnegative(),
  z.string().transform((text, context) => {
    const size = parseSize(text)
    if (size === undefined) context.addIssue({ code: 'custom', message: 'invalid file size' })
    return size ?? 0
  }),
])

const settings = z.object({
  public: z.boolean().optional(),
  file_size_limit: sizeLimit.nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
})

const creation = settings.extend({
  id: z.string().min(1).max(100).optional(),
  name: z.string().min(1).max(100),
})

const columns =
  'id, name, owner_id as owner, public, file_size_limit, allowed_mime_types, created_at, updated_at'

type BucketRow = Record<string, unknown> & { id: string; file_size_limit: string | number | null }

const shown = (row: BucketRow) => ({
  ...row,
  type: 'STANDARD',
  file_size_limit: row.file_size_limit === null ? null : Number(row.file_size_limit),
})

export type Buckets = {
  /** The bucket's limits, read without policies: who may use it is for the object policies to say. */
  find(id: string): Promise<Bucket>
  list(identity: Identity): Promise<object[]>
  get(identity: Identity, id: string): Promise<object>
  create(identity: Identity, body: unknown): Promise<object>
  update(identity: Identity, id: string, body: unknown): Promise<object>
  empty(identity: Identity, id: string): Promise<object>
  remove(identity: Identity, id: string): Promise<object>
}

const parse = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw refusals.invalidRequest(`body/${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`)
  }
  return result.data
}

export const createBuckets = (sql: Sql, access: Access, files: Files): Buckets => {
  const visible = async (identity: Identity, id: string): Promise<BucketRow> => {
    const rows = await access.as(
      identity,
      'storage.bucket.get',
      (transaction) => transaction<BucketRow[]>`
        select ${transaction.unsafe(columns)} from storage.buckets where id = ${id}`,
    )
    const row = rows[0]
    if (!row) throw refusals.bucketNotFound()
    return row
  }

  const limitsOf = async (ids: readonly string[]): Promise<(Bucket | null)[]> => {
    const rows = await sql<
      {
        id: string
        public: boolean | null
        file_size_limit: string | number | null
        allowed_mime_types: string[] | null
      }[]
    >`select id, public, file_size_limit, allowed_mime_types from storage.buckets
      where id = any(${[...new Set(ids)]}::text[])`
    const known = new Map(
      rows.map((row) => [
        row.id,
        {
          id: row.id,
          public: row.public === true,
          fileSizeLimit: row.file_size_limit === null ? null : Number(row.file_size_limit),
          allowedMediaTypes: row.allowed_mime_types,
        },
      ]),
    )
    return ids.map((id) => known.get(id) ?? null)
  }
  // Asked with every object: who asks while an answer is on its way gets the next one.
  const limits = grouped<string, Bucket | null>(
    limitsOf,
    async (id) => (await limitsOf([id]))[0] ?? null,
    () => false,
  )

  return {
    async find(id) {
      const bucket = await limits(id)
      if (!bucket) throw refusals.bucketNotFound()
      return bucket
    },

    async list(identity) {
      const rows = await access.as(
        identity,
        'storage.bucket.list',
        (transaction) => transaction<BucketRow[]>`
          select ${transaction.unsafe(columns)} from storage.buckets order by name`,
      )
      return rows.map(shown)
    },

    get: async (identity, id) => shown(await visible(identity, id)),

    async create(identity, body) {
      const bucket = parse(creation, body)
      const id = bucket.id ?? bucket.name
      await access.as(
        identity,
        'storage.bucket.create',
        (transaction) => transaction`
          insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types, owner_id)
          values (${id}, ${bucket.name}, ${bucket.public ?? false}, ${bucket.file_size_limit ?? null},
            ${bucket.allowed_mime_types ?? null}::text[], ${identity.subject})`,
      )
      return { name: id }
    },

    async update(identity, id, body) {
      await visible(identity, id)
      const change = parse(settings, body)
      const rows = await access.as(
        identity,
        'storage.bucket.update',
        (transaction) => transaction`
          update storage.buckets set
            public = coalesce(${change.public ?? null}, public),
            file_size_limit = case when ${change.file_size_limit !== undefined}
              then ${change.file_size_limit ?? null}::bigint else file_size_limit end,
            allowed_mime_types = case when ${change.allowed_mime_types !== undefined}
              then ${change.allowed_mime_types ?? null}::text[] else allowed_mime_types end
          where id = ${id} returning id`,
      )
      if (rows.length === 0) throw refusals.rowLevelSecurity()
      return { message: 'Successfully updated' }
    },

    async empty(identity, id) {
      await visible(identity, id)
      const rows = await access.as(
        identity,
        'storage.bucket.empty',
        (transaction) => transaction<{ version: string }[]>`
          delete from storage.objects where bucket_id = ${id} returning version`,
      )
      for (const row of rows) await files.remove(row.version)
      return { message: 'Successfully emptied' }
    },

    async remove(identity, id) {
      await visible(identity, id)
      const left = await sql`select 1 from storage.objects where bucket_id = ${id} limit 1`
      if (left.length > 0) throw refusals.bucketNotEmpty()
      const rows = await access.as(
        identity,
        'storage.bucket.delete',
        (transaction) => transaction`delete from storage.buckets where id = ${id} returning id`,
      )
      if (rows.length === 0) throw refusals.rowLevelSecurity()
      return { message: 'Successfully deleted' }
    },
  }
}

/**
 * The most bytes an upload may have, after refusing one that is known to be too large or of a wrong
 * media type.
 */
export const uploadLimit = (
  bucket: Bucket,
  maximumSize: number,
  mediaType: string,
  size: number | undefined,
): number => {
  const limit = Math.min(bucket.fileSizeLimit ?? Number.POSITIVE_INFINITY, maximumSize)
  if (size !== undefined && size > limit) throw refusals.tooLarge()
  const essence = (mediaType.split(';')[0] ?? '').trim().toLowerCase()
  const allowed = bucket.allowedMediaTypes
  const matches = (pattern: string) =>
    pattern === '*/*' ||
    pattern === essence ||
    (pattern.endsWith('/*') && essence.startsWith(pattern.slice(0, -1)))
  if (allowed && allowed.length > 0 && !allowed.some(matches)) throw refusals.mediaType(mediaType)
  return limit
}
