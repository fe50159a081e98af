import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sql } from 'postgres'
import { createAccess, type Identity, type Keys, serviceIdentity } from './access.ts'
import { createBuckets, uploadLimit } from './buckets.ts'
import { drain } from './drain.ts'
import { asStorageError, describeFailure, refusals } from './errors.ts'
import { createFiles } from './files.ts'
import { checkKey, createObjects } from './objects.ts'
import { receive } from './receive.ts'
import { createResumable } from './resumable.ts'
import { type Call, type Route, routes } from './routes.ts'
import { createSignedUrls } from './signed-urls.ts'
import { sweep } from './sweep.ts'

export type StorageOptions = {
  /** A superuser's client; policies are applied by switching roles inside each transaction. */
  readonly sql: Sql
  /** Holds every byte; made when absent. */
  readonly folder: string
  readonly jwtSecret: string
  readonly keys: Keys
  /** Bytes; a bucket's own limit may be lower. */
  readonly maximumSize: number
  /** Told of failures that are ours; without names, keys or content. */
  readonly report?: (line: string) => void
}

export type Storage = {
  /** Answers every request under `/storage/v1`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

const prefix = '/storage/v1'
const maxBodyBytes = 4_194_304

/** Whoever has an Origin was asked at the door; nobody else needs to hear of it. */
const nameOrigin = ({ headers }: IncomingMessage, response: ServerResponse): void => {
  response.setHeader('vary', 'origin')
  if (headers.origin) response.setHeader('access-control-allow-origin', headers.origin)
}

const cors = (request: IncomingMessage, response: ServerResponse) => {
  nameOrigin(request, response)
  response.setHeader('access-control-expose-headers', '*')
  if (request.method !== 'OPTIONS') return false
  const asked = request.headers['access-control-request-headers']
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': asked ?? '*',
      'access-control-max-age': '3600',
    })
    .end()
  return true
}

/** Counted as it comes: a body may say another length, or none. */
const boundedText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = Number(request.headers['content-length'] ?? 0)
  if (size > maxBodyBytes) throw refusals.tooLarge()
  size = 0
  // A refusal has to be answered: the connection outlives the reading.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw refusals.tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A `/storage/v1` that supabase-js and tus clients cannot tell from the hosted one. */
export const createStorage = (options: StorageOptions): Storage => {
  const report = options.report ?? ((line: string) => console.error(line))
  const files = createFiles(options.folder)
  const access = createAccess(options.sql, options.jwtSecret, options.keys)
  const buckets = createBuckets(options.sql, access, files)
  const objects = createObjects(options.sql, access, files)
  const tickets = createSignedUrls(options.jwtSecret)
  // The first request waits for the sweep; were it to fail, that request says so.
  const swept = sweep(options.sql, files)
  swept.catch((error: unknown) => report(`storage: sweep failed: ${describeFailure(error)}`))
  const ready = swept.then(() =>
    createResumable({ access, buckets, objects, files, maximumSize: options.maximumSize }),
  )
  ready.catch(() => undefined)

  const services = { access, buckets, objects, tickets, files }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const resumable = await ready
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname.slice(prefix.length)
    const method = request.method ?? 'GET'
    if (path === '/upload/resumable' || path.startsWith('/upload/resumable/')) {
      if (method === 'OPTIONS') {
        response.setHeader('tus-resumable', '1.0.0')
        response.setHeader('tus-version', '1.0.0')
        response.setHeader('tus-extension', 'creation,creation-with-upload,termination')
        response.setHeader('tus-max-size', String(options.maximumSize))
        cors(request, response)
        return
      }
      nameOrigin(request, response)
      await resumable.handle(request, response)
      return
    }
    if (cors(request, response)) return

    const find = (): [Route, RegExpExecArray] => {
      for (const route of routes) {
        const match = route.methods.includes(method) ? route.path.exec(path) : null
        if (match) return [route, match]
      }
      throw refusals.routeNotFound(method, path)
    }
    const [route, match] = find()

    const call: Call = {
      request,
      response,
      url,
      upsert: request.headers['x-upsert'] === 'true',
      identify: () => access.identify(request.headers),
      parameter(index) {
        try {
          return decodeURIComponent(match[index] ?? '')
        } catch {
          throw refusals.invalidKey(match[index] ?? '')
        }
      },
      async json() {
        const body = await boundedText(request)
        if (body === '') return {}
        try {
          return JSON.parse(body) as unknown
        } catch {
          throw refusals.invalidRequest('Body is not valid JSON')
        }
      },
      async upload(identity: Identity, operation, bucketId, key, upsert) {
        checkKey(key)
        const bucket = await buckets.find(bucketId)
        const length = request.headers['content-length']
        // A big body is refused before it is read; a small one costs less than the question.
        if (length === undefined || Number(length) > 1_048_576) {
          await objects.probe(identity, operation, bucketId, key, upsert)
        }
        const file = await receive(request, files, (mediaType, size) =>
          uploadLimit(bucket, options.maximumSize, mediaType, size),
        )
        try {
          return await objects.store(identity, operation, { bucket: bucketId, key, upsert }, file)
        } catch (thrown) {
          await rm(file.path, { force: true })
          throw thrown
        }
      },
      trusted: serviceIdentity,
    }
    const body = await route.answer(call, services)
    if (body === undefined || response.headersSent) return
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(body))
  }

  return {
    async handle(request, response) {
      // A connection that breaks after its last reader has gone is nobody's failure.
      request.on('error', () => undefined)
      response.on('error', () => undefined)
      try {
        await answer(request, response)
      } catch (thrown) {
        const gone = request.destroyed && !request.complete
        const refusal = asStorageError(thrown)
        if (refusal.statusCode >= 500 && !gone) {
          report(`storage: ${request.method ?? ''} failed: ${describeFailure(thrown)}`)
        }
        if (gone || response.headersSent) {
          response.destroy()
          return
        }
        drain(request)
        response.writeHead(refusal.httpStatus, {
          'content-type': 'application/json; charset=utf-8',
        })
        response.end(JSON.stringify(refusal.body()))
      }
    },
    async close() {
      const resumable = await ready.catch(() => undefined)
      resumable?.close()
    },
  }
}
