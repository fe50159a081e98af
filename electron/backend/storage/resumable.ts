import { randomBytes, randomUUID } from 'node:crypto'
import { open, readdir, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Server } from '@tus/server'
import { z } from 'zod'
import type { Access, Credentials, Identity } from './access.ts'
import { type Buckets, uploadLimit } from './buckets.ts'
import { drain } from './drain.ts'
import { asStorageError, refusals, StorageError } from './errors.ts'
import type { Files } from './files.ts'
import { checkKey, type Objects } from './objects.ts'
import { PartStore } from './part-store.ts'

const uploadPath = '/storage/v1/upload/resumable'
/** Milliseconds that an upload waits to be gone on with. */
const uploadAgeMs = 86_400_000
const expireEveryMs = 3_600_000

const metadataSchema = z.object({
  bucketName: z.string().min(1),
  objectName: z.string().min(1),
  contentType: z.string().min(1).nullish(),
  cacheControl: z.string().nullish(),
  metadata: z.string().nullish(),
})

/** What we add to an upload's state on disk; the client never sets these itself. */
const ownershipSchema = z.object({ ownedBy: z.string(), upsert: z.enum(['true', 'false']) })

const ownerMark = (identity: Identity): string => `${identity.role}:${identity.subject ?? ''}`

type WebRequest = { readonly method: string; readonly headers: Headers }

const credentials = (request: WebRequest): Credentials => ({
  authorization: request.headers.get('authorization') ?? undefined,
  apikey: request.headers.get('apikey') ?? undefined,
})

const userMetadata = (text: string | null | undefined): Record<string, unknown> | null => {
  if (!text) return null
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw refusals.invalidRequest('metadata must be a JSON object')
  }
}

/** Has the bytes of a file on its disk for certain. */
const bringToDisk = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+')
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Removes uploads that nothing was added to for a day. */
const expireUploads = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const partner = name.endsWith('.json') ? path.slice(0, -'.json'.length) : path
    const changed = await stat(partner).then(
      ({ mtimeMs }) => mtimeMs,
      () =>
        stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => Date.now(),
        ),
    )
    if (changed < Date.now() - uploadAgeMs) await rm(path, { force: true })
  }
}

/** The request as the protocol's server takes it, and its answer as it is. */
const relay = async (
  server: Server,
  store: PartStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const answer = await store.withBody(request, (body) =>
    server.handleWeb(
      new Request(`http://localhost${request.url ?? ''}`, {
        method: request.method ?? 'PATCH',
        headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
        body: body as unknown as BodyInit,
        duplex: 'half',
      } as RequestInit),
    ),
  )
  // A refusal asks for the connection's end, which would come before the client has heard of it.
  answer.headers.delete('connection')
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(Buffer.from(await answer.arrayBuffer()))
  drain(request)
}

const idIn = (request: IncomingMessage): string | null =>
  /\/([0-9a-f-]{36})(\?|$)/.exec(request.url ?? '')?.[1] ?? null

export type Resumable = {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
}

/**
 * The tus 1.0 protocol at `/storage/v1/upload/resumable`. Bytes and state of an unfinished upload are
 * two files named by its id, so a restart costs nothing; unfinished uploads go after a day.
 */
export const createResumable = (parts: {
  access: Access
  buckets: Buckets
  objects: Objects
  files: Files
  maximumSize: number
}): Resumable => {
  const { access, buckets, objects, files, maximumSize } = parts
  const store = new PartStore(files.resumable)
  // A length that is not known in advance cannot be judged against the bucket's limit; expiry is ours,
  // because the server's counts from the creation of an upload, however busy it is.
  store.extensions = ['creation', 'creation-with-upload', 'termination']
  const finishing = new Map<string, Promise<void>>()
  /** Parts on their way to the disk while the next one comes, so that the last does not wait for all of them. */
  const writing = new Map<string, Promise<void>>()
  /** The system tells of bytes that it could not write once; who asks again hears that all is well. */
  const damaged = new Set<string>()
  const writeBehind = (id: string): void => {
    if (writing.has(id)) return
    const done = bringToDisk(join(files.resumable, id)).then(
      () => void writing.delete(id),
      () => {
        writing.delete(id)
        damaged.add(id)
      },
    )
    writing.set(id, done)
  }

  /** @throws StorageError 404 when the upload is not there or not the identity's own */
  const ownUpload = async (identity: Identity, id: string) => {
    const state = await store.configstore.get(id)
    const ownership = ownershipSchema.safeParse(state?.metadata)
    if (!state || !ownership.success || ownership.data.ownedBy !== ownerMark(identity)) {
      throw refusals.uploadNotFound()
    }
    return { upload: await store.getUpload(id), upsert: ownership.data.upsert === 'true' }
  }

  const finish = async (identity: Identity, id: string): Promise<void> => {
    const { upload, upsert } = await ownUpload(identity, id)
    const metadata = metadataSchema.parse(upload.metadata)
    const path = upload.storage?.path
    if (path === undefined) throw refusals.uploadNotFound()
    try {
      await writing.get(id)
      if (damaged.delete(id)) throw refusals.damagedUpload()
      await bringToDisk(path)
      await objects.store(
        identity,
        'storage.tus.upload.part',
        { bucket: metadata.bucketName, key: metadata.objectName, upsert },
        {
          path,
          size: upload.offset,
          // Opaque, as hosted Storage's of an upload in parts: reading all of it again would cost as long as its writing.
          eTag: `"${randomBytes(16).toString('hex')}-1"`,
          mediaType: metadata.contentType ?? 'application/octet-stream',
          cacheControl: metadata.cacheControl ? `max-age=${metadata.cacheControl}` : 'no-cache',
          userMetadata: userMetadata(metadata.metadata),
        },
      )
    } catch (thrown) {
      // A definite refusal ends the upload; anything passing leaves it for the next attempt.
      if (asStorageError(thrown).statusCode < 500) await store.remove(id)
      throw thrown
    }
    await store.configstore.delete(id)
  }

  const finishOnce = (identity: Identity, id: string): Promise<void> => {
    const running = finishing.get(id)
    if (running) return running
    const promise = finish(identity, id).finally(() => finishing.delete(id))
    finishing.set(id, promise)
    return promise
  }

  const server = new Server({
    path: uploadPath,
    datastore: store,
    maxSize: maximumSize,
    namingFunction: () => randomUUID(),
    async onIncomingRequest(request, id) {
      if (request.method === 'POST') return
      await ownUpload(await access.identify(credentials(request)), id)
    },
    async onUploadCreate(request, upload) {
      const identity = await access.identify(credentials(request))
      const parsed = metadataSchema.safeParse(upload.metadata)
      if (!parsed.success) {
        throw refusals.invalidRequest('upload-metadata must name bucketName and objectName')
      }
      const { bucketName, objectName, contentType, metadata } = parsed.data
      checkKey(objectName)
      userMetadata(metadata)
      const bucket = await buckets.find(bucketName)
      uploadLimit(bucket, maximumSize, contentType ?? 'application/octet-stream', upload.size)
      const upsert = request.headers.get('x-upsert') === 'true'
      await objects.probe(identity, 'storage.tus.upload.create', bucket.id, objectName, upsert)
      return {
        metadata: { ...parsed.data, ownedBy: ownerMark(identity), upsert: String(upsert) },
      }
    },
    async onUploadFinish(request, upload) {
      await finishOnce(await access.identify(credentials(request)), upload.id)
      return {}
    },
    onResponseError(_request, thrown) {
      // The protocol's own refusals carry their status; ours and the database's are turned into one.
      if ('status_code' in thrown) return undefined
      const refusal = asStorageError(thrown)
      return { status_code: refusal.statusCode, body: refusal.message }
    },
  })

  const timer = setInterval(() => void expireUploads(files.resumable), expireEveryMs)
  timer.unref()
  void expireUploads(files.resumable)

  /**
   * All bytes are here but the row is not: the process ended, or the database was away, at the last
   * moment. The client asks how far it got, so this is where to finish.
   */
  const finishComplete = async (request: IncomingMessage, response: ServerResponse) => {
    const id = idIn(request)
    if (id === null) return false
    const state = await store.configstore.get(id)
    if (!state) return false
    const identity = await access.identify(request.headers)
    const { upload } = await ownUpload(identity, id)
    if (upload.size === undefined || upload.offset !== upload.size) return false
    await finishOnce(identity, id)
    response
      .writeHead(200, {
        'tus-resumable': '1.0.0',
        'cache-control': 'no-store',
        'upload-offset': upload.size,
        'upload-length': upload.size,
      })
      .end()
    return true
  }

  return {
    async handle(request, response) {
      if (request.method === 'HEAD') {
        try {
          if (await finishComplete(request, response)) return
        } catch (thrown) {
          const refusal =
            typeof thrown === 'object' && thrown !== null && 'status_code' in thrown
              ? new StorageError(Number(thrown.status_code), 'Gone', 'Gone', 'Upload not found')
              : asStorageError(thrown)
          response.writeHead(refusal.statusCode, { 'tus-resumable': '1.0.0' }).end()
          return
        }
      }
      if (request.method !== 'PATCH') return server.handle(request, response)
      await relay(server, store, request, response)
      const id = idIn(request)
      if (id !== null && response.statusCode < 300) writeBehind(id)
    },
    close: () => clearInterval(timer),
  }
}
