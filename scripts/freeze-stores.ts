import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { migrations } from '../electron/main/store/rows.ts'
import { folderMigrations } from '../electron/main/sync/folder/store.ts'
import { root } from './run.ts'

/*
 * Writes down which migrations of the databases on people's computers were released: tests/fixtures/released/stores.json.
 * A line once written stays, for files of people were made by it. Run it when a version is released.
 */

const file = join(root, 'tests/fixtures/released/stores.json')
const store = z.object({
  /** SHA-256 of each, in their order. */
  migrations: z.array(z.string()),
  /** How many of them each version had that people got. */
  points: z.array(z.number()),
})
const stores = z.object({ cache: store, folders: store })
export type ReleasedStores = z.infer<typeof stores>

const checksumsOf = (texts: readonly string[]): string[] =>
  texts.map((text) => createHash('sha256').update(text).digest('hex'))

/** As the sources have them now. */
export const storesNow = {
  cache: checksumsOf(migrations),
  folders: checksumsOf(folderMigrations),
}

export const readReleasedStores = async (): Promise<ReleasedStores> =>
  stores.parse(JSON.parse(await readFile(file, 'utf8')))

if (import.meta.main) {
  const released = await readReleasedStores()
  for (const name of ['cache', 'folders'] as const) {
    const now = storesNow[name]
    const changed = released[name].migrations.findIndex((checksum, at) => now[at] !== checksum)
    if (changed >= 0) {
      console.error(
        `Migration ${changed} of the ${name} was released, and was changed. Add one instead.`,
      )
      process.exit(1)
    }
    const points = new Set([...released[name].points, now.length])
    released[name] = { migrations: now, points: [...points] }
  }
  await writeFile(file, `${JSON.stringify(released, null, 2)}\n`)
  console.log('The migrations of the stores are frozen')
}
