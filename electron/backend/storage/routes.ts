import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Access, Identity } from './access.ts'
import type { Buckets } from './buckets.ts'
import { refusals } from './errors.ts'
import type { Files } from './files.ts'
import { listFolder, listPage } from './listing.ts'
import { checkKey, type Objects, type StoredObject } from './objects.ts'
import { sendObject } from './send.ts'
import type { SignedUrls } from './signed-urls.ts'

export type Services = {
  readonly access: Access
  readonly buckets: Buckets
  readonly objects: Objects
  readonly tickets: SignedUrls
  readonly files: Files
}

/** One request, with its path already taken apart. */
export type Call = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly upsert: boolean
  identify(): Promise<Identity>
  trusted(owner: string | null): Identity
  parameter(index: number): string
  json(): Promise<unknown>
  upload(
    identity: Identity,
    operation: string,
    bucket: string,
    key: string,
    upsert: boolean,
  ): Promise<{ Id: string; Key: string }>
}

export type Route = {
  readonly methods: readonly string[]
  readonly path: RegExp
  /** Answers with JSON, or with undefined after writing the response itself. */
  answer(call: Call, services: Services): Promise<unknown>
}

const uploadTicketSeconds = 7200
const read = ['GET', 'HEAD']

const parse = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw refusals.invalidRequest(`body/${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`)
}

const expiry = z.object({ expiresIn: z.int().positive() })
const manyPaths = expiry.extend({ paths: z.array(z.string()).max(1000) })
const removal = z.object({ prefixes: z.array(z.string()).max(1000) })
const relocation = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationBucket: z.string().optional(),
  destinationKey: z.string(),
})

const send = (call: Call, services: Services, object: StoredObject) =>
  sendObject(
    call.request,
    call.response,
    services.files,
    object,
    call.url.searchParams.get('download'),
  )

/** Reads as the asker, or as anyone where the bucket is public. */
const readable = async (call: Call, services: Services, operation: string) => {
  const [bucketId, key] = [call.parameter(1), call.parameter(2)]
  const bucket = await services.buckets.find(bucketId)
  if (bucket.public) return services.objects.findTrusted(bucketId, key)
  return services.objects.find(await call.identify(), operation, bucketId, key)
}

export const routes: readonly Route[] = [
  { methods: ['GET'], path: /^\/status$/, answer: async () => ({ status: 'ok' }) },

  {
    methods: ['GET'],
    path: /^\/bucket\/?$/,
    answer: async (call, { buckets }) => buckets.list(await call.identify()),
  },
  {
    methods: ['POST'],
    path: /^\/bucket\/?$/,
    answer: async (call, { buckets }) => buckets.create(await call.identify(), await call.json()),
  },
  {
    methods: ['GET'],
    path: /^\/bucket\/([^/]+)$/,
    answer: async (call, { buckets }) => buckets.get(await call.identify(), call.parameter(1)),
  },
  {
    methods: ['PUT'],
    path: /^\/bucket\/([^/]+)$/,
    answer: async (call, { buckets }) =>
      buckets.update(await call.identify(), call.parameter(1), await call.json()),
  },
  {
    methods: ['POST'],
    path: /^\/bucket\/([^/]+)\/empty$/,
    answer: async (call, { buckets }) => buckets.empty(await call.identify(), call.parameter(1)),
  },
  {
    methods: ['DELETE'],
    path: /^\/bucket\/([^/]+)$/,
    answer: async (call, { buckets }) => buckets.remove(await call.identify(), call.parameter(1)),
  },

  {
    methods: read,
    path: /^\/object\/public\/([^/]+)\/(.+)$/,
    async answer(call, services) {
      const bucket = await services.buckets.find(call.parameter(1))
      if (!bucket.public) throw refusals.bucketNotFound()
      await send(call, services, await services.objects.findTrusted(bucket.id, call.parameter(2)))
    },
  },
  {
    methods: read,
    path: /^\/object\/sign\/([^/]+)\/(.+)$/,
    async answer(call, services) {
      const [bucket, key] = [call.parameter(1), call.parameter(2)]
      const token = call.url.searchParams.get('token')
      await services.tickets.verify(token, 'download', `${bucket}/${key}`)
      await send(call, services, await services.objects.findTrusted(bucket, key))
    },
  },
  {
    methods: ['PUT'],
    path: /^\/object\/upload\/sign\/([^/]+)\/(.+)$/,
    async answer(call, { tickets }) {
      const [bucket, key] = [call.parameter(1), call.parameter(2)]
      const token = call.url.searchParams.get('token')
      const ticket = await tickets.verify(token, 'upload', `${bucket}/${key}`)
      const identity = call.trusted(ticket.owner ?? null)
      const operation = 'storage.object.upload_signed'
      return call.upload(identity, operation, bucket, key, ticket.upsert === true)
    },
  },
  {
    methods: ['POST'],
    path: /^\/object\/upload\/sign\/([^/]+)\/(.+)$/,
    async answer(call, { tickets, buckets, objects }) {
      const identity = await call.identify()
      const [bucket, key] = [call.parameter(1), call.parameter(2)]
      checkKey(key)
      await buckets.find(bucket)
      const operation = 'storage.object.sign_upload_url'
      await objects.probe(identity, operation, bucket, key, call.upsert)
      const token = await tickets.sign(
        {
          purpose: 'upload',
          url: `${bucket}/${key}`,
          owner: identity.subject,
          upsert: call.upsert,
        },
        uploadTicketSeconds,
      )
      const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/')
      return { url: `/object/upload/sign/${path}?token=${token}`, token }
    },
  },
  {
    methods: ['POST'],
    path: /^\/object\/list\/([^/]+)$/,
    async answer(call, { access, buckets }) {
      const identity = await call.identify()
      const bucket = await buckets.find(call.parameter(1))
      return listFolder(access, identity, bucket.id, await call.json())
    },
  },
  {
    methods: ['POST'],
    path: /^\/object\/list-v2\/([^/]+)$/,
    async answer(call, { access, buckets }) {
      const identity = await call.identify()
      const bucket = await buckets.find(call.parameter(1))
      return listPage(access, identity, bucket.id, await call.json())
    },
  },
  {
    methods: ['POST'],
    path: /^\/object\/sign\/([^/]+)$/,
    async answer(call, { buckets, objects, tickets }) {
      const identity = await call.identify()
      const bucket = (await buckets.find(call.parameter(1))).id
      const { paths, expiresIn } = parse(manyPaths, await call.json())
      const visible = await objects.visibleNames(identity, bucket, paths)
      return Promise.all(
        paths.map(async (path) => {
          if (!visible.has(path)) {
            const error = 'Either the object does not exist or you do not have access to it'
            return { error, path, signedURL: null }
          }
          const url = `${bucket}/${path}`
          const token = await tickets.sign({ purpose: 'download', url }, expiresIn)
          return { error: null, path, signedURL: `/object/sign/${url}?token=${token}` }
        }),
      )
    },
  },
  {
    methods: ['POST'],
    path: /^\/object\/sign\/([^/]+)\/(.+)$/,
    async answer(call, { buckets, objects, tickets }) {
      const identity = await call.identify()
      const [bucket, key] = [call.parameter(1), call.parameter(2)]
      await buckets.find(bucket)
      const { expiresIn } = parse(expiry, await call.json())
      await objects.find(identity, 'storage.object.sign', bucket, key)
      const url = `${bucket}/${key}`
      const token = await tickets.sign({ purpose: 'download', url }, expiresIn)
      return { signedURL: `/object/sign/${url}?token=${token}` }
    },
  },
  {
    methods: ['POST'],
    path: /^\/object\/(move|copy)$/,
    async answer(call, { buckets, objects }) {
      const identity = await call.identify()
      const request = parse(relocation, await call.json())
      const from = { bucket: request.bucketId, key: request.sourceKey }
      const to = { bucket: request.destinationBucket ?? from.bucket, key: request.destinationKey }
      await buckets.find(from.bucket)
      await buckets.find(to.bucket)
      if (call.parameter(1) === 'copy') {
        return objects.copy(identity, from, { ...to, upsert: call.upsert })
      }
      const id = await objects.move(identity, from, to)
      return { message: 'Successfully moved', Id: id, Key: `${to.bucket}/${to.key}` }
    },
  },
  {
    methods: read,
    path: /^\/object\/info\/(?:authenticated\/|public\/)?([^/]+)\/(.+)$/,
    async answer(call, services) {
      const object = await readable(call, services, 'object.get_authenticated_info')
      const { metadata } = object
      return {
        id: object.id,
        name: object.name,
        version: object.version,
        bucket_id: object.bucket_id,
        size: metadata.size,
        content_type: metadata.mimetype,
        cache_control: metadata.cacheControl,
        etag: metadata.eTag,
        metadata: object.user_metadata ?? {},
        last_modified: metadata.lastModified,
        created_at: object.created_at,
      }
    },
  },
  {
    methods: ['DELETE'],
    path: /^\/object\/([^/]+)$/,
    async answer(call, { buckets, objects }) {
      const identity = await call.identify()
      const bucket = (await buckets.find(call.parameter(1))).id
      return objects.remove(identity, bucket, parse(removal, await call.json()).prefixes)
    },
  },
  {
    methods: read,
    path: /^\/object\/(?:authenticated\/)?([^/]+)\/(.+)$/,
    async answer(call, services) {
      await send(call, services, await readable(call, services, 'object.get_authenticated'))
    },
  },
  {
    methods: ['DELETE'],
    path: /^\/object\/([^/]+)\/(.+)$/,
    async answer(call, { objects }) {
      const identity = await call.identify()
      const removed = await objects.remove(identity, call.parameter(1), [call.parameter(2)])
      if (removed.length === 0) throw refusals.objectNotFound()
      return { message: 'Successfully deleted' }
    },
  },
  {
    methods: ['POST', 'PUT'],
    path: /^\/object\/([^/]+)\/(.+)$/,
    async answer(call) {
      const update = call.request.method === 'PUT'
      return call.upload(
        await call.identify(),
        update ? 'storage.object.upload_update' : 'storage.object.upload',
        call.parameter(1),
        call.parameter(2),
        update || call.upsert,
      )
    },
  },
]
