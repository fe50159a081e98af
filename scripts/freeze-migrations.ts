import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './run.ts'

/*
 * Writes down what migrations that have left this house are: supabase/baseline/migrations.json. A line once written stays,
 * for a database somewhere was made by it; what has to change comes as a new file. Run it when one is released.
 */

const folder = join(root, 'supabase/migrations')
export const baselineFile = join(root, 'supabase/baseline/migrations.json')

/** SHA-256 of every migration here, by its file's name, in the order in which they are applied. */
export const checksumsOfMigrations = async (): Promise<Record<string, string>> => {
  const files = (await readdir(folder)).toSorted()
  const entries = files.map(async (file) => {
    const text = await readFile(join(folder, file), 'utf8')
    return [file, createHash('sha256').update(text).digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

export const readBaseline = async (): Promise<Record<string, string>> =>
  JSON.parse(await readFile(baselineFile, 'utf8').catch(() => '{}')) as Record<string, string>

if (import.meta.main) {
  const frozen = await readBaseline()
  const now = await checksumsOfMigrations()
  const changed = Object.keys(frozen).filter((file) => now[file] !== frozen[file])
  if (changed.length > 0) {
    console.error(
      `These are frozen, and were changed: ${changed.join(', ')}. Write a new file instead.`,
    )
    process.exit(1)
  }
  await writeFile(baselineFile, `${JSON.stringify(now, null, 2)}\n`)
  console.log(`${Object.keys(now).length} migrations are frozen`)
}
