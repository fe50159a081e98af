import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { servers, startDatabase, type TestDatabase } from './server.ts'

/** Supabase's own advisors and plpgsql_check, on the server that has it; every finding that stays is listed with its reason. */
const allowed: Record<string, string> = {
  // Nobody but their functions reaches these: no policy is the policy.
  rls_enabled_no_policy_private: 'no client role may see them',
  rls_enabled_no_policy_audit: 'read through the log they are parts of',
  // With a path of its own a procedure cannot end transactions; these are the database's owner's alone.
  'function_search_path_mutable: Function `private.run_job` has a role mutable search_path':
    'it commits step by step, and names every schema',
  'function_search_path_mutable: Function `private.run_due_jobs` has a role mutable search_path':
    'it calls the one above',
  // An empty database has used none.
  unused_index: 'every index is new here; the benchmark uses them',
  // schema.md C2: the index of the page leads with chat_id, and another one would mislead the planner.
  unindexed_foreign_keys_public_chat_messages_chat_messages_chat_id_project_id_fkey:
    'messages are read under their chat, whose index serves',
  'private.master_keys: relation "vault.decrypted_secrets" does not exist':
    'asked only where to_regclass has found it',
  'private.schedule_jobs: relation "cron.job" does not exist': 'asked only where pg_cron is',
  'private.jobs_are_scheduled: relation "cron.job" does not exist':
    'asked only where to_regclass has found it',
  'private.forget_old: relation "cron.job_run_details" does not exist':
    'asked only where to_regclass has found it',
  // Warnings "extra": dynamic SQL answers the rows.
  ...Object.fromEntries(
    ['row_count', 'digest'].map((name) => [
      `private.table_digest: OUT variable "${name}" is maybe unmodified`,
      'return query execute sets it',
    ]),
  ),
}

let db: TestDatabase
beforeAll(async () => {
  db = await startDatabase(servers[1], 'superuser')
})
afterAll(() => db?.stop())

const supabase = async (...command: string[]): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(
    'npx',
    ['--yes', 'supabase@3.1.0', ...command, `--remote=${db.url}?sslmode=disable`, '--yes'],
    { env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' }, maxBuffer: 16 * 1024 * 1024 },
  )
  return JSON.parse(stdout.trim() || '[]')
}

/** `rls_enabled_no_policy_private_secrets` without the table. */
const schemaOf = (key: string): string =>
  /^rls_enabled_no_policy_(private|audit)/.exec(key)?.[0] ?? key

it('the advisors find nothing', async () => {
  const finding = z.object({ name: z.string(), cache_key: z.string(), detail: z.string() })
  const found = z
    .array(finding)
    .parse(await supabase('db', 'advisors', '--type', 'all', '--level', 'info'))
  const left = found.filter(
    ({ name, cache_key, detail }) =>
      !allowed[name] &&
      !allowed[cache_key] &&
      !allowed[schemaOf(cache_key)] &&
      !allowed[`${name}: ${detail}`],
  )
  expect(left.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([])
})

it('plpgsql_check finds nothing', async () => {
  const issue = z.object({ level: z.string(), message: z.string() })
  const found = z
    .array(z.object({ function: z.string(), issues: z.array(issue) }))
    .parse(await supabase('db', 'lint', '--schema', 'public,private'))
  const left = found.flatMap(({ function: name, issues }) =>
    issues
      // "extra" warns of style and of what dynamic SQL may leave unset: each is listed, or it fails.

      .map(({ message }) => `${name}: ${message}`)
      .filter((text) => !allowed[text]),
  )
  expect(left).toEqual([])
})
