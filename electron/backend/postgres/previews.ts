import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { projectFile } from '../project-files.ts'

/*
 * The last preview's schema, of before migrations lay by thing: what made it, how it is recognised, and the way from it
 * to today's. Its folders are made today's; its copies are brought into a schema of their own first.
 */

export type Migration = { version: string; name: string; text: string }

const migration = z.object({ version: z.string(), name: z.string(), text: z.string() })

/** No version of today's: a copy whose schema ends here is a preview's. */
export const lastOfPreview = '20260101000018'

/** Of all that the history of a preview's database says, in its order. */
const checksum = 'a76283f858be4064cce1dc4959734f60dca792259651ba142be36f41b510bef3'

export const isPreview = (applied: ReadonlyMap<string, string | null>): boolean => {
  const hash = createHash('sha256')
  for (const [version, text] of [...applied].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${version}\0${text}\0`)
  return hash.digest('hex') === checksum
}

export const previewMigrations = async (): Promise<Migration[]> => {
  const packed = await readFile(projectFile('electron/backend/postgres/preview-migrations.json.gz'))
  return z.array(migration).parse(JSON.parse(gunzipSync(packed).toString()))
}

/** One transaction; its rows are as they were, but for those that today's checks refuse. */
export const wayToToday = (): Promise<string> =>
  readFile(projectFile('electron/backend/postgres/previews.sql'), 'utf8')
