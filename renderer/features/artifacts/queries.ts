import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import type { AccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'
import { askServer, persistedPages } from '../../data/server-read.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import {
  type ChangedVersion,
  changedVersion,
  type GoingBack,
  goingBackOf,
  versionsBefore,
} from './going-back.ts'
import { fileVersion, revision, revisionsOf } from './revisions.ts'

/** Rows at once; a commit has up to 10,000. */
const pageRows = 500
/** Rows that are read at most to tell what going back does, and files whose versions are asked for at once. */
const maxChanges = 5_000
const maxVersionsAtOnce = 60

const changeColumns =
  'file_id,revision,artifact_revision,file_path,sha256,is_executable,removed,created_at,created_by'

/** What going back to a revision does, found out without doing it. */
const readGoingBack = async (artifactId: string, to: number): Promise<GoingBack> => {
  const since: ChangedVersion[] = []
  let isCut = true
  while (isCut && since.length < maxChanges) {
    const rows = await askServer(z.array(changedVersion), async () =>
      dataOf(
        await supabase()
          .from('artifact_file_versions')
          .select(changeColumns)
          .eq('artifact_id', artifactId)
          .gt('artifact_revision', to)
          .order('artifact_revision', { ascending: false })
          .order('file_id')
          .range(since.length, since.length + pageRows - 1),
      ),
    )
    since.push(...rows)
    isCut = rows.length === pageRows
  }
  const asked = versionsBefore(since)
  const before: ChangedVersion[] = []
  for (let from = 0; from < asked.length; from += maxVersionsAtOnce) {
    const some = asked.slice(from, from + maxVersionsAtOnce)
    before.push(
      ...(await askServer(z.array(changedVersion), async () =>
        dataOf(
          await supabase()
            .from('artifact_file_versions')
            .select(changeColumns)
            .eq('artifact_id', artifactId)
            .or(
              some
                .map((each) => `and(file_id.eq.${each.fileId},revision.eq.${each.revision})`)
                .join(),
            ),
        ),
      )),
    )
  }
  return { ...goingBackOf(since, before), isCut }
}

const page = z.object({ revisions: z.array(revision), isLast: z.boolean() })
type Page = z.infer<typeof page>

const readPage = async (artifactId: string, before: number | null): Promise<Page> => {
  const all = supabase()
    .from('artifact_file_versions')
    .select(
      'file_id,revision,artifact_revision,file_path,file_size,sha256,is_executable,is_owner_only,modified_at,removed,created_at,created_by',
    )
    .eq('artifact_id', artifactId)
  const some = before === null ? all : all.lt('artifact_revision', before)
  const rows = await askServer(z.array(fileVersion), async () =>
    dataOf(
      await some
        .order('artifact_revision', { ascending: false })
        .order('file_path')
        .limit(pageRows),
    ),
  )
  return { revisions: revisionsOf(rows, pageRows), isLast: rows.length < pageRows }
}

export const historyKeys = {
  all: (account: AccountId, artifactId: string) => ['history', account, artifactId] as const,
  pages: (account: AccountId, artifactId: string) =>
    [...historyKeys.all(account, artifactId), 'pages'] as const,
  goingBack: (account: AccountId, artifactId: string, to: number) =>
    [...historyKeys.all(account, artifactId), 'going-back', to] as const,
  content: (account: AccountId, artifactId: string, path: string, sha256: string) =>
    [...historyKeys.all(account, artifactId), 'content', path, sha256] as const,
  isContent: (queryKey: readonly unknown[]): boolean => queryKey[3] === 'content',
}

export const historyQueries = {
  /** What the artifact was, commit by commit; the server alone keeps it, and this computer what was read last. */
  pages: (account: AccountId, artifactId: string) => {
    const queryKey = historyKeys.pages(account, artifactId)
    return infiniteQueryOptions({
      queryKey,
      queryFn: ({ pageParam }) => readPage(artifactId, pageParam),
      ...persistedPages(queryKey, page, z.number().nullable()),
      initialPageParam: null as number | null,
      getNextPageParam: ({ revisions, isLast }) =>
        isLast ? undefined : (revisions.at(-1)?.number ?? undefined),
      staleTime: 0,
    })
  },
  /** What going back to a revision does; asked again whenever somebody wants to go. */
  goingBack: (account: AccountId, artifactId: string, to: number) =>
    queryOptions({
      queryKey: historyKeys.goingBack(account, artifactId, to),
      queryFn: () => readGoingBack(artifactId, to),
      staleTime: 0,
      gcTime: 0,
    }),
  /** One file as it was. */
  content: (
    account: AccountId,
    version: { artifactId: string; path: string; sha256: string; size: number },
  ) =>
    queryOptions({
      queryKey: historyKeys.content(account, version.artifactId, version.path, version.sha256),
      queryFn: () => desktop.artifacts.readVersion(version),
      staleTime: Number.POSITIVE_INFINITY,
    }),
}
