import { z } from 'zod'
import type { Conflict } from '../../../src/contract/folders.ts'
import { useRemembered } from '../../data/remembered.ts'
import { dataOf, supabase } from '../../data/supabase.ts'
import { author } from './authorship.ts'

/** Who made these very revisions, and when, as far as the server says. */
const readAuthors = async (versions: readonly (readonly [string, number])[]) => {
  const rows = dataOf(
    await supabase()
      .from('artifact_file_versions')
      .select('file_id,created_at,created_by')
      .or(versions.map(([id, of]) => `and(file_id.eq.${id},revision.eq.${of})`).join()),
  )
  const people = [...new Set(rows.flatMap((row) => row.created_by ?? []))]
  const names =
    people.length === 0
      ? []
      : dataOf(await supabase().from('users').select('id,display_name').in('id', people))
  return rows.map((row) => ({
    fileId: row.file_id,
    at: row.created_at,
    personId: row.created_by,
    name: names.find(({ id }) => id === row.created_by)?.display_name || null,
  }))
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
