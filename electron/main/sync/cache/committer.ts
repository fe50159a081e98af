import { CommitQueue, type Committable } from '../../../../src/sync/commit.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import type { Cache } from '../../store/client.ts'
import type { OutboxRow } from '../../store/rows.ts'

export type CommitterParts = { cache: Cache; remote: Pick<ArtifactApi, 'commit' | 'limiter'> }
/** An edit whose bytes are at the server, over the revision that is expected there. */
type Row = Committable & {
  edit: OutboxRow
  expected: number
}
type CommitAnswer = Awaited<ReturnType<ArtifactApi['commit']>>
type Conflict = Extract<CommitAnswer, { status: 'conflict' }>['conflicts'][number]

const changeOf = ({ edit }: Row) => {
  const { fileId, path, sha256, size, mediaType, isExecutable, isOwnerOnly, modifiedAt } = edit
  return {
    op: 'put' as const,
    file_id: fileId,
    path,
    sha256,
    size,
    media_type: mediaType,
    ...(isExecutable !== null && { is_executable: isExecutable === 1 }),
    ...(isOwnerOnly !== null && { is_owner_only: isOwnerOnly === 1 }),
    ...(modifiedAt !== null && { modified_at: new Date(modifiedAt).toISOString() }),
  }
}

/** Edits become rows of the server, those of an artifact together as they come. */
export const openCommitter = ({ cache, remote }: CommitterParts) => {
  const queues = new Map<string, CommitQueue<Row, Conflict>>()

  const ask = (artifactId: string) => async (rows: readonly Row[]) => {
    // What it names is known again should its answer be lost.
    await cache.markSent(
      rows.map(({ edit: { fileId, sha256 }, expected }) => ({
        fileId,
        sha256,
        revision: expected + 1,
      })),
    )
    const expected = Object.fromEntries(rows.map((row) => [row.fileId, row.expected]))
    // All are of one pass, which ends them.
    const signal = rows[0]?.pass ?? new AbortController().signal
    const answer = await remote.limiter.run(0, () =>
      remote.commit(artifactId, expected, rows.map(changeOf), signal),
    )
    if (answer.status === 'conflict') {
      const conflicts = new Map(answer.conflicts.map((each) => [each.file_id, each]))
      return { status: answer.status, conflicts }
    }
    // What goes back with files from what was looked at counts on this one too, unless the server had it all already.
    if (answer.files.some((file) => file.revision === (expected[file.file_id] ?? 0) + 1))
      await cache.noteOwnRevision(artifactId, answer.revision)
    const revisions = new Map(answer.files.map((file) => [file.file_id, file.revision]))
    await cache.committed(
      rows.flatMap(({ edit, fileId }) => {
        const revision = revisions.get(fileId)
        return revision === undefined ? [] : [{ edit, revision }]
      }),
    )
    return { status: answer.status, revisions }
  }

  return {
    add: (artifactId: string, row: Row) => {
      const queue =
        queues.get(artifactId) ??
        new CommitQueue(ask(artifactId), () => void queues.delete(artifactId))
      queues.set(artifactId, queue)
      return queue.add(row)
    },
  }
}
