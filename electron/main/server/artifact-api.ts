import { asFailure, Failure } from '../../../src/domain/failure.ts'
import { checkedSha256 } from '../../../src/domain/sha256.ts'
import { paced, type TokenBucket } from '../../../src/transfer/token-bucket.ts'
import { UploadChecksums } from '../../../src/transfer/upload-checksums.ts'
import type { TransportResponse } from '../../network/transport.ts'
import type { ApiClient } from './api-client.ts'
import { bodyOf, longAnswerBytes } from './response-stream.ts'
import { commitAnswer, pulled, versionRows } from './schemas.ts'

const bucket = 'artifact-files'
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** An object of the bucket, by the artifact and hash that name it. Size in bytes. */
export type RemoteBlob = { artifactId: string; sha256: string; size: number }
/** Its name in the bucket. */
export const objectKey = ({ artifactId, sha256 }: Omit<RemoteBlob, 'size'>): string => {
  if (!uuidForm.test(artifactId))
    throw new Failure('server.unexpected-answer', 'What should be an artifact’s id is not one.')
  return `${artifactId}/${checkedSha256(sha256)}`
}

/** A sign-in page of the network, or a guard's, which says that all is well; a page that is a file is as long as its row says. */
const isPageInstead = ({ status, headers }: TransportResponse, size: number): boolean => {
  const length = headers.get('content-length')
  return (
    status !== 206 &&
    length !== null &&
    !headers.has('content-encoding') &&
    Number(length) !== size &&
    headers.get('content-type')?.startsWith('text/html') === true
  )
}

/** As `pull_project` has them. */
export type PullOptions = {
  /** Of one artifact alone. */
  artifactId?: string
  /** Everything comes in parts of so many rows. */
  atMost?: number
  /** Files with ids after this one. */
  after?: string | null
  /** Artifacts with ids after this one, and no files. */
  afterArtifact?: string
  /** No files where all of them are as this says. */
  digest?: string | null
  /** With what changed comes the digest of all there is. */
  withDigest?: boolean
}

/** As `commit_artifact_changes` has them. */
export type RowChange =
  | { op: 'remove'; file_id: string }
  | {
      op: 'put'
      file_id: string
      path: string
      sha256: string
      size: number
      media_type: string
      /** What is absent stays as it is there. */
      is_executable?: boolean
      is_owner_only?: boolean
      modified_at?: string
    }

/** Rows and bytes of the server. Every failure is typed; nothing here deletes anything. `line` limits the bytes. */
export const openArtifactApi = (
  server: ApiClient,
  line: TokenBucket | null = null,
  checksums: UploadChecksums = new UploadChecksums(),
) => ({
  /** Of what was sent and has no row yet. */
  checksums,
  /** Whoever moves a file does it in one of these. */
  limiter: server.limiter,

  /** Without a cursor, or with one of another epoch, everything, whole or in parts; else what changed since. */
  pull: (
    projectId: string,
    since: { cursor: string; epoch: string | null } | null,
    signal: AbortSignal,
    part: PullOptions = {},
  ) =>
    server.json(
      pulled,
      '/rest/v1/rpc/pull_project',
      {
        project: projectId,
        ...(since ? { since: since.cursor, of_epoch: since.epoch } : {}),
        ...(part.artifactId ? { of_artifact: part.artifactId } : {}),
        ...(part.atMost ? { at_most: part.atMost } : {}),
        ...(part.after ? { after_file: part.after } : {}),
        ...(part.afterArtifact ? { after_artifact: part.afterArtifact } : {}),
        ...(part.digest ? { known_digest: part.digest } : {}),
        ...(part.withDigest ? { with_digest: true } : {}),
      },
      signal,
      { mostBytes: longAnswerBytes },
    ),

  /** An artifact of an id that was made here: one that is there already is that one. */
  makeArtifact: async (artifact: {
    id: string
    projectId: string
    title: string
  }): Promise<void> => {
    const { id, projectId, title } = artifact
    const row = { id, project_id: projectId, title, artifact_type: 'folder', status: 'ready' }
    const headers = { 'content-type': 'application/json', prefer: 'return=minimal' }
    const asked = { method: 'POST', headers, body: JSON.stringify(row) }
    const response = await server.request('/rest/v1/artifacts', asked, new AbortController().signal)
    if (response !== 'duplicate') await response.body?.getReader().cancel()
  },

  /** The bytes of a blob from an offset on; the server may start over. */
  download: async (file: RemoteBlob, from: number, signal: AbortSignal) => {
    const response = await server.request(
      `/storage/v1/object/authenticated/${bucket}/${objectKey(file)}`,
      {
        headers: {
          'accept-encoding': 'identity',
          ...(from > 0 ? { range: `bytes=${from}-` } : {}),
        },
      },
      signal,
      { isOther: (answer) => isPageInstead(answer, file.size) },
    )
    if (response === 'duplicate')
      throw new Failure('server.unexpected-answer', 'There was no body.')
    const resumed = response.status === 206
    const refuse = async (failure: Failure): Promise<never> => {
      await response.body
        ?.getReader()
        .cancel()
        .catch(() => {})
      throw failure
    }
    const whole = `bytes ${from}-${file.size - 1}/${file.size}`
    if (resumed && response.headers.get('content-range') !== whole)
      return refuse(
        new Failure('file.hash-mismatch', 'The server’s bytes are not those of its row.'),
      )
    const length = response.headers.get('content-length')
    const expected = file.size - (resumed ? from : 0)
    if (length !== null && !response.headers.has('content-encoding') && Number(length) !== expected)
      return refuse(
        new Failure('file.hash-mismatch', 'The server’s bytes are not those of its row.'),
      )
    const body = bodyOf(response, signal, undefined, server.time)
    return { from: resumed ? from : 0, body: line ? paced(body, line, signal) : body }
  },

  /** Rows of history: of each file the one of a revision, as far as there is one. */
  versions: (files: readonly { fileId: string; revision: number }[], signal: AbortSignal) => {
    const each = files.map(
      ({ fileId, revision }) => `and(file_id.eq.${fileId},revision.eq.${revision})`,
    )
    const select = 'select=file_id,revision,file_path,sha256'
    const path = `/rest/v1/artifact_file_versions?${select}&or=(${each.join()})`
    return server.json(versionRows, path, null, signal)
  },

  commit: async (
    artifactId: string,
    expected: Record<string, number>,
    rows: readonly RowChange[],
    signal: AbortSignal,
  ) => {
    const keys: string[] = []
    const changes = rows.map((row) => {
      if (row.op === 'remove') return row
      const key = objectKey({ artifactId, ...row })
      keys.push(key)
      const md5 = checksums.of(key)
      return md5 === null ? row : { ...row, md5 }
    })
    const asked = { artifact_id: artifactId, expected, changes }
    try {
      const path = '/rest/v1/rpc/commit_artifact_changes'
      const answer = await server.json(commitAnswer, path, asked, signal, { of: 'file' })
      if (answer.status === 'committed') checksums.committed(keys)
      return answer
    } catch (error) {
      if (asFailure(error).code === 'server.conflict') checksums.refused(keys)
      throw error
    }
  },
})
export type ArtifactApi = ReturnType<typeof openArtifactApi>
