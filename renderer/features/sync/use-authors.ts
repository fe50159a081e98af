import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { Conflict, FolderLink, TrashEntry } from '../../../src/contract/folders.ts'
import { useRemembered } from '../../data/remembered.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { author } from './authorship.ts'
import { removal } from './removals.ts'

/** Who made these very revisions, and when, as far as the server says. */
export const readAuthors = async (versions: readonly (readonly [string, number])[]) => {
  const rows = dataOf(
    await supabase()
      .from('artifact_file_versions')
      .select('file_id,created_at,created_by')
      .or(versions.map(([id, of]) => `and(file_id.eq.${id},revision.eq.${of})`).join()),
  )
  const nameOf = await readNames(rows)
  return rows.map((row) => ({
    fileId: row.file_id,
    at: row.created_at,
    personId: row.created_by,
    name: nameOf(row.created_by),
  }))
}

const readNames = async (rows: readonly { created_by: string | null }[]) => {
  const people = [...new Set(rows.flatMap((row) => row.created_by ?? []))]
  const names =
    people.length === 0
      ? []
      : dataOf(await supabase().from('users').select('id,display_name').in('id', people))
  return (person: string | null) => names.find(({ id }) => id === person)?.display_name || null
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
    const nameOf = await readNames(rows)
    const last = new Map(rows.toReversed().map((row) => [row.file_id, row]))
    for (const [fileId, row] of last)
      found.push({
        fileId,
        isBack: live.some(({ id }) => id === fileId),
        at: row.created_at,
        personId: row.created_by,
        name: nameOf(row.created_by),
      })
  }
  return found
}

/** Undefined while the server has not said. */
export const useRemovals = ({ artifactId }: FolderLink, entries: readonly TrashEntry[]) => {
  const fileIds = [...new Set(entries.flatMap(({ fileId }) => fileId ?? []))].sort()
  return useQuery({
    queryKey: ['removals', artifactId, fileIds],
    queryFn: async () => z.array(removal).parse(await readRemovals(artifactId, fileIds)),
    enabled: fileIds.length > 0,
  }).data
}

/** The authors of both versions. Offline they are those that were seen before, or none. */
export const useAuthors = ({ originalId, originalRevision, copyId, copyRevision }: Conflict) => {
  const versions: (readonly [string, number])[] = [[copyId, copyRevision]]
  if (originalId && originalRevision !== null) versions.push([originalId, originalRevision])
  const { value } = useRemembered(['authors', ...versions.map(String)], z.array(author), () =>
    readAuthors(versions),
  )
  const of = (fileId: string | null) => value?.find((each) => each.fileId === fileId) ?? null
  return { original: of(originalId), copy: of(copyId) }
}
