import type { Sql } from 'postgres'

export type Sizes = {
  workspaces: number
  projects: number
  people: number
  chats: number
  messages: number
  artifacts: number
  files: number
}

/** One million messages, a hundred thousand artifacts, three hundred thousand files. */
export const fullSizes: Sizes = {
  workspaces: 100,
  projects: 1_000,
  people: 500,
  chats: 10_000,
  messages: 1_000_000,
  artifacts: 100_000,
  files: 300_000,
}
export const quickSizes: Sizes = {
  workspaces: 20,
  projects: 100,
  people: 100,
  chats: 1_000,
  messages: 100_000,
  artifacts: 10_000,
  files: 30_000,
}

const things = [
  ...['Anchor', 'Beacon', 'Bridge', 'Buoy', 'Canal', 'Cape', 'Chart', 'Cliff', 'Coast', 'Compass'],
  ...['Current', 'Deck', 'Delta', 'Dock', 'Dune', 'Ferry', 'Fleet', 'Fog', 'Gull', 'Harbour'],
  ...['Hull', 'Island', 'Keel', 'Lagoon', 'Lantern', 'Lock', 'Mast', 'Mole', 'Moor', 'Oar'],
  ...['Pier', 'Pilot', 'Quay', 'Reef', 'Rudder', 'Sail', 'Shoal', 'Signal', 'Tide', 'Wharf'],
]
const kinds = [
  ...['poster', 'guide', 'leaflet', 'website', 'sign', 'map', 'report', 'letter', 'plan', 'study'],
  ...['sketch', 'catalogue', 'notice'],
]

/** Ids that can be computed: the kind's digit and the number. */
const id = (kind: number, number: string): string =>
  `(lpad('${kind}', 8, '0') || '-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`

/**
 * Rows as many teams would have made them, past the triggers: what is measured is reading. `person` becomes
 * a contributor of the first five projects and an administrator of the first workspace.
 */
export const fill = async (sql: Sql, sizes: Sizes, person: string): Promise<void> => {
  const { workspaces, projects, people, chats, messages, artifacts, files } = sizes
  const project = (number: string) => id(2, `${number} % ${projects}`)
  await sql.begin(async (transaction) => {
    await transaction.unsafe(`
      set local session_replication_role = replica;
      set local synchronous_commit = off;
      insert into auth.users (id, email) select ${id(3, 'n')}, 'person' || n || '@bench.example'
        from generate_series(0, ${people - 1}) n;
      insert into public.users (id, display_name, status) select ${id(3, 'n')}, 'Person ' || n, 'active'
        from generate_series(0, ${people - 1}) n;
      insert into public.workspaces (id, name, company_name) select ${id(1, 'n')}, 'Workspace ' || n, 'Company'
        from generate_series(0, ${workspaces - 1}) n;
      insert into public.workspace_users (workspace_id, user_id, role)
        select ${id(1, `n % ${workspaces}`)}, ${id(3, 'n')}, 'admin' from generate_series(0, ${people - 1}) n;
      insert into public.projects (id, workspace_id, name)
        select ${id(2, 'n')}, ${id(1, `n % ${workspaces}`)}, 'Project ' || n from generate_series(0, ${projects - 1}) n;
      insert into public.project_users (project_id, user_id, role)
        select ${id(2, 'n')}, ${id(3, `(n * 7 + k) % ${people}`)}, 'contributor'
        from generate_series(0, ${projects - 1}) n, generate_series(0, 4) k;
      insert into public.chat_sessions (id, project_id, title, last_message_at)
        select ${id(4, 'n')}, ${project('n')}, 'Chat ' || n, now() - n * interval '1 minute'
        from generate_series(0, ${chats - 1}) n;
      insert into public.chat_messages (id, chat_id, project_id, content, message_type, created_by, created_at)
        select ${id(5, 'n')}, ${id(4, `n % ${chats}`)}, ${project(`(n % ${chats})`)},
          jsonb_build_object('text', 'Message number ' || n || ' of a long conversation about the harbour.'),
          case n % 2 when 0 then 'user' else 'ai' end, ${id(3, `n % ${people}`)},
          timestamptz '2026-01-01' + n * interval '10 seconds'
        from generate_series(0, ${messages - 1}) n;
      insert into public.artifacts (id, project_id, title, artifact_type, status, is_public, updated_at)
        select ${id(6, 'n')}, ${project('n')},
          (array['${things.join("', '")}'])[n / 7 % ${things.length} + 1] || ' ' || (array['${kinds.join("', '")}'])[n % ${kinds.length} + 1] || ' ' || n, 'website',
          'ready', (n / ${projects}) % 100 = 0, timestamptz '2026-01-01' + n * interval '1 minute'
        from generate_series(0, ${artifacts - 1}) n;
      insert into public.artifact_files (id, artifact_id, project_id, is_public, file_path, file_type, file_size, sha256, updated_at)
        select ${id(7, 'n')}, ${id(6, `n % ${artifacts}`)}, ${project(`(n % ${artifacts})`)}, ((n % ${artifacts}) / ${projects}) % 100 = 0,
          'pages/' || n || '.html', 'text/html', 1000, encode(extensions.digest(n::text, 'sha256'), 'hex'),
          timestamptz '2026-01-01' + n * interval '20 seconds'
        from generate_series(0, ${files - 1}) n;
      insert into public.audit_logs (created_at, workspace_id, project_id, table_name, record_id, action, actor_role)
        select now() - n * interval '5 minutes', ${id(1, `n % ${workspaces}`)}, ${project('n')}, 'artifacts', ${id(6, 'n')}, 'UPDATE', 'authenticated'
        from generate_series(0, ${artifacts - 1}) n;
      insert into public.project_users (project_id, user_id, role)
        select ${id(2, 'n')}, '${person}', 'contributor' from generate_series(0, 4) n;
      insert into public.workspace_users (workspace_id, user_id, role) values (${id(1, '0')}, '${person}', 'admin');
    `)
  })
  await sql`vacuum analyze`
}

export const places = {
  workspace: '00000001-0000-4000-8000-000000000000',
  project: '00000002-0000-4000-8000-000000000000',
  chat: '00000004-0000-4000-8000-000000000000',
  artifact: '00000006-0000-4000-8000-000000000000',
}
