import { createHash, type Hash } from 'node:crypto'
import { ReadableStream as NodeStream } from 'node:stream/web'
import { Failure } from '../../../src/domain/failure.ts'
import { paced, TokenBucket } from '../../../src/transfer/token-bucket.ts'
import type { TransportRequest } from '../../network/transport.ts'
import type { ApiClient } from './api-client.ts'
import { type ArtifactApi, objectKey, type RemoteBlob } from './artifact-api.ts'
import { beginningOf, jsonOf } from './response-stream.ts'
import { openResumable, type Places } from './resumable.ts'
import { objectInfo } from './schemas.ts'

export type Upload = RemoteBlob & { mediaType: string }
/** Bytes `from` to `to` (exclusive) of what is to be sent. */
export type Read = (from: number, to: number) => AsyncIterable<Uint8Array>
export type Send = (
  blob: Upload,
  read: Read,
  signal: AbortSignal,
  progress: (bytes: number) => void,
) => Promise<void>

const bucket = 'artifact-files'
/** Supabase's resumable uploads take chunks of exactly this many bytes. */
const chunkBytes = 6 * 1024 * 1024
/** Bytes. */
const smallFileBytes = 256 * 1024
const uploadTimeoutMs = 10 * 60_000
/** At most so many transfers share the line. */
const maxSharers = 32

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

const hashTo = async (end: number, read: Read): Promise<Hash> => {
  const hash = createHash('sha256')
  if (end > 0) for await (const chunk of read(0, end)) hash.update(chunk)
  return hash
}

type Sent = 'sent' | 'resumed' | 'duplicate'
type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
/** Bytes, and how many of them were handed on. */
type MakeBody = (handedOn: (bytes: number) => void) => Body

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** A body that is read as it is sent. */
const streamOf = (bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  NodeStream.from(bytes) as ReadableStream<Uint8Array>

/** The same bytes, hashed as they pass. @throws file.changed-while-reading when there are more or fewer of them */
async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  length: number,
  hash: Hash,
  ended: () => void,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of bytes) {
    at += chunk.byteLength
    if (at > length) throw changed()
    hash.update(chunk)
    // Whoever sends it need not ask for more.
    if (at === length) ended()
    yield chunk
  }
  if (at !== length) throw changed()
}

/** Sends blobs; each only counts as sent once the server shows it whole. `line` limits the bytes. */
export const openUploads = (
  server: ApiClient,
  remote: ArtifactApi,
  cache: Places,
  chunkSize: number = chunkBytes,
  limit: TokenBucket | null = null,
): Send => {
  const line = limit ?? new TokenBucket(server.time)
  const resumable = openResumable(server, bucket, cache)
  /** Milliseconds an answer may take: our own slowness is not the server's. */
  const timeoutMsFor = (bytes: number): number =>
    uploadTimeoutMs + (line.rate ? (bytes / line.rate) * 1000 * maxSharers : 0)

  /** Bytes at hand go out as they are, their length known to whoever is between; with a limit, portion by portion. */
  const bodyOf =
    (bytes: Uint8Array, signal: AbortSignal): MakeBody =>
    (handedOn) =>
      line.rate !== null
        ? streamOf(paced(once(bytes), line, signal, handedOn))
        : (bytes as Uint8Array<ArrayBuffer>)

  /** A request with a body, made anew for every try. `handedOn` hears the bytes of the try under way. */
  const put =
    (asked: TransportRequest, makeBody: MakeBody, handedOn: (bytes: number) => void) =>
    (): TransportRequest => {
      let sum = 0
      const body = makeBody((bytes) => {
        sum += bytes
        handedOn(sum)
      })
      return { ...asked, body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) }
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
    const answer = await server.request(
      `/storage/v1/object/${bucket}/${key}`,
      put({ method: 'POST', headers }, makeBody, progress),
      signal,
      { limit: timeoutMsFor(blob.size) },
    )
    if (answer === 'duplicate') return answer
    await beginningOf(answer, signal, undefined, server.time)
    return 'sent'
  }

  const wholly = async (
    blob: Upload,
    key: string,
    read: Read,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<'sent' | 'duplicate'> => {
    const [hash, md5] = [createHash('sha256'), createHash('md5')]
    const note = (bytes: Uint8Array): void => {
      hash.update(bytes)
      md5.update(bytes)
    }
    const isSmall = blob.size <= chunkSize
    const body = isSmall ? await bytesOf(read, 0, blob.size) : null
    // What does not hash to its name must never bear it, so a large file is read twice.
    if (body) note(body)
    else for await (const chunk of read(0, blob.size)) note(chunk)
    if (hash.digest('hex') !== blob.sha256) throw changed()
    const makeBody: MakeBody = body
      ? bodyOf(body, signal)
      : (handedOn) => streamOf(paced(read(0, blob.size), line, signal, handedOn))
    const end = await post(blob, key, makeBody, signal, progress)
    if (end === 'sent') remote.checksums.sent(key, md5.digest('hex'))
    return end
  }

  /** A name is no proof: whoever may write there may have put other bytes under it. */
  const verify = async (blob: Upload, signal: AbortSignal): Promise<void> => {
    const { body } = await remote.download(blob, 0, signal)
    const hash = createHash('sha256')
    for await (const chunk of body) hash.update(chunk)
    const isWhole = hash.digest('hex') === blob.sha256
    if (isWhole) return remote.checksums.foundWhole(objectKey(blob))
    remote.checksums.foundOther(objectKey(blob))
    throw new Failure(
      'sync.remote-object-damaged',
      'The server has other bytes of this name, and nobody may put others in their place.',
    )
  }

  /** What an earlier run had sent is not sent again: `resumed` when there was some. */
  const inChunks = async (
    blob: Upload,
    key: string,
    read: Read,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<Sent | 'unsupported'> => {
    const known = await cache.uploadLocation(key)
    const said = known === null ? null : await resumable.offsetOf(known, signal)
    // More than there is to send is of another file, or of nobody.
    const kept = said !== null && said <= blob.size ? said : null
    const location =
      known === null || kept === null ? await resumable.create(blob, key, signal) : known
    if (location === 'unsupported' || location === 'duplicate') return location
    let offset = kept ?? 0
    let hash = await hashTo(offset, read)
    for (let trouble = 0; offset < blob.size; ) {
      progress(offset)
      const from = offset
      const end = Math.min(from + chunkSize, blob.size)
      const isLast = end === blob.size
      // The last part only goes out when all of it is what was promised; the others go as they are read.
      const last = isLast ? await bytesOf(read, from, end) : null
      if (last && hash.copy().update(last).digest('hex') !== blob.sha256) {
        await cache.rememberUpload(key, null)
        throw changed()
      }
      // Up to its end, of a try that handed on all of it: another may have been refused before.
      let reached: Hash | null = null
      const makeBody: MakeBody = last
        ? bodyOf(last, signal)
        : (handedOn) => {
            const own = hash.copy()
            const bytes = hashed(read(from, end), end - from, own, () => {
              reached = own
            })
            return streamOf(paced(bytes, line, signal, handedOn))
          }
      let now: number | 'duplicate' | null
      try {
        now = await resumable.append(
          location,
          from,
          (headers) => put({ method: 'PATCH', headers }, makeBody, (sent) => progress(from + sent)),
          signal,
          timeoutMsFor(end - from),
        )
        if (now !== 'duplicate' && now <= from)
          throw new Failure('server.unavailable', 'The server took nothing of a part.')
      } catch (error) {
        // What the server has of it may be of neither version.
        if (failed(error, 'file.changed-while-reading')) await cache.rememberUpload(key, null)
        // Expired, or ended by a request that was thought lost: it begins anew, and finds what is there.
        if (failed(error, 'sync.remote-object-missing')) now = null
        else if (
          !failed(
            error,
            'server.conflict',
            'server.unavailable',
            'network.offline',
            'network.unreachable',
          ) ||
          trouble > 2
        )
          throw error
        // A cut in the middle of a chunk leaves the server ahead of us: it says how far.
        else {
          trouble += 1
          now = await resumable.offsetOf(location, signal)
        }
      }
      if (now === 'duplicate') {
        await cache.rememberUpload(key, null)
        return now
      }
      if (now === null || now > blob.size) {
        await cache.rememberUpload(key, null)
        throw new Failure('server.unavailable', 'The upload lost its place and starts over.')
      }
      // A server that fell may have kept less than it said: what it has need not be sent again all the same.
      if (now === end && reached) hash = reached
      else if (now < blob.size) hash = await hashTo(now, read)
      offset = now
    }
    await cache.rememberUpload(key, null)
    return kept ? 'resumed' : 'sent'
  }

  /** Whether the server has an object of that name and size. */
  const isThere = async (blob: Upload, key: string, signal: AbortSignal): Promise<boolean> => {
    const answer = await server
      .request(`/storage/v1/object/info/authenticated/${bucket}/${key}`, {}, signal)
      .catch((error: unknown) => {
        if (failed(error, 'sync.remote-object-missing', 'sync.file-refused')) return null
        throw error
      })
    if (answer === null || answer === 'duplicate') return false
    const info = objectInfo.safeParse(await jsonOf(answer, signal, undefined, server.time))
    return info.success && info.data.size === blob.size
  }

  /** The way that fits the size. What is taken for granted of what is there is looked at. */
  const bring = async (
    blob: Upload,
    read: Read,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<Sent> => {
    const key = objectKey(blob)
    // Asking costs less than sending, from some size on.
    const before = blob.size > smallFileBytes && (await isThere(blob, key, signal))
    const inParts =
      blob.size > chunkSize && !before
        ? await inChunks(blob, key, read, signal, progress)
        : 'unsupported'
    if (before) return 'duplicate'
    if (inParts === 'unsupported') return wholly(blob, key, read, signal, progress)
    // A resumable upload's success is not yet an object there. (Of others the commit asks, before it counts on one.)
    if (inParts !== 'duplicate' && !(await isThere(blob, key, signal)))
      throw new Failure('server.unexpected-answer', 'The server does not have the bytes it took.')
    if (inParts !== 'duplicate') remote.checksums.sent(key, null)
    return inParts
  }

  return async (blob, read, signal, report) => {
    let reached = -1
    // What has to be sent again was told already.
    const progress = (bytes: number): void => {
      if (bytes <= reached) return
      reached = bytes
      report(bytes)
    }
    let sent = await bring(blob, read, signal, progress)
    if (sent === 'resumed') {
      // Of its beginning the server has what an earlier run read, or a disk kept.
      const isWhole = await verify(blob, signal).then(
        () => true,
        (error: unknown) => {
          if (failed(error, 'sync.remote-object-damaged', 'sync.remote-object-missing'))
            return false
          throw error
        },
      )
      // Once more from its beginning, if what is there has gone. It has not: then it was the transfer, or it is told.
      if (!isWhole) sent = await bring(blob, read, signal, progress)
    }
    if (sent === 'duplicate')
      await verify(blob, signal).catch(async (error: unknown) => {
        // Swept since, as what no row names is in time: a computer may sleep for days between two requests.
        if (!failed(error, 'sync.remote-object-missing')) throw error
        if ((await bring(blob, read, signal, progress)) === 'duplicate') throw error
      })
    progress(blob.size)
  }
}
