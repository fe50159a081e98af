import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'

const debian = '/usr/share/postgresql/15/extension'

/**
 * pgTAP, as an extension where PostgreSQL has it; elsewhere its own script, which is plain SQL (Debian's
 * package holds one for PostgreSQL 15 that works on 17 too).
 */
export const installPgTap = async (sql: Sql): Promise<void> => {
  const [available] = await sql`select 1 from pg_available_extensions where name = 'pgtap'`
  if (available) {
    await sql.unsafe('create extension if not exists pgtap with schema extensions')
    return
  }
  const scripts = (await readdir(debian)).filter((name) => /^pgtap--\d+\.\d+\.\d+\.sql$/.test(name))
  const script = scripts.sort().at(-1)
  if (!script) throw new Error('pgTAP is not here: apt-get install -y postgresql-15-pgtap')
  const text = (await readFile(join(debian, script), 'utf8')).replace(/^\\.*$/gm, '')
  await sql.begin(async (transaction) => {
    await transaction.unsafe(`set local search_path = extensions; ${text}`).simple()
  })
  await sql.unsafe(
    'grant execute on all functions in schema extensions to anon, authenticated, service_role',
  )
}

/** Runs a pgTAP file; answers how many checks passed, and what the others said. */
export const runPgTap = async (
  sql: Sql,
  text: string,
): Promise<{ passed: number; failed: string[] }> => {
  const connection = await sql.reserve()
  try {
    const results = (await connection.unsafe(text).simple()) as unknown as Record<
      string,
      unknown
    >[][]
    const lines = results
      .flat()
      .flatMap((row) => Object.values(row ?? {}))
      .filter((value): value is string => typeof value === 'string')
    const planned = Number(lines.find((line) => /^1\.\.\d+$/.test(line))?.slice(3) ?? 0)
    const passed = lines.filter((line) => line.startsWith('ok ')).length
    const failed = lines.filter((line) => line.startsWith('not ok '))
    if (planned === 0 || passed + failed.length !== planned)
      failed.push(`planned ${planned}, ran ${passed + failed.length}`)
    return { passed, failed }
  } finally {
    await connection.unsafe('rollback').catch(() => {})
    connection.release()
  }
}
