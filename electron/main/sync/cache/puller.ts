import { asFailure, Failure } from '../../../../src/domain/failure.ts'
import { type RetryContext, rolesAbove } from '../../../../src/sync/blocked.ts'
import { isDenial } from '../../../../src/sync/failure-policy.ts'
import type { ArtifactApi, PullOptions } from '../../server/artifact-api.ts'
import type { Pulled } from '../../server/schemas.ts'
import type { Cache } from '../../store/client.ts'

export type PullerOptions = {
  cache: Cache
  remote: Pick<ArtifactApi, 'pull'>
  /** Milliseconds since 1970. */
  now: () => number
  changed: (projectId: string, artifactIds: string[]) => void
  /** The person has less rights in a project than they had, or might have. */
  demoted: (projectId: string, role: string) => void
  /** Of everything, in one answer. */
  rowsAtOnce?: number | undefined
}
export type Puller = ReturnType<typeof openPuller>

const dayMs = 24 * 3600_000
/** Before every id there is. */
const firstId = '00000000-0000-0000-0000-000000000000'

const rowsOf = (projectId: string, answer: Pulled) => ({
  projectId,
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
})

/** What the server says of projects, into the cache. */
export const openPuller = ({
  cache,
  remote,
  now,
  changed,
  demoted,
  rowsAtOnce: atMost = 5_000,
}: PullerOptions) => {
  /** When a project's ids were last checked against the server's, since the application started. */
  const reconciled = new Map<string, number>()
  /** What the server said last of each project. */
  const said = new Map<string, Omit<RetryContext, 'now'>>()

  const heard = async (projectId: string, word: Omit<RetryContext, 'now'>): Promise<void> => {
    said.set(projectId, word)
    const { role } = word
    const above = rolesAbove(role)
    if (role === null || above.length === 0) return
    await cache.demoteBlocked(projectId, role, above)
    demoted(projectId, role)
  }

  const ask = async (
    projectId: string,
    since: { cursor: string; epoch: string | null } | null,
    signal: AbortSignal,
    part: PullOptions,
  ): Promise<Pulled> => {
    const answer = await remote.pull(projectId, since, signal, part).catch(async (error) => {
      const { code } = asFailure(error)
      if (isDenial(code)) reconciled.delete(projectId)
      if (code === 'server.not-found') await heard(projectId, { role: 'none', uploadRules: null })
      throw error
    })
    const before = said.get(projectId)?.role ?? null
    const role = answer.role ?? null
    await heard(projectId, { role, uploadRules: answer.upload_rules ?? null })
    // With another role other rows may be to be seen: the next pull compares all.
    if (before !== null && role !== before) reconciled.delete(projectId)
    return answer
  }

  const takeNews = async (projectId: string, answer: Pulled): Promise<boolean> => {
    const touched = await cache.applyPull({
      ...rowsOf(projectId, answer),
      cursor: answer.cursor,
      epoch: answer.epoch,
      removedArtifacts: [
        ...answer.artifacts.filter((row) => row.deleted_at !== null).map((row) => row.id),
        ...(answer.removed_artifact_ids ?? []),
      ],
    })
    if (touched.length) changed(projectId, touched)
    return touched.length > 0
  }

  /** Of all that is known here, as the server makes it; part by part, so that others are answered meanwhile. */
  const digestOf = async (projectId: string, signal: AbortSignal): Promise<string> => {
    const artifacts = { count: 0, sum: 0n }
    const files = { count: 0, sum: 0n }
    for (let after: string | null = ''; after !== null; ) {
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      const part: Awaited<ReturnType<Cache['sums']>> = await cache.sums(projectId, after, 1_000)
      artifacts.count += part.artifacts.count
      artifacts.sum += part.artifacts.sum
      files.count += part.files.count
      files.sum += part.files.sum
      after = part.after
    }
    return `${artifacts.count} ${artifacts.sum} ${files.count} ${files.sum}`
  }

  /** Everything, part by part: artifacts, their files, and what changed since the first part. */
  const takeAll = async (projectId: string, signal: AbortSignal): Promise<void> => {
    let position = await cache.pullPosition(projectId)
    for (;;) {
      const { rows, after } = position ?? { rows: 'artifacts' as const, after: firstId }
      const part = rows === 'artifacts' ? { afterArtifact: after } : { after }
      const answer = await ask(projectId, null, signal, { atMost, ...part })
      if (position && position.epoch !== answer.epoch) {
        // Another history: its beginning is another one, too.
        await cache.forgetPosition(projectId)
        position = null
        continue
      }
      const last = answer[rows].at(-1)?.id ?? after
      const isLast = answer.more !== true
      if (!isLast && last <= after)
        throw new Failure('server.unexpected-answer', 'A part of everything ends where it began.')
      const { cursor, epoch } = position ?? answer
      const next = isLast ? { rows: 'files' as const, after: firstId } : { rows, after: last }
      const touched = await cache.applyPart({
        ...rowsOf(projectId, answer),
        rows,
        after,
        upTo: isLast ? null : last,
        position: { cursor, epoch, ...next },
      })
      if (touched.length) changed(projectId, touched)
      position = { cursor, epoch, ...next }
      if (isLast && rows === 'files') break
    }
    await cache.endPull(projectId, position.cursor, position.epoch)
    const preemption = await ask(projectId, position, signal, { atMost, afterArtifact: firstId })
    // So much of it that it would be everything again is for the next pass.
    if (preemption.artifact_ids === undefined) await takeNews(projectId, preemption)
    reconciled.set(projectId, now())
  }

  return {
    retryContext: (projectId: string): RetryContext => ({
      now: now(),
      ...(said.get(projectId) ?? { role: null, uploadRules: null }),
    }),
    /** Something is not as it was said to be: the next pull is whole. */
    doubt: (projectId: string): void => void reconciled.delete(projectId),
    /** Answers whether something was there that this computer did not know, of what it goes on from. */
    pull: async (projectId: string, signal: AbortSignal): Promise<boolean> => {
      const at = reconciled.get(projectId)
      // What is taken away from somebody sends nothing: at the start, after any sign of it and once a day all is compared.
      const isDoubted = at === undefined || Math.abs(now() - at) >= dayMs
      const known = (await cache.pullPosition(projectId)) ? null : await cache.cursor(projectId)
      if (known !== null) {
        const answer = await ask(projectId, known, signal, {
          atMost,
          afterArtifact: firstId,
          withDigest: isDoubted,
        })
        if (answer.artifact_ids === undefined) {
          const isNews = await takeNews(projectId, answer)
          if (!isDoubted) return isNews
          const digest = answer.digest ?? null
          if (digest !== null && digest === (await digestOf(projectId, signal))) {
            reconciled.set(projectId, now())
            return isNews
          }
        }
      }
      await takeAll(projectId, signal)
      return false
    },
  }
}
