import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { Failure } from '../../../src/contract/failure.ts'
import { mediaTypeOf } from '../../../src/domain/media-type.ts'
import { desktop } from '../../data/desktop.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { type FileVersion, fileVersion, type Revision, revisionsOf } from './revisions.ts'

/** Rows at once; a commit has up to 10,000. */
const pageSize = 500
/** Accounts whose names are asked for at once, for they stand in the address. */
const mostNames = 100

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

const readPage = async (artifactId: string, before: number | null) => {
  const all = supabase()
    .from('artifact_file_versions')
    .select(
      'file_id,revision,artifact_revision,file_path,file_size,sha256,removed,created_at,created_by',
    )
    .eq('artifact_id', artifactId)
  const some = before === null ? all : all.lt('artifact_revision', before)
  const rows = parsed(
    z.array(fileVersion),
    dataOf(
      await some
        .order('artifact_revision', { ascending: false })
        .order('file_path')
        .limit(pageSize),
    ),
  )
  return { revisions: revisionsOf(rows, pageSize), isLast: rows.length < pageSize }
}

/** What the artifact was, commit by commit; asked of the server, which alone keeps it. */
export const useHistory = (projectId: string, artifactId: string) => {
  const client = useQueryClient()
  const key = ['history', artifactId]
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => readPage(artifactId, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: ({ revisions, isLast }) =>
      isLast ? undefined : (revisions.at(-1)?.number ?? undefined),
    staleTime: 0,
  })
  const revisions = pages.data?.pages.flatMap((page) => page.revisions) ?? []
  const authors = [...new Set(revisions.flatMap(({ by }) => by ?? []))].slice(0, mostNames).sort()
  const names = useQuery({
    queryKey: ['names', authors],
    enabled: authors.length > 0,
    queryFn: async () => {
      const rows = dataOf(
        await supabase().from('users').select('id,display_name').in('id', authors),
      )
      return new Map(rows.map((row) => [row.id, row.display_name]))
    },
  })

  const after = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: key })
    // It is done; that this computer has not caught up yet is no failure of it.
    await desktop.sync.run({ projectId, files: 'pinned', unasked: true }).catch(() => {})
  }
  return {
    pages,
    revisions,
    nameOf: (id: string | null): string => (id && names.data?.get(id)) || 'Somebody',
    /** All files as they were after that revision, as one more revision. */
    restore: async ({ number }: Revision): Promise<void> => {
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
          },
        ],
      })
      committed(dataOf(answer))
      await after()
    },
  }
}
