import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filled } from '../supabase/tests/matrix.ts'
import { root } from './run.ts'

/*
 * Writes down what migrations that have left this house are: supabase/baseline/migrations.json. A line once written stays,
 * for a database somewhere was made by it; what has to change comes as a new file. Run it when one is released. Beside it
 * stays one row of everything as it is written at that point, supabase/baseline/fixtures: from each of them a database
 * goes on to today's, ever after (tests/database/upgrade.test.ts).
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

const fixtures = join(root, 'supabase/baseline/fixtures')

/** Where databases of people may stand, from the first on: the last migration that each has. */
export const pointsOfBaseline = async (): Promise<string[]> =>
  (await readdir(fixtures))
    .filter((file) => /^\d{14}\.sql$/.test(file))
    .map((file) => file.slice(0, 14))
    .toSorted()

/** Two tenants with one row of everything, in the words of that point. */
export const fixtureOf = (point: string): Promise<string> =>
  readFile(join(fixtures, `${point}.sql`), 'utf8')

const writeFixture = async (point: string): Promise<void> => {
  const text = await readFile(join(root, 'supabase/tests/fixture.sql'), 'utf8')
  const tenant = text.split('-- For each tenant.\n')[1]
  if (!tenant) throw new Error('fixture.sql has two parts.')
  await writeFile(join(fixtures, `${point}.sql`), `${filled(tenant, 'a')}\n${filled(tenant, 'b')}`)
}

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
  const last = Object.keys(now).at(-1)
  if (last && Object.keys(now).some((file) => !(file in frozen)))
    await writeFixture(last.slice(0, 14))
  await writeFile(baselineFile, `${JSON.stringify(now, null, 2)}\n`)
  console.log(`${Object.keys(now).length} migrations are frozen`)
}
