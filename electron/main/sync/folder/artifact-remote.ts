import { asFailure, Failure } from '../../../../src/domain/failure.ts'
import { mediaTypeOf } from '../../../../src/domain/media-type.ts'
import type {
  Cursor,
  Pulled,
  Remote,
  RemoteFile,
  Version,
} from '../../../../src/sync/folder/ports.ts'
import type { ArtifactApi, RowChange } from '../../server/artifact-api.ts'
import type { Pulled as PulledRows } from '../../server/schemas.ts'
import type { Send } from '../../server/uploads.ts'
import { digestOf } from './digest.ts'

/** Of one artifact: what goes on after them is no list of files. */
const maxPages = 1_000
/** As many as an address has room for. */
const versionsAtOnce = 40
const nothing: Omit<Pulled, 'cursor' | 'present'> = {
  whole: null,
  files: [],
  removed: [],
  role: 'none',
  uploadRules: null,
}

const filesIn = (files: PulledRows['files']): RemoteFile[] =>
  files
    .filter((file) => file.deleted_at === null)
    .map((file) => ({
      fileId: file.id,
      path: file.file_path,
      sha256: file.sha256,
      size: file.file_size,
      revision: file.revision,
      permissions:
        file.is_executable === undefined
          ? undefined
          : { isExecutable: file.is_executable, isOwnerOnly: file.is_owner_only ?? false },
      modifiedAt: file.modified_at,
    }))

/**
 * Everything, from its first part on. @throws server.unavailable when the artifact is not all there any more,
 * server.unexpected-answer for parts that do not come nearer to an end
 */
const partsFrom = async function* (
  api: ArtifactApi,
  { epoch, ...first }: PulledRows,
  { projectId, artifactId, atMost }: { projectId: string; artifactId: string; atMost: number },
  signal: AbortSignal,
): AsyncGenerator<RemoteFile[]> {
  let answer: Omit<PulledRows, 'epoch'> = first
  let before = ''
  for (let pages = 1; ; pages += 1) {
    const after = answer.files.at(-1)?.id ?? ''
    const isLast = answer.more !== true
    if (!isLast && (after <= before || pages >= maxPages))
      throw new Failure('server.unexpected-answer', 'The server’s list of files does not advance.')
    before = after
    yield filesIn(answer.files.filter((file) => file.artifact_id === artifactId))
    if (isLast) return
    const next = await api.pull(projectId, null, signal, { artifactId, after, atMost })
    if (next.epoch !== epoch || !next.artifacts.some(({ id }) => id === artifactId))
      throw new Failure('server.unavailable', 'The artifact went away while it was read.')
    answer = next
  }
}

/** One artifact at the server, as a linked folder sees it. */
export const openArtifactRemote = (
  api: ArtifactApi,
  send: Send,
  { projectId, artifactId }: { projectId: string; artifactId: string },
  atMost = 2_000,
): Remote => ({
  pull: async (since: Cursor | null, signal, known) => {
    const digest = known && !since ? await digestOf(known, signal) : null
    const part = { artifactId, after: null, atMost, digest }
    const answer = await api.pull(projectId, since, signal, part).catch((error: unknown) => {
      // The project is gone, or not ours to see any more. That deletes nothing here.
      if (asFailure(error).code === 'server.not-found') return null
      throw error
    })
    if (!answer) return { ...nothing, cursor: since ?? { cursor: '0', epoch: '' }, present: false }
    const isWhole = answer.artifact_ids !== undefined
    const isSame = answer.same === true
    const artifact = answer.artifacts.find(({ id }) => id === artifactId)
    const isGone =
      (artifact !== undefined && artifact.deleted_at !== null) ||
      (answer.removed_artifact_ids?.includes(artifactId) ?? false)
    const files = answer.files.filter((file) => file.artifact_id === artifactId)
    return {
      cursor: { cursor: answer.cursor, epoch: answer.epoch },
      whole:
        isWhole && !isSame
          ? partsFrom(api, answer, { projectId, artifactId, atMost }, signal)
          : null,
      present: isWhole ? artifact !== undefined : !isGone,
      files: isWhole ? [] : filesIn(files),
      removed: isWhole
        ? []
        : files.filter((file) => file.deleted_at !== null).map((file) => file.id),
      role: answer.role ?? null,
      uploadRules: answer.upload_rules ?? null,
    }
  },
  runLimited: (bytes, work, signal) => api.limiter.run(bytes, work, signal),
  send: ({ sha256, size, path }, read, signal, progress) =>
    send({ artifactId, sha256, size, mediaType: mediaTypeOf(path) }, read, signal, progress),
  fetch: (blob, from, signal) => api.download({ artifactId, ...blob }, from, signal),
  versions: async (files, signal) => {
    const found: Version[] = []
    for (let from = 0; from < files.length; from += versionsAtOnce)
      for (const row of await api.versions(files.slice(from, from + versionsAtOnce), signal))
        found.push({
          fileId: row.file_id,
          revision: row.revision,
          path: row.file_path,
          sha256: row.sha256,
        })
    return found
  },
  commit: async (expected, changes, signal) => {
    const answer = await api.commit(
      artifactId,
      expected,
      changes.map(
        (change): RowChange =>
          change.op === 'remove'
            ? { op: 'remove', file_id: change.fileId }
            : {
                op: 'put',
                file_id: change.fileId,
                path: change.path,
                sha256: change.sha256,
                size: change.size,
                media_type: mediaTypeOf(change.path),
                ...(change.permissions && {
                  is_executable: change.permissions.isExecutable,
                  is_owner_only: change.permissions.isOwnerOnly,
                }),
                ...(change.modifiedAt !== undefined && {
                  modified_at: new Date(change.modifiedAt).toISOString(),
                }),
              },
      ),
      signal,
    )
    if (answer.status === 'conflict')
      return {
        status: 'conflict',
        fileIds: answer.conflicts.map(({ file_id }) => file_id),
        taken: answer.conflicts.flatMap(({ file_id, reason }) =>
          reason === 'path-taken' ? [file_id] : [],
        ),
      }
    const revisions = Object.fromEntries(
      answer.files.map(({ file_id, revision }) => [file_id, revision]),
    )
    const unnamed = changes.some(({ op, fileId }) => op === 'put' && !(fileId in revisions))
    if (unnamed)
      throw new Failure('server.unexpected-answer', 'The commit does not name every file.')
    return { status: 'committed', revisions }
  },
})
