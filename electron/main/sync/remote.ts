import { z } from 'zod'
import { Failure } from '../../../src/contract/failure.ts'
import { backoff } from '../../../src/sync/retry.ts'
import { judge } from '../../../src/sync/server-answer.ts'

const artifactRow = z.object({
  id: z.uuid(),
  project_id: z.uuid(),
  title: z.string(),
  description: z.string().nullable(),
  artifact_type: z.string(),
  status: z.string(),
  is_public: z.boolean(),
  updated_at: z.string(),
  deleted_at: z.string().nullable(),
})
const fileRow = z.object({
  id: z.uuid(),
  artifact_id: z.uuid(),
  file_path: z.string(),
  file_type: z.string(),
  file_size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  revision: z.number().int().positive(),
  is_main_file: z.boolean(),
  deleted_at: z.string().nullable(),
})
const pulled = z.object({
  cursor: z.string(),
  artifacts: z.array(artifactRow),
  files: z.array(fileRow),
  artifact_ids: z.array(z.uuid()).optional(),
  file_ids: z.array(z.uuid()).optional(),
})
const commitAnswer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('committed'),
    revision: z.number(),
    files: z.array(z.object({ file_id: z.uuid(), revision: z.number() })),
  }),
  z.object({
    status: z.literal('conflict'),
    conflicts: z.array(z.looseObject({ file_id: z.uuid(), reason: z.string() })),
  }),
])
export type Commit = z.infer<typeof commitAnswer>
const objectInfo = z.object({ size: z.number() })

export type RemoteOptions = {
  server: { url: string; publishableKey: string }
  fetch: typeof fetch
  accessToken: () => Promise<string | null>
}

const bucket = 'artifact-files'
/** Supabase's resumable uploads take chunks of exactly this many bytes. */
const chunkSize = 6 * 1024 * 1024
const attempts = 4

/** Everything sync asks of the server. Every failure is typed; nothing here deletes anything. */
export const openRemote = ({ server, fetch, accessToken }: RemoteOptions) => {
  const once = async (path: string, init: RequestInit, token: string): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('apikey', server.publishableKey)
    headers.set('authorization', `Bearer ${token}`)
    try {
      return await fetch(`${server.url}${path}`, { ...init, headers })
    } catch (error) {
      if (init.signal?.aborted) throw new Failure('sync.cancelled', 'Cancelled.', { cause: error })
      throw new Failure('network.offline', 'The server could not be reached.', { cause: error })
    }
  }

  /** Retries what is worth retrying; throws the rest. `duplicate` is an answer of its own. */
  const ask = async (path: string, init: RequestInit): Promise<Response | 'duplicate'> => {
    let reauthorised = false
    for (let attempt = 0; ; attempt += 1) {
      const token = await accessToken()
      if (token === null) throw new Failure('network.offline', 'There is no fresh access token.')
      let failure: Failure
      let wait: number | null = null
      try {
        const response = await once(path, init, token)
        if (response.ok) return response
        const judgement = judge(response.status, (await response.text()).slice(0, 2000))
        if (judgement.kind === 'duplicate') return 'duplicate'
        if (judgement.kind === 'park')
          throw new Failure(judgement.code, `The server refused (${response.status}).`)
        if (judgement.kind === 'reauthorise') {
          if (reauthorised)
            throw new Failure('server.denied', 'The server refused the access token.')
          reauthorised = true
          continue
        }
        const retryAfter = Number(response.headers.get('retry-after'))
        wait = Number.isFinite(retryAfter) ? retryAfter : null
        failure = new Failure(judgement.code, `The server answered ${response.status}.`)
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'network.offline') throw error
        failure = error
      }
      if (attempt + 1 >= attempts) throw failure
      await new Promise((done) => setTimeout(done, backoff(attempt, Math.random, wait)))
      if (init.signal?.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
    }
  }

  const json = async <T>(
    schema: z.ZodType<T>,
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<T> => {
    const response = await ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    })
    if (response === 'duplicate')
      throw new Failure('server.conflict', 'The server already has this.')
    const parsed = schema.safeParse(await response.json().catch(() => null))
    if (!parsed.success)
      throw new Failure('server.unexpected-answer', 'The server’s answer is not of its form.')
    return parsed.data
  }

  const uploadInChunks = async (
    key: string,
    bytes: (from: number, to: number) => Promise<Uint8Array>,
    size: number,
    mediaType: string,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<'done' | 'duplicate' | 'unsupported'> => {
    const metadata = Object.entries({
      bucketName: bucket,
      objectName: key,
      contentType: mediaType,
      cacheControl: '31536000',
    })
      .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
      .join(',')
    const tus = { 'tus-resumable': '1.0.0' }
    const created = await ask('/storage/v1/upload/resumable', {
      method: 'POST',
      signal,
      headers: {
        ...tus,
        'upload-length': String(size),
        'upload-metadata': metadata,
        'x-upsert': 'false',
      },
    }).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'sync.remote-object-missing') return null
      throw error
    })
    if (created === null) return 'unsupported'
    if (created === 'duplicate') return 'duplicate'
    const location = new URL(created.headers.get('location') ?? '', server.url)
    // The server may name itself differently; the token goes to the origin we know only.
    const path = `${location.pathname}${location.search}`
    for (let offset = 0; offset < size; ) {
      const answer = await ask(path, {
        method: 'PATCH',
        signal,
        headers: {
          ...tus,
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
        },
        body: new Uint8Array(await bytes(offset, Math.min(offset + chunkSize, size))),
      })
      if (answer === 'duplicate') return 'duplicate'
      offset = Number(answer.headers.get('upload-offset'))
      if (!Number.isInteger(offset) || offset <= 0)
        throw new Failure('server.unexpected-answer', 'The upload lost its place.')
      progress(offset)
    }
    return 'done'
  }

  return {
    pull: (projectId: string, since: string | null, signal: AbortSignal) =>
      json(
        pulled,
        '/rest/v1/rpc/pull_project',
        { project: projectId, ...(since ? { since } : {}) },
        signal,
      ),

    /** The bytes of a blob from an offset on; the server may start over. */
    download: async (artifactId: string, sha256: string, from: number, signal: AbortSignal) => {
      const response = await ask(
        `/storage/v1/object/authenticated/${bucket}/${artifactId}/${sha256}`,
        {
          signal,
          ...(from > 0 ? { headers: { range: `bytes=${from}-` } } : {}),
        },
      )
      if (response === 'duplicate' || !response.body)
        throw new Failure('server.unexpected-answer', 'There was no body.')
      const resumed =
        response.status === 206 &&
        response.headers.get('content-range')?.startsWith(`bytes ${from}-`)
      return { from: resumed ? from : 0, body: response.body as AsyncIterable<Uint8Array> }
    },

    /** Sends a blob unless the server has it, and makes sure it is there whole. */
    upload: async (
      blob: { artifactId: string; sha256: string; size: number; mediaType: string },
      bytes: (from: number, to: number) => Promise<Uint8Array>,
      signal: AbortSignal,
      progress: (bytes: number) => void,
    ): Promise<void> => {
      const key = `${blob.artifactId}/${blob.sha256}`
      const chunked =
        blob.size > chunkSize &&
        (await uploadInChunks(key, bytes, blob.size, blob.mediaType, signal, progress))
      if (!chunked || chunked === 'unsupported')
        await ask(`/storage/v1/object/${bucket}/${key}`, {
          method: 'POST',
          signal,
          headers: {
            'content-type': blob.mediaType,
            'x-upsert': 'false',
            'cache-control': 'max-age=31536000',
          },
          body: new Uint8Array(await bytes(0, blob.size)),
        })
      // A success said is not yet an object there; and a duplicate may be somebody's torn one.
      const answer = await ask(`/storage/v1/object/info/authenticated/${bucket}/${key}`, { signal })
      const info = objectInfo.safeParse(
        answer === 'duplicate' ? null : await answer.json().catch(() => null),
      )
      if (!info.success || info.data.size !== blob.size)
        throw new Failure('server.unexpected-answer', 'The server does not have the bytes it took.')
      progress(blob.size)
    },

    commit: (
      artifactId: string,
      expected: Record<string, number>,
      changes: unknown[],
      signal: AbortSignal,
    ) =>
      json(
        commitAnswer,
        '/rest/v1/rpc/commit_artifact_changes',
        { artifact_id: artifactId, expected, changes },
        signal,
      ),
  }
}
export type Remote = ReturnType<typeof openRemote>
