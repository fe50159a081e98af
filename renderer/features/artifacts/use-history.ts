import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { Failure } from '../../../src/domain/failure.ts'
import { mediaTypeOf } from '../../../src/domain/media-type.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'
import { useNames } from '../../data/people.ts'
import { standingOf } from '../../data/server-read.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { historyKeys, historyQueries } from './queries.ts'
import type { FileVersion, Revision } from './revisions.ts'

const parsed = <Value>(schema: z.ZodType<Value>, value: unknown): Value => {
  const answer = schema.safeParse(value)
  if (!answer.success) throw new Failure('server.unexpected-answer', z.prettifyError(answer.error))
  return answer.data
}

const committed = (answer: unknown): void => {
  const { status } = parsed(z.object({ status: z.enum(['committed', 'conflict']) }), answer)
  if (status === 'conflict')
    throw new Failure('server.conflict', 'Somebody changed it meanwhile, or the name is taken.')
}

/** What going back to a revision does. */
export const useGoingBack = (artifactId: string, to: number) =>
  useQuery(historyQueries.goingBack(useAccountId(), artifactId, to))

/** What the artifact was, commit by commit; asked of the server, which alone keeps it. */
export const useHistory = (projectId: string, artifactId: string) => {
  const client = useQueryClient()
  const account = useAccountId()
  const options = historyQueries.pages(account, artifactId)
  const pages = useInfiniteQuery(options)
  const revisions = pages.data?.pages.flatMap((page) => page.revisions) ?? []
  const names = useNames(revisions.map(({ by }) => by))
  const after = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: options.queryKey })
    // It is done; that this computer has not caught up yet is no failure of it.
    await desktop.sync.run({ projectId, files: 'pinned', unasked: true }).catch(() => {})
  }
  return {
    pages,
    standing: standingOf(pages, options.queryKey),
    revisions,
    nameOf: (id: string | null): string => (id && names[id]) || 'Somebody',
    /** All files as they were after that revision, as one more; `newest` is the one that was looked at. */
    restore: async ({ number }: Revision, newest: number): Promise<void> => {
      const [last] = dataOf(
        await supabase()
          .from('artifact_file_versions')
          .select('artifact_revision')
          .eq('artifact_id', artifactId)
          .order('artifact_revision', { ascending: false })
          .limit(1),
      )
      // What was confirmed is what was listed.
      if (last?.artifact_revision !== newest) {
        await client.invalidateQueries({
          queryKey: historyKeys.goingBack(account, artifactId, number),
        })
        throw new Failure('server.conflict', 'Somebody changed it meanwhile.')
      }
      const answer = await supabase().rpc('restore_artifact', {
        artifact_id: artifactId,
        to_revision: number,
      })
      committed(dataOf(answer))
      await after()
    },
    /** One file as it was, under the name that it had. */
    restoreFile: async (version: FileVersion): Promise<void> => {
      const [newest] = dataOf(
        await supabase()
          .from('artifact_file_versions')
          .select('revision')
          .eq('file_id', version.file_id)
          .order('revision', { ascending: false })
          .limit(1),
      )
      const answer = await supabase().rpc('commit_artifact_changes', {
        artifact_id: artifactId,
        expected: { [version.file_id]: newest?.revision ?? version.revision },
        changes: [
          {
            op: 'put',
            file_id: version.file_id,
            path: version.file_path,
            sha256: version.sha256,
            size: version.file_size,
            media_type: mediaTypeOf(version.file_path),
            is_executable: version.is_executable,
            is_owner_only: version.is_owner_only,
            modified_at: version.modified_at,
          },
        ],
      })
      committed(dataOf(answer))
      await after()
    },
  }
}
