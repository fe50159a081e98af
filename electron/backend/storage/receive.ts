import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import { refusals } from './errors.ts'
import type { Files } from './files.ts'
import type { ReceivedFile } from './objects.ts'

/** Bytes. */
const smallBodyBytes = 65_536

/** Told the media type and, where the client said it, the size in bytes; answers the most bytes to take. */
export type Admit = (mediaType: string, size: number | undefined) => number

const jsonObject = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/**
 * Reads a stream without destroying it when reading stops early: the socket under a request is still
 * needed to say why.
 */
const untouched = (source: Readable): AsyncIterable<Buffer> =>
  source.iterator({ destroyOnReturn: false })

/** Streams to a temporary file that is fsynced before it is closed; nothing is left when it fails. */
const write = async (
  source: Readable | AsyncIterable<Buffer>,
  path: string,
  limit: number,
  signal?: AbortSignal,
): Promise<{ size: number; eTag: string }> => {
  const digest = createHash('md5')
  let size = 0
  try {
    await pipeline(
      source,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          size += chunk.length
          if (size > limit) throw refusals.tooLarge()
          digest.update(chunk)
          yield chunk
        }
      },
      createWriteStream(path, { flags: 'wx', flush: true, mode: 0o600 }),
      { signal },
    )
  } catch (thrown) {
    await rm(path, { force: true })
    throw thrown
  }
  return { size, eTag: `"${digest.digest('hex')}"` }
}

/** As `write`, of a body that is in memory first: for one that small a stream costs more than its bytes. */
const writeAtOnce = async (
  source: AsyncIterable<Buffer>,
  path: string,
  limit: number,
): Promise<{ size: number; eTag: string }> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > limit) throw refusals.tooLarge()
    chunks.push(chunk)
  }
  try {
    const bytes = Buffer.concat(chunks)
    await writeFile(path, bytes, { flag: 'wx', flush: true, mode: 0o600 })
    return { size, eTag: `"${createHash('md5').update(bytes).digest('hex')}"` }
  } catch (thrown) {
    await rm(path, { force: true })
    throw thrown
  }
}

const receiveRaw = async (
  request: IncomingMessage,
  files: Files,
  admit: Admit,
): Promise<ReceivedFile> => {
  const mediaType = request.headers['content-type'] ?? 'application/octet-stream'
  const length = request.headers['content-length']
  const limit = admit(mediaType, length === undefined ? undefined : Number(length))
  const header = request.headers['x-metadata']
  const path = files.temporary()
  const isSmall = length !== undefined && Number(length) <= smallBodyBytes
  const written = isSmall
    ? await writeAtOnce(untouched(request), path, limit)
    : await write(untouched(request), path, limit)
  return {
    path,
    ...written,
    mediaType,
    cacheControl: request.headers['cache-control'] ?? 'no-cache',
    userMetadata:
      typeof header === 'string'
        ? jsonObject(Buffer.from(header, 'base64').toString('utf8'))
        : null,
  }
}

/** supabase-js sends Blob and FormData uploads as a form: fields `cacheControl`, `metadata`, and one file. */
const receiveForm = async (
  request: IncomingMessage,
  files: Files,
  admit: Admit,
): Promise<ReceivedFile> => {
  const fields = new Map<string, string>()
  const abort = new AbortController()
  const path = files.temporary()
  let file: Promise<{ size: number; eTag: string; mediaType: string }> | undefined
  const parser = busboy({
    headers: request.headers,
    limits: { files: 1, fields: 20, fieldSize: 1_048_576 },
  })
  const stop = new AbortController()
  // Both may fail after the pipelines that watched them have ended.
  parser.on('error', () => undefined)
  parser.on('field', (name, value) => fields.set(name, value))
  parser.on('file', (_name, stream, information) => {
    stream.on('error', () => undefined)
    const mediaType = information.mimeType
    file = (async () => {
      const limit = admit(mediaType, undefined)
      return { ...(await write(stream, path, limit, abort.signal)), mediaType }
    })()
    // A refused file ends the whole form at once instead of reading the rest of it.
    file.catch(() => stop.abort())
  })
  try {
    await pipeline(untouched(request), parser, { signal: stop.signal })
  } catch (thrown) {
    abort.abort()
    // The file's own refusal says more than the parser's end does.
    const refusal = await file?.then(
      () => undefined,
      (error: unknown) => error,
    )
    await rm(path, { force: true })
    const aborted = refusal instanceof Error && refusal.name === 'AbortError'
    throw refusal === undefined || aborted ? thrown : refusal
  }
  if (!file) throw refusals.invalidRequest('no file in form')
  const written = await file
  const seconds = fields.get('cacheControl')
  const metadata = fields.get('metadata')
  return {
    path,
    ...written,
    cacheControl: seconds === undefined ? 'no-cache' : `max-age=${seconds}`,
    userMetadata: metadata === undefined ? null : jsonObject(metadata),
  }
}

/** Takes an upload's body to a temporary file, never holding more than a few chunks in memory. */
export const receive = (
  request: IncomingMessage,
  files: Files,
  admit: Admit,
): Promise<ReceivedFile> =>
  request.headers['content-type']?.toLowerCase().startsWith('multipart/form-data')
    ? receiveForm(request, files, admit)
    : receiveRaw(request, files, admit)
