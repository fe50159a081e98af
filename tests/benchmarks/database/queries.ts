import { places } from './fill.ts'

/**
 * What the application asks, and what a careful backend would ask past row-level security: the same rows,
 * for which it has to look up the same memberships. `list`: held to the figures of lists.
 */
export type Query = {
  name: string
  list: boolean
  asPerson: string
  unguarded: string
  /** Why a figure is only told, and not held to anything. */
  told?: string
}

/** The projects of the person, as a backend without policies would find them on each request. */
const mine = (person: string): string => `(
  select m.project_id from public.project_users m
    join public.projects p on p.id = m.project_id join public.workspaces w on w.id = p.workspace_id
    join public.users u on u.id = m.user_id
  where m.user_id = '${person}' and u.status = 'active' and u.deleted_at is null
    and p.deleted_at is null and w.deleted_at is null and (m.expires_at is null or m.expires_at > now()))`

/** What everybody sees of an artifact, as a backend without policies would ask for it. */
const published = (artifact: string): string =>
  `(${artifact}.is_public and ${artifact}.status <> 'archived' and not exists (
    select from public.projects gone join public.workspaces around on around.id = gone.workspace_id
    where gone.id = ${artifact}.project_id and (gone.deleted_at is not null or around.deleted_at is not null)))`

export const queriesOf = (person: string): Query[] => {
  const { workspace, project, chat, artifact } = places
  const guarded = (query: string, table: string): { asPerson: string; unguarded: string } => ({
    asPerson: query.replace('$mine', 'true'),
    unguarded: query.replace('$mine', `${table}.project_id in ${mine(person)}`),
  })
  return [
    {
      name: 'last 50 messages of a chat',
      list: true,
      ...guarded(
        `select * from public.chat_messages m where m.chat_id = '${chat}' and $mine order by m.created_at desc, m.id desc limit 50`,
        'm',
      ),
    },
    {
      name: 'count of the artifacts one sees',
      list: false,
      asPerson: 'select count(*) from public.artifacts a',
      unguarded: `select count(*) from public.artifacts a where a.deleted_at is null and (a.project_id in ${mine(person)} or ${published('a')})`,
    },
    {
      name: 'count of all messages',
      list: false,
      told: 'nobody should ask it: the figure is in the statistics',
      asPerson: 'select count(*) from public.chat_messages m',
      unguarded: `select count(*) from public.chat_messages m where m.project_id in ${mine(person)}`,
    },
    {
      name: 'a page of one project’s artifacts',
      list: true,
      ...guarded(
        `select a.id, a.title, a.status, a.updated_at from public.artifacts a where a.project_id = '${project}' and a.deleted_at is null and $mine order by a.updated_at desc, a.id desc limit 50`,
        'a',
      ),
    },
    {
      name: 'files of one artifact',
      list: true,
      ...guarded(
        `select f.id, f.file_path, f.sha256 from public.artifact_files f where f.artifact_id = '${artifact}' and f.deleted_at is null and $mine`,
        'f',
      ),
    },
    {
      name: 'latest 50 files of my projects',
      list: true,
      asPerson: `select f.id, f.file_path from public.artifact_files f where f.deleted_at is null and f.project_id = any ((select array_agg(project_id) from public.project_users where user_id = '${person}')::uuid[]) order by f.updated_at desc, f.id desc limit 50`,
      unguarded: `select f.id, f.file_path from public.artifact_files f where f.deleted_at is null and f.project_id = any ((select array_agg(x.project_id) from ${mine(person)} x)::uuid[]) order by f.updated_at desc, f.id desc limit 50`,
    },
    {
      name: 'latest 50 files one sees',
      list: true,
      asPerson:
        'select f.id, f.file_path from public.artifact_files f where f.deleted_at is null order by f.updated_at desc, f.id desc limit 50',
      unguarded: `select f.id, f.file_path from public.artifact_files f where f.deleted_at is null and (f.project_id in ${mine(person)} or (f.is_public and exists (select from public.artifacts a where a.id = f.artifact_id and a.deleted_at is null and ${published('a')}))) order by f.updated_at desc, f.id desc limit 50`,
    },
    {
      name: 'files of one project',
      list: true,
      ...guarded(
        `select f.id, f.file_path, f.sha256 from public.artifact_files f where f.project_id = '${project}' and f.deleted_at is null and $mine`,
        'f',
      ),
    },
    {
      name: 'my chats',
      list: true,
      ...guarded(
        'select c.id, c.title from public.chat_sessions c where $mine order by c.last_message_at desc nulls last, c.id desc limit 50',
        'c',
      ),
    },
    {
      name: 'my projects',
      list: true,
      asPerson: 'select p.id, p.name from public.projects p order by p.name limit 200',
      unguarded: `select p.id, p.name from public.projects p where p.deleted_at is null and (p.id in ${mine(person)} or p.workspace_id in (select w.workspace_id from public.workspace_users w where w.user_id = '${person}' and w.role >= 'admin')) order by p.name limit 200`,
    },
    {
      name: 'search by title',
      list: true,
      asPerson: `select * from public.search_artifacts('lantern')`,
      unguarded: `select a.id, a.title from public.artifacts a where a.project_id in ${mine(person)} and a.deleted_at is null and (a.search @@ websearch_to_tsquery('english', 'lantern') or a.title ilike '%lantern%') order by a.updated_at desc, a.id desc limit 50`,
    },
    {
      name: 'a page of the audit log',
      list: true,
      asPerson: `select l.id, l.action, l.created_at from public.audit_logs l where l.workspace_id = '${workspace}' order by l.created_at desc, l.id desc limit 50`,
      unguarded: `select l.id, l.action, l.created_at from public.audit_logs l where l.workspace_id = '${workspace}' and l.workspace_id in (select m.workspace_id from public.workspace_users m join public.workspaces w on w.id = m.workspace_id join public.users u on u.id = m.user_id where m.user_id = '${person}' and m.role >= 'admin' and u.status = 'active' and w.deleted_at is null) order by l.created_at desc, l.id desc limit 50`,
    },
    {
      name: 'the directory of a workspace',
      list: true,
      // Reading it is written down, and would be without policies too.
      asPerson: `select * from public.workspace_directory('${workspace}')`,
      unguarded: `with logged as materialized (select private.write_audit('workspace_users', '${workspace}', 'READ', '${workspace}', null)) select m.user_id, u.display_name, a.email, m.role from logged, public.workspace_users m join public.users u on u.id = m.user_id join auth.users a on a.id = m.user_id where m.workspace_id = '${workspace}' and exists (select from public.workspace_users me where me.workspace_id = m.workspace_id and me.user_id = '${person}' and me.role >= 'admin') order by u.display_name, u.id`,
    },
    {
      name: 'pull of a project with nothing new',
      list: false,
      told: 'no list; most of its buffers are the look-up of memberships, which any answer needs',
      asPerson: `select public.pull_project('${project}', pg_snapshot_xmin(pg_current_snapshot()))`,
      unguarded: `select f.id from public.artifact_files f where f.project_id = '${project}' and f.changed_xid >= pg_snapshot_xmin(pg_current_snapshot()) and f.project_id in ${mine(person)}`,
    },
  ]
}
