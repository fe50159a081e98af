import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { Failure } from '../../../src/domain/failure.ts'
import { mediaTypeOf } from '../../../src/domain/media-type.ts'
import { desktop } from '../../data/desktop.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { changedVersion, type GoingBack, goingBackOf, versionsBefore } from './going-back.ts'
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

/** Rows that are read at most to tell what going back does, and files whose versions are asked for at once. */
const mostChanges = 5_000
const versionsAtOnce = 60
const columns =
  'file_id,revision,artifact_revision,file_path,sha256,is_executable,removed,created_at,created_by'

/** What going back to a revision does, found out without doing it. */
const readGoingBack = async (artifactId: string, to: number): Promise<GoingBack> => {
  const since: z.infer<typeof changedVersion>[] = []
  let isCut = true
  while (isCut && since.length < mostChanges) {
    const answer = await supabase()
      .from('artifact_file_versions')
      .select(columns)
      .eq('artifact_id', artifactId)
      .gt('artifact_revision', to)
      .order('artifact_revision', { ascending: false })
      .order('file_id')
      .range(since.length, since.length + pageSize - 1)
    const rows = parsed(z.array(changedVersion), dataOf(answer))
    since.push(...rows)
    isCut = rows.length === pageSize
  }
  const asked = versionsBefore(since)
  const before: typeof since = []
  for (let from = 0; from < asked.length; from += versionsAtOnce) {
    const some = asked.slice(from, from + versionsAtOnce)
    const answer = await supabase()
      .from('artifact_file_versions')
      .select(columns)
      .eq('artifact_id', artifactId)
      .or(some.map((each) => `and(file_id.eq.${each.fileId},revision.eq.${each.revision})`).join())
    before.push(...parsed(z.array(changedVersion), dataOf(answer)))
  }
  return { ...goingBackOf(since, before), isCut }
}

/** What going back to a revision does; asked again whenever somebody wants to go. */
export const useGoingBack = (artifactId: string, to: number) =>
  useQuery({
    queryKey: ['going-back', artifactId, to],
    queryFn: () => readGoingBack(artifactId, to),
    staleTime: 0,
    gcTime: 0,
  })

const readPage = async (artifactId: string, before: number | null) => {
  const all = supabase()
    .from('artifact_file_versions')
    .select(
      'file_id,revision,artifact_revision,file_path,file_size,sha256,is_executable,is_owner_only,modified_at,removed,created_at,created_by',
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
        await client.invalidateQueries({ queryKey: ['going-back', artifactId] })
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
