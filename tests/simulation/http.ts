import { createHash } from 'node:crypto'
import { sha256Of } from './file-system.ts'
import { type Answer, type Rows, SqlError } from './server.ts'

export type HttpRequest = {
  method: string
  /** With its query. */
  path: string
  headers: Headers
  body: Uint8Array
  /** The connection went while the body was on its way: nobody hears the answer. */
  isCut: boolean
  /** Bits of the body changed on the way. */
  isFlipped?: boolean
}
export type HttpAnswer = { status: number; headers: Record<string, string>; body: Uint8Array }
/** Deliberate mistakes of Storage. */
export type StorageMutation = { uploadsVanish?: true }

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const json = (status: number, value: unknown): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: bytesOf(value),
})
const empty = (status: number, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  body: new Uint8Array(),
})
export const html = (status: number): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body>Bad gateway</body></html>'),
})

/** Storage says HTTP 400 for most things, and the truth in the body. */
class StorageRefusal extends Error {
  readonly statusCode: number
  readonly code: string
  readonly error: string
  constructor(statusCode: number, code: string, error: string, message: string) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.error = error
  }
  get answer(): HttpAnswer {
    const { statusCode, code, error, message } = this
    return json(400, { statusCode: String(statusCode), error, message, code })
  }
}
const refusals = {
  notFound: () => new StorageRefusal(404, 'NoSuchKey', 'not_found', 'Object not found'),
  duplicate: () =>
    new StorageRefusal(409, 'KeyAlreadyExists', 'Duplicate', 'The resource already exists'),
  denied: () =>
    new StorageRefusal(
      403,
      'AccessDenied',
      'Unauthorized',
      'new row violates row-level security policy',
    ),
  token: () =>
    new StorageRefusal(403, 'InvalidJWT', 'Unauthorized', '"exp" claim timestamp check failed'),
  noUpload: () => new StorageRefusal(404, 'NoSuchUpload', 'not_found', 'Upload not found'),
}

/** `md5`, its ETag, of what came in one request. */
type StoredObject = { bytes: Uint8Array; mediaType: string; md5: string | null }
type Upload = { key: string; length: number; bytes: Uint8Array; owner: string; mediaType: string }

const objectPath =
  /^\/storage\/v1\/object\/(?:(info)\/)?(?:(authenticated)\/)?artifact-files\/(.+)$/
const resumable = '/storage/v1/upload/resumable'

/** The whole server, from a request to its answer. */
export class SimulatedServer {
  readonly rows: Rows
  readonly objects = new Map<string, StoredObject>()
  readonly mutation: StorageMutation
  readonly #uploads = new Map<string, Upload>()
  readonly #newId: () => string
  readonly #pause: () => Promise<void>
  /** Who holds a token; null when it has expired or never was one. */
  holderOf: (token: string) => string | null = () => null
  trouble: (what: string) => void = () => {}

  constructor(
    rows: Rows,
    newId: () => string,
    pause: () => Promise<void>,
    mutation: StorageMutation,
  ) {
    this.rows = rows
    this.mutation = mutation
    this.#newId = newId
    this.#pause = pause
    rows.sizeOf = (key) => this.objects.get(key)?.bytes.length ?? null
    rows.md5Of = (key) => this.objects.get(key)?.md5 ?? null
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const user = this.holderOf(
      /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '',
    )
    const { pathname } = new URL(request.path, 'http://server')
    if (pathname.startsWith('/rest/v1/rpc/')) return this.#rest(request, pathname.slice(13), user)
    if (pathname === resumable || pathname.startsWith(`${resumable}/`))
      return this.#resumable(request, pathname.slice(resumable.length + 1), user)
    if (pathname === '/rest/v1/artifact_file_versions') return this.#versions(request, user)
    try {
      if (user === null) throw refusals.token()
      const [, info, , key] = objectPath.exec(pathname) ?? []
      if (key === undefined) throw refusals.notFound()
      if (request.method === 'POST') return this.#upload(request, key, user)
      return info ? this.#info(key, user) : this.#download(request, key, user)
    } catch (error) {
      if (error instanceof StorageRefusal) return error.answer
      throw error
    }
  }

  /** Unfinished uploads are given up, as they are after a day. */
  forgetUploads(): void {
    this.#uploads.clear()
  }

  /** What no row and no history names is removed. */
  sweep(): void {
    // A commit that is under way counts on what it saw.
    if (this.rows.isChanging) return
    for (const key of this.objects.keys()) {
      const [artifactId, sha256] = key.split('/')
      const { versions } = this.rows.artifacts.get(artifactId ?? '') ?? { versions: [] }
      if (!versions.some((version) => version.sha256 === sha256)) this.objects.delete(key)
    }
  }

  /** PostgREST, as far as it is asked: `or=(and(file_id.eq.…,revision.eq.…),…)`. */
  #versions({ path }: HttpRequest, user: string | null): HttpAnswer {
    if (user === null) return json(401, { code: 'PGRST303', message: 'JWT expired' })
    const wanted = new Set(
      [...path.matchAll(/file_id\.eq\.([^,]+),revision\.eq\.(\d+)/g)].map(
        ([, fileId, revision]) => `${fileId} ${revision}`,
      ),
    )
    const { artifacts, members } = this.rows
    const all = members.has(user) ? [...artifacts.values()].flatMap(({ versions }) => versions) : []
    return json(
      200,
      all
        .filter(({ fileId, revision }) => wanted.has(`${fileId} ${revision}`))
        .map(({ fileId, revision, path: file_path, sha256 }) => ({
          file_id: fileId,
          revision,
          file_path,
          sha256,
        })),
    )
  }

  async #rest(request: HttpRequest, name: string, user: string | null): Promise<HttpAnswer> {
    if (request.isCut) return empty(400)
    if (user === null)
      return json(401, { code: 'PGRST303', details: null, hint: null, message: 'JWT expired' })
    try {
      return json(
        200,
        await this.#call(name, JSON.parse(Buffer.from(request.body).toString()), user),
      )
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      const { code, message } = error
      return json(error.status, { code, details: null, hint: null, message })
    }
  }

  #call(name: string, body: Record<string, unknown>, user: string): Answer | Promise<Answer> {
    const { rows } = this
    const artifactId = String(body.artifact_id)
    switch (name) {
      case 'pull_project':
        return rows.pull(
          user,
          String(body.project),
          (body.since as string | undefined) ?? null,
          (body.of_epoch as string | undefined) ?? null,
          {
            artifact: (body.of_artifact as string | undefined) ?? null,
            after: (body.after_file as string | undefined) ?? null,
            atMost: (body.at_most as number | undefined) ?? null,
            digest: (body.known_digest as string | undefined) ?? null,
            afterArtifact: (body.after_artifact as string | undefined) ?? null,
            withDigest: body.with_digest === true,
          },
        )
      case 'commit_artifact_changes':
        return rows.change(
          artifactId,
          user,
          (artifact) => rows.prepareCommit(artifact, user, body.expected, body.changes),
          this.#pause,
        )
      case 'restore_artifact':
        return rows.change(
          artifactId,
          user,
          (artifact) => rows.prepareRestore(artifact, user, Number(body.to_revision)),
          this.#pause,
        )
      default:
        throw new SqlError(404, 'PGRST202', `Could not find the function ${name}`)
    }
  }

  #mayAdd(key: string, user: string): boolean {
    return (
      /^[0-9a-f-]{36}\/[0-9a-f]{64}$/.test(key) &&
      this.rows.artifacts.has(key.slice(0, 36)) &&
      this.rows.members.get(user) === 'contributor'
    )
  }

  /** @throws denied, duplicate */
  #probe(key: string, user: string): void {
    if (!this.#mayAdd(key, user)) throw refusals.denied()
    if (this.objects.has(key)) throw refusals.duplicate()
  }

  /** Puts bytes there, by whatever way they came. */
  store(key: string, bytes: Uint8Array, mediaType: string, md5: string | null = null): void {
    this.objects.set(key, { bytes, mediaType, md5 })
  }

  #check(key: string, bytes: Uint8Array): void {
    if (sha256Of(bytes) !== key.slice(37)) this.trouble(`other bytes under the key ${key}`)
  }

  #upload(request: HttpRequest, key: string, user: string): HttpAnswer {
    if (request.isCut) return empty(400)
    this.#probe(key, user)
    if (!request.isFlipped) this.#check(key, request.body)
    const mediaType = request.headers.get('content-type') ?? 'application/octet-stream'
    this.store(key, request.body, mediaType, createHash('md5').update(request.body).digest('hex'))
    return json(200, { Id: this.#newId(), Key: `artifact-files/${key}` })
  }

  #find(key: string, user: string): StoredObject {
    const object = this.objects.get(key)
    if (!object || !this.rows.members.has(user)) throw refusals.notFound()
    return object
  }

  #info(key: string, user: string): HttpAnswer {
    const { bytes, mediaType } = this.#find(key, user)
    return json(200, {
      id: key,
      name: key,
      bucket_id: 'artifact-files',
      size: bytes.length,
      content_type: mediaType,
    })
  }

  #download(request: HttpRequest, key: string, user: string): HttpAnswer {
    const { bytes, mediaType } = this.#find(key, user)
    const size = bytes.length
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '')
    const start = Number(range?.[1] ?? 0)
    const end = Math.min(Number(range?.[2] || size - 1), size - 1)
    if (range && (start >= size || start > end))
      return empty(416, { 'content-range': `bytes */${size}` })
    const body = range ? bytes.slice(start, end + 1) : bytes
    return {
      status: range ? 206 : 200,
      headers: {
        'content-type': mediaType,
        'content-length': String(body.length),
        etag: `"${sha256Of(bytes).slice(0, 32)}"`,
        ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
      },
      body,
    }
  }

  /** Resumable uploads say the status where the others hide it. */
  #resumable(request: HttpRequest, id: string, user: string | null): HttpAnswer {
    try {
      if (user === null) throw refusals.token()
      if (request.method === 'POST') return this.#create(request, user)
      const upload = this.#uploads.get(id)
      if (!upload || upload.owner !== user) throw refusals.noUpload()
      if (request.method === 'HEAD')
        return empty(200, {
          'tus-resumable': '1.0.0',
          'upload-offset': String(upload.bytes.length),
          'upload-length': String(upload.length),
        })
      return this.#patch(request, id, upload, user)
    } catch (error) {
      if (!(error instanceof StorageRefusal)) throw error
      return { status: error.statusCode, headers: {}, body: Buffer.from(error.message) }
    }
  }

  #create(request: HttpRequest, user: string): HttpAnswer {
    const metadata = new Map(
      (request.headers.get('upload-metadata') ?? '').split(',').map((pair): [string, string] => {
        const [name = '', value = ''] = pair.trim().split(' ')
        return [name, Buffer.from(value, 'base64').toString()]
      }),
    )
    const key = metadata.get('objectName') ?? ''
    this.#probe(key, user)
    const id = this.#newId()
    this.#uploads.set(id, {
      key,
      length: Number(request.headers.get('upload-length')),
      bytes: new Uint8Array(),
      owner: user,
      mediaType: metadata.get('contentType') ?? 'application/octet-stream',
    })
    return empty(201, {
      'tus-resumable': '1.0.0',
      location: `http://127.0.0.1:1${resumable}/${id}`,
    })
  }

  #patch(request: HttpRequest, id: string, upload: Upload, user: string): HttpAnswer {
    if (Number(request.headers.get('upload-offset')) !== upload.bytes.length)
      return { status: 409, headers: {}, body: Buffer.from('Upload-Offset conflict\n') }
    if (upload.bytes.length + request.body.length > upload.length)
      return { status: 413, headers: {}, body: Buffer.from('Maximum size exceeded\n') }
    upload.bytes = Buffer.concat([upload.bytes, request.body])
    if (upload.bytes.length === upload.length) {
      this.#uploads.delete(id)
      this.#probe(upload.key, user)
      this.#check(upload.key, upload.bytes)
      if (!this.mutation.uploadsVanish) this.store(upload.key, upload.bytes, upload.mediaType)
    }
    return empty(204, {
      'tus-resumable': '1.0.0',
      'upload-offset': String(upload.bytes.length),
    })
  }
}
