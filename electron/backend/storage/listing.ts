import { z } from 'zod'
import type { Access, Identity } from './access.ts'
import { refusals } from './errors.ts'

const order = z.enum(['asc', 'desc']).catch('asc')

const listRequest = z.object({
  prefix: z.string().default(''),
  limit: z.int().min(1).max(10_000).default(100),
  offset: z.int().min(0).default(0),
  search: z.string().default(''),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']).default('name'),
      order,
    })
    .default({ column: 'name', order: 'asc' }),
})

const pageRequest = z.object({
  prefix: z.string().default(''),
  limit: z.int().min(1).max(1000).default(1000),
  cursor: z.string().default(''),
  with_delimiter: z.boolean().default(false),
  sortBy: z.object({ column: z.string(), order }).optional(),
})

const parse = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw refusals.invalidRequest(`body/${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`)
}

/** `POST /object/list/<bucket>`: one level, folders (id null) first, as `storage.from().list()` shows. */
export const listFolder = async (
  access: Access,
  identity: Identity,
  bucket: string,
  body: unknown,
): Promise<object[]> => {
  const request = parse(listRequest, body)
  const trimmed = request.prefix.replace(/^\/+/, '')
  const prefix = trimmed === '' || trimmed.endsWith('/') ? trimmed : `${trimmed}/`
  const pattern = `%${request.search.replace(/[\\%_]/g, '\\$&')}%`
  return access.as(identity, 'storage.object.list', (transaction) => {
    const direction = transaction.unsafe(request.sortBy.order)
    return transaction`
      with inside as (
        select *, substr(name, length(${prefix}) + 1) as rest from storage.objects
        where bucket_id = ${bucket} and starts_with(name, ${prefix})
      ), entries as (
        select split_part(rest, '/', 1) as name, null::uuid as id, null::timestamptz as updated_at,
          null::timestamptz as created_at, null::timestamptz as last_accessed_at,
          null::jsonb as metadata
        from inside where position('/' in rest) > 0 group by 1
        union all
        select rest, id, updated_at, created_at, last_accessed_at, metadata
        from inside where position('/' in rest) = 0 and rest <> ''
      )
      select * from entries where name ilike ${pattern}
      order by (id is not null), ${transaction(request.sortBy.column)} ${direction}, name
      limit ${request.limit} offset ${request.offset}`
  })
}

type PageRow = { key: string; id: string | null }

/** `POST /object/list-v2/<bucket>`: keyset pages over all depths, or one level with a delimiter. */
export const listPage = async (
  access: Access,
  identity: Identity,
  bucket: string,
  body: unknown,
): Promise<object> => {
  const request = parse(pageRequest, body)
  const after = Buffer.from(request.cursor, 'base64').toString('utf8')
  const descending = request.sortBy?.order === 'desc'
  const rows = await access.as(identity, 'storage.object.list_v2', (transaction) => {
    const beyond = descending
      ? transaction`(${after} = '' or key collate "C" < ${after})`
      : transaction`key collate "C" > ${after}`
    const entries = request.with_delimiter
      ? transaction`
          select key, (array_agg(entry_id))[1] as id, max(updated_at) as updated_at,
            max(created_at) as created_at,
            case when (array_agg(entry_id))[1] is null then null else (array_agg(metadata))[1] end
              as metadata
          from (
            select *, case when position('/' in rest) > 0
                then ${request.prefix}::text || split_part(rest, '/', 1) || '/' else name end as key,
              case when position('/' in rest) > 0 then null else id end as entry_id
            from (
              select *, substr(name, length(${request.prefix}) + 1) as rest from storage.objects
              where bucket_id = ${bucket} and starts_with(name, ${request.prefix})
            ) as inside
          ) as keyed group by key`
      : transaction`
          select name as key, id, updated_at, created_at, metadata from storage.objects
          where bucket_id = ${bucket} and starts_with(name, ${request.prefix})`
    return transaction<PageRow[]>`
      select * from (${entries}) as entries where ${beyond}
      order by key collate "C" ${descending ? transaction`desc` : transaction`asc`}
      limit ${request.limit + 1}`
  })
  const hasNext = rows.length > request.limit
  const shown = rows.slice(0, request.limit)
  const last = shown.at(-1)
  return {
    hasNext,
    ...(hasNext && last ? { nextCursor: Buffer.from(last.key).toString('base64') } : {}),
    folders: shown.filter((row) => row.id === null).map((row) => ({ key: row.key, name: row.key })),
    objects: shown.filter((row) => row.id !== null).map((row) => ({ ...row, name: row.key })),
  }
}
