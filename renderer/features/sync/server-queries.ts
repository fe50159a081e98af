import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import type { Conflict, FolderLink, TrashEntry } from '../../../src/contract/folders.ts'
import { type AccountId, useAccountId } from '../../data/account.ts'
import { readNames } from '../../data/people.ts'
import { serverRead, usePersistedQuery } from '../../data/server-read.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { author } from './authorship.ts'
import { syncKeys } from './queries.ts'
import { removal } from './removals.ts'

/** Who made these very revisions, and when, as far as the server says. */
export const readAuthors = async (versions: readonly (readonly [string, number])[]) => {
  const rows = dataOf(
    await supabase()
      .from('artifact_file_versions')
      .select('file_id,created_at,created_by')
      .or(versions.map(([id, of]) => `and(file_id.eq.${id},revision.eq.${of})`).join()),
  )
  const names = await readNames(rows.map(({ created_by: by }) => by))
  return rows.map((row) => ({
    fileId: row.file_id,
    at: row.created_at,
    personId: row.created_by,
    name: (row.created_by && names[row.created_by]) || null,
  }))
}

/** Ids that are asked for at once, for they stand in the address. */
const idsAtOnce = 60

/** Who removed these files last, as far as the server says. */
export const readRemovals = async (artifactId: string, fileIds: readonly string[]) => {
  const found: z.infer<typeof removal>[] = []
  for (let from = 0; from < fileIds.length; from += idsAtOnce) {
    const some = fileIds.slice(from, from + idsAtOnce)
    const rows = dataOf(
      await supabase()
        .from('artifact_file_versions')
        .select('file_id,created_at,created_by')
        .eq('artifact_id', artifactId)
        .eq('removed', true)
        .in('file_id', some)
        .order('revision', { ascending: false }),
    )
    const live = dataOf(
      await supabase().from('artifact_files').select('id').in('id', some).is('deleted_at', null),
    )
    const names = await readNames(rows.map(({ created_by: by }) => by))
    const last = new Map(rows.toReversed().map((row) => [row.file_id, row]))
    for (const [fileId, row] of last)
      found.push({
        fileId,
        isBack: live.some(({ id }) => id === fileId),
        at: row.created_at,
        personId: row.created_by,
        name: (row.created_by && names[row.created_by]) || null,
      })
  }
  return found
}

const removalsQuery = (account: AccountId, artifactId: string, fileIds: readonly string[]) =>
  queryOptions({
    queryKey: syncKeys.removals(account, artifactId, fileIds),
    ...serverRead(z.array(removal), () => readRemovals(artifactId, fileIds)),
    enabled: fileIds.length > 0,
  })

/** Undefined while the server has not said. */
export const useRemovals = ({ artifactId }: FolderLink, entries: readonly TrashEntry[]) => {
  const fileIds = [...new Set(entries.flatMap(({ fileId }) => fileId ?? []))].sort()
  return usePersistedQuery(removalsQuery(useAccountId(), artifactId, fileIds)).data
}

const authorsQuery = (account: AccountId, versions: readonly (readonly [string, number])[]) =>
  queryOptions({
    queryKey: syncKeys.authors(account, versions.map(String)),
    ...serverRead(z.array(author), () => readAuthors(versions)),
  })

/** The authors of both versions. Offline they are those that were seen before, or none. */
export const useAuthors = ({ originalId, originalRevision, copyId, copyRevision }: Conflict) => {
  const versions: (readonly [string, number])[] = [[copyId, copyRevision]]
  if (originalId && originalRevision !== null) versions.push([originalId, originalRevision])
  const { data } = usePersistedQuery(authorsQuery(useAccountId(), versions))
  const of = (fileId: string | null) => data?.find((each) => each.fileId === fileId) ?? null
  return { original: of(originalId), copy: of(copyId) }
}
