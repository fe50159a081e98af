import { asFailure } from '../../../src/contract/failure.ts'
import { type Circumstances, rolesAbove } from '../../../src/sync/parking.ts'
import type { Cache } from '../cache/client.ts'
import type { Pulled } from './answers.ts'
import { isDenial } from './blocks-one-file.ts'
import type { Remote } from './remote.ts'

export type PullingOptions = {
  cache: Cache
  remote: Remote
  /** Milliseconds since 1970. */
  now: () => number
  changed: (projectId: string, artifactIds: string[]) => void
  /** The person has less rights in a project than they had, or might have. */
  lowered: (projectId: string, role: string) => void
}
export type Pulling = ReturnType<typeof openPulling>

const dayLong = 24 * 3600_000

const rowsOf = (projectId: string, answer: Pulled) => ({
  projectId,
  cursor: answer.cursor,
  epoch: answer.epoch,
  artifacts: answer.artifacts
    .filter((row) => row.deleted_at === null)
    .map((row) => ({
      id: row.id,
      projectId: row.project_id,
      title: row.title,
      description: row.description,
      kind: row.artifact_type,
      status: row.status,
      isPublic: row.is_public ? 1 : 0,
      updatedAt: row.updated_at,
    })),
  removedArtifacts: [
    ...answer.artifacts.filter((row) => row.deleted_at !== null).map((row) => row.id),
    ...(answer.removed_artifact_ids ?? []),
  ],
  files: answer.files.map((row) => ({
    id: row.id,
    artifactId: row.artifact_id,
    path: row.file_path,
    mediaType: row.file_type,
    size: row.file_size,
    sha256: row.sha256,
    revision: row.revision,
    isMain: row.is_main_file ? 1 : 0,
    deleted: row.deleted_at === null ? 0 : 1,
  })),
  reconcile:
    answer.artifact_ids && answer.file_ids
      ? { artifactIds: answer.artifact_ids, fileIds: answer.file_ids }
      : null,
})

/** What the server says of projects, into the cache. */
export const openPulling = ({ cache, remote, now, changed, lowered }: PullingOptions) => {
  /** When a project's ids were last checked against the server's, since the application started. */
  const reconciled = new Map<string, number>()
  /** What the server said last of each project. */
  const said = new Map<string, Omit<Circumstances, 'now'>>()

  const heard = async (projectId: string, word: Omit<Circumstances, 'now'>): Promise<void> => {
    said.set(projectId, word)
    const { role } = word
    const above = rolesAbove(role)
    if (role === null || above.length === 0) return
    await cache.lowerParked(projectId, role, above)
    lowered(projectId, role)
  }

  return {
    circumstances: (projectId: string): Circumstances => ({
      now: now(),
      ...(said.get(projectId) ?? { role: null, uploadRules: null }),
    }),
    /** Something is not as it was said to be: the next pull is whole. */
    doubt: (projectId: string): void => void reconciled.delete(projectId),
    pull: async (projectId: string, signal: AbortSignal): Promise<void> => {
      const at = reconciled.get(projectId)
      // What is taken away from somebody sends nothing: at the start, after any sign of it and once a day all is compared.
      const isWhole = at === undefined || Math.abs(now() - at) >= dayLong
      const known = isWhole ? null : await cache.cursor(projectId)
      const answer = await remote.pull(projectId, known, signal).catch(async (error: unknown) => {
        const { code } = asFailure(error)
        if (isDenial(code)) reconciled.delete(projectId)
        if (code === 'server.not-found') await heard(projectId, { role: 'none', uploadRules: null })
        throw error
      })
      const before = said.get(projectId)?.role ?? null
      const role = answer.role ?? null
      await heard(projectId, { role, uploadRules: answer.upload_rules ?? null })
      const touched = await cache.applyPull(rowsOf(projectId, answer))
      // With another role other rows may be to be seen: the next pull is whole.
      if (answer.file_ids) reconciled.set(projectId, now())
      else if (before !== null && role !== before) reconciled.delete(projectId)
      if (touched.length) changed(projectId, touched)
    },
  }
}
