import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { Failure } from '../../../src/contract/failure.ts'
import { paced, type TokenBucket } from '../../../src/sync/token-bucket.ts'
import { objectInfo } from './answers.ts'
import { jsonOf } from './body.ts'
import type { Remote, RemoteBlob } from './remote.ts'
import type { Server } from './server.ts'

export type Upload = RemoteBlob & { mediaType: string }
/** Bytes `from` to `to` (exclusive) of what is to be sent. */
export type Read = (from: number, to: number) => AsyncIterable<Uint8Array>
/** Where the server keeps the beginning of a big upload, by the object's name, over a restart too. */
export type Places = {
  uploadLocation(key: string): Promise<string | null>
  rememberUpload(key: string, location: string | null): Promise<void>
}
export type Send = (
  blob: Upload,
  read: Read,
  signal: AbortSignal,
  progress: (bytes: number) => void,
) => Promise<void>

const bucket = 'artifact-files'
/** Supabase's resumable uploads take chunks of exactly this many bytes. */
const supabaseChunk = 6 * 1024 * 1024
/** Bytes. */
const smallFile = 256 * 1024
const uploadLimit = 10 * 60_000
/** At most so many transfers share the line. */
const sharers = 32
const resumable = '/storage/v1/upload/resumable'
const tus = { 'tus-resumable': '1.0.0' }

const changed = () =>
  new Failure('file.changed-while-reading', 'The file changed while it was read.')

const failed = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Failure && codes.includes(error.code)

const bytesOf = async (read: Read, from: number, to: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(to - from)
  let at = 0
  if (to > from)
    for await (const chunk of read(from, to)) {
      if (at + chunk.byteLength > bytes.byteLength) throw changed()
      bytes.set(chunk, at)
      at += chunk.byteLength
    }
  if (at !== bytes.byteLength) throw changed()
  return bytes
}

type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
/** Bytes, and how many of them were handed on. */
type MakeBody = (handedOn: (bytes: number) => void) => Body

/** A body that is read as it is sent. */
const streamOf = (bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>

/** Sends blobs; each only counts as sent once the server shows it whole. `line` limits the bytes. */
export const openUploads = (
  server: Server,
  remote: Remote,
  cache: Places,
  chunkSize: number = supabaseChunk,
  line: TokenBucket | null = null,
): Send => {
  /** Milliseconds an answer may take: our own slowness is not the server's. */
  const patience = (bytes: number): number =>
    uploadLimit + (line?.rate ? (bytes / line.rate) * 1000 * sharers : 0)

  /** Bytes at hand go out as they are; with a limit, portion by portion. */
  const bodyOf =
    (bytes: Uint8Array, signal: AbortSignal): MakeBody =>
    (handedOn) =>
      line?.rate
        ? streamOf(paced(Readable.from([bytes]), line, signal, handedOn))
        : (bytes as Uint8Array<ArrayBuffer>)

  /** A request with a body, made anew for every try. `handedOn` hears the bytes of the try under way. */
  const put =
    (init: RequestInit, makeBody: MakeBody, handedOn: (bytes: number) => void) =>
    (): RequestInit => {
      let sum = 0
      const body = makeBody((bytes) => {
        sum += bytes
        handedOn(sum)
      })
      return { ...init, body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) }
    }

  const post = async (
    blob: Upload,
    key: string,
    makeBody: MakeBody,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<'sent' | 'duplicate'> => {
    const headers = {
      'content-type': blob.mediaType,
      'x-upsert': 'false',
      'cache-control': 'max-age=31536000',
    }
    const answer = await server.ask(
      `/storage/v1/object/${bucket}/${key}`,
      put({ method: 'POST', headers }, makeBody, progress),
      signal,
      patience(blob.size),
    )
    return answer === 'duplicate' ? answer : 'sent'
  }

  const wholly = async (
    blob: Upload,
    key: string,
    read: Read,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<'sent' | 'duplicate'> => {
    const hash = createHash('sha256')
    const isSmall = blob.size <= chunkSize
    const body = isSmall ? await bytesOf(read, 0, blob.size) : null
    // What does not hash to its name must never bear it, so a large file is read twice.
    if (body) hash.update(body)
    else for await (const chunk of read(0, blob.size)) hash.update(chunk)
    if (hash.digest('hex') !== blob.sha256) throw changed()
    const makeBody: MakeBody = body
      ? bodyOf(body, signal)
      : (handedOn) => {
          const bytes = read(0, blob.size)
          return streamOf(line ? paced(bytes, line, signal, handedOn) : bytes)
        }
    return post(blob, key, makeBody, signal, progress)
  }

  const create = async (
    blob: Upload,
    key: string,
    signal: AbortSignal,
  ): Promise<string | 'duplicate' | 'unsupported'> => {
    const metadata = Object.entries({
      bucketName: bucket,
      objectName: key,
      contentType: blob.mediaType,
      cacheControl: '31536000',
    })
      .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
      .join(',')
    const answer = await server
      .ask(
        resumable,
        {
          method: 'POST',
          headers: {
            ...tus,
            'upload-length': String(blob.size),
            'upload-metadata': metadata,
            'x-upsert': 'false',
          },
        },
        signal,
      )
      .catch((error: unknown) => {
        if (failed(error, 'sync.remote-object-missing')) return 'unsupported' as const
        throw error
      })
    if (typeof answer === 'string') return answer
    const location = answer.headers.get('location')
    if (!location) return 'unsupported'
    // The server may name itself differently; the token goes to the origin we know only.
    const { pathname, search } = new URL(location, 'http://server/')
    await cache.rememberUpload(key, `${pathname}${search}`)
    return `${pathname}${search}`
  }

  /** How far the server got; null when it knows nothing of this upload any more. */
  const offsetOf = async (location: string, signal: AbortSignal): Promise<number | null> => {
    const answer = await server
      .ask(location, { method: 'HEAD', headers: tus }, signal)
      .catch((error: unknown) => {
        if (failed(error, 'sync.remote-object-missing', 'server.denied', 'file.name-refused'))
          return null
        throw error
      })
    if (answer === null || answer === 'duplicate') return null
    const text = answer.headers.get('upload-offset')
    return text !== null && /^\d+$/.test(text) ? Number(text) : null
  }

  /** A name is no proof: whoever may write there may have put other bytes under it. */
  const verify = async (blob: Upload, signal: AbortSignal): Promise<void> => {
    const { body } = await remote.download(blob, 0, signal)
    const hash = createHash('sha256')
    for await (const chunk of body) hash.update(chunk)
    if (hash.digest('hex') !== blob.sha256)
      throw new Failure('sync.remote-object-damaged', 'The server has other bytes of this name.')
  }

  const inChunks = async (
    blob: Upload,
    key: string,
    read: Read,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<'sent' | 'duplicate' | 'unsupported'> => {
    let location = await cache.uploadLocation(key)
    let offset = location === null ? null : await offsetOf(location, signal)
    if (location === null || offset === null) {
      const made = await create(blob, key, signal)
      if (made === 'unsupported' || made === 'duplicate') return made
      location = made
      offset = 0
    }
    const hash = createHash('sha256')
    for (let at = 0; at < offset; at += chunkSize)
      hash.update(await bytesOf(read, at, Math.min(at + chunkSize, offset)))
    for (let trouble = 0; offset < blob.size; ) {
      progress(offset)
      const end = Math.min(offset + chunkSize, blob.size)
      const bytes = await bytesOf(read, offset, end)
      // The last chunk only goes out when all of it is what was promised.
      if (end === blob.size && hash.copy().update(bytes).digest('hex') !== blob.sha256) {
        await cache.rememberUpload(key, null)
        throw changed()
      }
      let now: number | null
      try {
        const from: number = offset
        const headers = {
          ...tus,
          'upload-offset': String(from),
          'content-type': 'application/offset+octet-stream',
        }
        const answer = await server.ask(
          location,
          put({ method: 'PATCH', headers }, bodyOf(bytes, signal), (sent) => progress(from + sent)),
          signal,
          patience(bytes.byteLength),
        )
        if (answer === 'duplicate') {
          await cache.rememberUpload(key, null)
          return 'duplicate'
        }
        now = Number(answer.headers.get('upload-offset') ?? Number.NaN)
        // Taken, and no further than before: that would go on for ever.
        if (now === from) now = null
      } catch (error) {
        // Expired, or ended by a request that was thought lost: it begins anew, and finds what is there.
        if (failed(error, 'sync.remote-object-missing')) now = null
        else if (
          !failed(error, 'server.conflict', 'server.unavailable', 'network.offline') ||
          trouble > 2
        )
          throw error
        // A cut in the middle of a chunk leaves the server ahead of us: it says how far.
        else {
          trouble += 1
          now = await offsetOf(location, signal)
        }
      }
      if (now === null || !Number.isInteger(now) || now < offset || now > end) {
        await cache.rememberUpload(key, null)
        throw new Failure('server.unavailable', 'The upload lost its place and starts over.')
      }
      hash.update(bytes.subarray(0, now - offset))
      offset = now
    }
    await cache.rememberUpload(key, null)
    return 'sent'
  }

  /** Whether the server has an object of that name and size. */
  const isThere = async (blob: Upload, key: string, signal: AbortSignal): Promise<boolean> => {
    const answer = await server
      .ask(`/storage/v1/object/info/authenticated/${bucket}/${key}`, {}, signal)
      .catch((error: unknown) => {
        if (failed(error, 'sync.remote-object-missing', 'file.name-refused')) return null
        throw error
      })
    if (answer === null || answer === 'duplicate') return false
    const info = objectInfo.safeParse(await jsonOf(answer, signal, undefined, server.time))
    return info.success && info.data.size === blob.size
  }

  return async (blob, read, signal, report) => {
    let reached = -1
    // What has to be sent again was told already.
    const progress = (bytes: number): void => {
      if (bytes <= reached) return
      reached = bytes
      report(bytes)
    }
    const key = `${blob.artifactId}/${blob.sha256}`
    // Asking costs less than sending, from some size on.
    const before = blob.size > smallFile && (await isThere(blob, key, signal))
    const inParts =
      blob.size > chunkSize && !before
        ? await inChunks(blob, key, read, signal, progress)
        : 'unsupported'
    const sent = before
      ? 'duplicate'
      : inParts === 'unsupported'
        ? await wholly(blob, key, read, signal, progress)
        : inParts
    if (sent === 'duplicate') await verify(blob, signal)
    // A resumable upload's success is not yet an object there. (Of others the commit asks, before it counts on one.)
    else if (inParts === 'sent' && !(await isThere(blob, key, signal)))
      throw new Failure('server.unexpected-answer', 'The server does not have the bytes it took.')
    progress(blob.size)
  }
}
