import { Failure } from '../../../src/domain/failure.ts'
import type { TransportRequest, TransportResponse } from '../../network/transport.ts'
import type { ApiClient } from './api-client.ts'
import type { RemoteBlob } from './artifact-api.ts'
import { beginningOf } from './response-stream.ts'

/** Where the server keeps the beginning of a big upload, by the object's name, over a restart too. */
export type Places = {
  uploadLocation(key: string): Promise<string | null>
  rememberUpload(key: string, location: string | null): Promise<void>
}

const path = '/storage/v1/upload/resumable'
const protocol = { 'tus-resumable': '1.0.0' }

const failed = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Failure && codes.includes(error.code)

/** @throws server.unavailable when an answer does not say how far the server is: somebody else's, most likely */
const offsetIn = (answer: TransportResponse): number => {
  const text = answer.headers.get('upload-offset')
  if (text === null || !/^\d+$/.test(text))
    throw new Failure('server.unavailable', 'The answer does not say how far the upload is.')
  return Number(text)
}

/**
 * The place that a `Location` names, under the address we know: a server may name itself differently, be found under
 * a path, or be somebody who would have the token elsewhere. Null: it names none of our uploads.
 */
const placeIn = (location: string | null): string | null => {
  const url =
    location && URL.canParse(location, 'http://server/') && new URL(location, 'http://server/')
  const id = url && /\/upload\/resumable\/([^/]{1,4000})$/.exec(url.pathname)?.[1]
  return url && id ? `${path}/${id}${url.search}` : null
}

/** The requests of tus 1.0, as Supabase has it. A place is what comes after the server's own address. */
export const openResumable = (server: ApiClient, bucket: string, cache: Places) => ({
  create: async (
    blob: RemoteBlob & { mediaType: string },
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
    const headers = {
      ...protocol,
      'upload-length': String(blob.size),
      'upload-metadata': metadata,
      'x-upsert': 'false',
    }
    const answer = await server
      .request(path, { method: 'POST', headers }, signal)
      .catch((error: unknown) => {
        if (failed(error, 'sync.remote-object-missing')) return 'unsupported' as const
        throw error
      })
    if (typeof answer === 'string') return answer
    await beginningOf(answer, signal, undefined, server.time)
    const place = placeIn(answer.headers.get('location'))
    if (place === null) return 'unsupported'
    await cache.rememberUpload(key, place)
    return place
  },

  /** How far the server got; null when it knows nothing of this upload, or has it for somebody else. */
  offsetOf: async (location: string, signal: AbortSignal): Promise<number | null> => {
    const answer = await server
      .request(location, { method: 'HEAD', headers: protocol }, signal)
      .catch((error: unknown) => {
        if (failed(error, 'sync.remote-object-missing', 'server.denied')) return null
        throw error
      })
    return answer === null || answer === 'duplicate' ? null : offsetIn(answer)
  },

  /** Sends one part. Answers how far the server is after it. */
  append: async (
    location: string,
    from: number,
    part: (headers: Record<string, string>) => () => TransportRequest,
    signal: AbortSignal,
    limit: number,
  ): Promise<number | 'duplicate'> => {
    const answer = await server.request(
      location,
      part({
        ...protocol,
        'upload-offset': String(from),
        'content-type': 'application/offset+octet-stream',
      }),
      signal,
      { limit },
    )
    if (answer === 'duplicate') return answer
    await beginningOf(answer, signal, undefined, server.time)
    return offsetIn(answer)
  },
})
