import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateMatrix, matrixFile } from '../../scripts/access-matrix.ts'
import { installPgTap, runPgTap } from './pgtap.ts'
import { deployments, servers, startDatabase, type TestDatabase } from './server.ts'

it('the pgTAP file is what the matrix makes it (else: node scripts/access-matrix.ts)', async () => {
  expect(await readFile(matrixFile, 'utf8')).toBe(await generateMatrix())
})

/** A helper as it would be if it had lost its question. */
const always = (signature: string, type: string, value: string): string =>
  `create or replace function private.${signature} returns ${type} language sql stable security definer set search_path = '' as $f$ select ${value} $f$;`

/** One mistake each, and what of the matrix must notice it. */
const mistakes: [name: string, mistake: string, noticed: RegExp][] = [
  [
    'a policy too narrow',
    'alter policy chat_messages_insert on public.chat_messages with check (false);',
    /contributor insert chat_messages/,
  ],
  [
    'a policy of storage too wide',
    'create policy hole on storage.objects for delete to authenticated using (true);',
    /project owner delete storage: artifact-files, private/,
  ],
  [
    'a column that may be written',
    'grant update (is_super_user) on public.users to authenticated;',
    /authenticated may update these columns of users/,
  ],
  [
    'a column that may be read',
    'grant select (secret_id) on public.api_connections to authenticated;',
    /authenticated may select these columns of api_connections/,
  ],
  [
    'a column that anyone may read',
    'grant select (created_by) on public.artifacts to anon;',
    /anon may select these columns of artifacts/,
  ],
  [
    'a column that may be written no more',
    'revoke update (title) on public.chat_sessions from authenticated;',
    /authenticated may update these columns of chat_sessions/,
  ],
  [
    'a private table that may be read',
    'grant select on private.secrets to service_role;',
    /no client role reaches a private table/,
  ],
  [
    'project_ids that forgets the rank',
    always(
      'project_ids(min_role public.project_role)',
      'uuid[]',
      "coalesce(array_agg(m.project_id), '{}') from public.project_users m where m.user_id = auth.uid()",
    ),
    /viewer insert chat_sessions/,
  ],
  [
    'project_ids that forgets the person',
    always(
      'project_ids(min_role public.project_role)',
      'uuid[]',
      'array_agg(m.project_id) from public.project_users m where m.role >= min_role',
    ),
    /select the other tenant’s chat_sessions/,
  ],
  [
    'workspace_ids that forgets the rank',
    always(
      'workspace_ids(min_role public.workspace_role)',
      'uuid[]',
      "coalesce(array_agg(m.workspace_id), '{}') from public.workspace_users m where m.user_id = auth.uid()",
    ),
    /creator select workspace_domains/,
  ],
  [
    'is_super that means everybody',
    always('is_super()', 'boolean', 'true'),
    /stranger select users/,
  ],
  [
    'admin_project_ids that means everything',
    always(
      'admin_project_ids(to_write boolean default false)',
      'uuid[]',
      'array_agg(p.id) from public.projects p',
    ),
    /stranger select projects/,
  ],
]

describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let text: string
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await installPgTap(db.sql)
    text = await readFile(matrixFile, 'utf8')
  })
  afterAll(() => db?.stop())

  it('every actor reaches what the matrix grants, and nothing else', async () => {
    const { passed, failed } = await runPgTap(db.sql, text)
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(1584 + 1188)
  })

  // The matrix proves something only if it can fail. It is the same everywhere, so once is enough.
  if (server !== servers[0] || deployer !== 'superuser') return

  it.each(['select', 'insert', 'update', 'delete'])(
    'notices each policy too wide for %s',
    async (command) => {
      const policies = await db.sql<
        { name: string; table: string; command: string; checks: boolean; asks: boolean }[]
      >`
        select policyname as name, tablename as table, lower(cmd) as command, with_check is not null as checks, qual is not null as asks
        from pg_policies where schemaname = 'public' and cmd in ('SELECT', ${command.toUpperCase()})`
      // Reading is opened too: who does not see a row does not change it, and the mistake would stay unseen.
      const holes = policies.map(
        ({ name, table, checks, asks }) =>
          `alter policy ${name} on public.${table} ${asks ? 'using (true)' : ''} ${checks ? 'with check (true)' : ''};`,
      )
      const { failed } = await runPgTap(db.sql, text.replace('begin;', `begin; ${holes.join(' ')}`))
      const opened = policies.filter((policy) => policy.command === command)
      // Of these rows the trigger a_project_of_chat asks the same once more.
      const twice = command === 'insert' ? ['chat_participants'] : []
      expect(opened.length).toBeGreaterThan(8)
      for (const { table } of opened.filter((policy) => !twice.includes(policy.table)))
        expect(
          failed.some((line) =>
            new RegExp(` ${command} (the other tenant’s )?${table}\\b`).test(line),
          ),
          table,
        ).toBe(true)
    },
  )

  it.each(mistakes)('notices %s', async (_, mistake, noticed) => {
    const { failed } = await runPgTap(db.sql, text.replace('begin;', `begin; ${mistake}`))
    expect(failed.filter((line) => noticed.test(line))).not.toEqual([])
  })
})
