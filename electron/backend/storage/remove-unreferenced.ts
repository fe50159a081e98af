import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'

const rowsAtOnce = 1000
const names = z.array(z.string())
const deletions = z.array(z.object({ bucket_id: z.string(), name: z.string() }))

/**
 * Removes, through the Storage API, the objects whose rows are gone and the blobs that no file and no history
 * refers to, older than `grace` (an SQL interval). The database names a blob only in the call after the one that
 * marked it, so that a commit under way keeps what it counts on; so each call does half of the work, and called
 * once a day it is a day behind. `service` comes with the secret key. Answers how many objects went.
 */
export const removeUnreferenced = async (
  service: SupabaseClient,
  grace = '7 days',
): Promise<number> => {
  const call = async (name: string, parameters: Record<string, unknown>): Promise<unknown> => {
    const { data, error } = await service.rpc(name, parameters)
    if (error) throw new Error(`${name}: ${error.message}`)
    return data
  }
  const remove = async (bucket: string, objects: string[]): Promise<void> => {
    const { error } = await service.storage.from(bucket).remove(objects)
    if (error) throw new Error(`${bucket}: ${error.message}`)
  }
  let removed = 0
  const unreferenced = names.parse(
    await call('unreferenced_blobs_for_service', { grace, max_rows: rowsAtOnce }),
  )
  if (unreferenced.length > 0) {
    await remove('artifact-files', unreferenced)
    await call('blobs_removed_for_service', { names: unreferenced })
    removed += unreferenced.length
  }
  for (;;) {
    const rows = deletions.parse(
      await call('storage_deletions_for_service', { max_rows: rowsAtOnce }),
    )
    for (const bucket of new Set(rows.map(({ bucket_id }) => bucket_id)))
      await remove(
        bucket,
        rows.filter(({ bucket_id }) => bucket_id === bucket).map(({ name }) => name),
      )
    removed += rows.length
    if (rows.length < rowsAtOnce) return removed
  }
}
