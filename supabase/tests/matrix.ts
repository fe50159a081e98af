/**
 * THE access matrix: who may select (S), insert (I), update (U) and delete (D) which row. The pgTAP file
 * beside it is generated from this one (`node scripts/access-matrix.ts`), and run against every deployment.
 *
 * Twelve actors of tenant A: nobody signed in; on the waitlist; active, in the Global Workspace only; a
 * project_creator of the workspace who is not in the project; viewer (not in the workspace), contributor,
 * manager and owner of the project, the last three project_creators too; admin and owner of the workspace;
 * a super user; the service role.
 */
export const actors = [
  'anon',
  'waiting',
  'stranger',
  'creator',
  'viewer',
  'contributor',
  'manager',
  'project owner',
  'admin',
  'workspace owner',
  'super',
  'service',
] as const
export type Actor = (typeof actors)[number]

/** Ids of one tenant's rows, by name. */
export const idOf = (tenant: 'a' | 'b', name: string): string => {
  const place = names.indexOf(name as (typeof names)[number])
  if (place < 0) throw new Error(`There is no ${name}.`)
  return `${tenant.repeat(8)}-0000-4000-8000-${String(place + 1).padStart(12, '0')}`
}
const names = [
  'waiting',
  'stranger',
  'creator',
  'viewer',
  'contributor',
  'manager',
  'project owner',
  'admin',
  'workspace owner',
  'super',
  'workspace',
  'project',
  'domain',
  'creator membership',
  'viewer membership',
  'invitation',
  'api',
  'project api',
  'oauth2',
  'project oauth2',
  'token',
  'project token',
  'variable',
  'chat',
  'message',
  'participant',
  'artifact',
  'own artifact',
  'public artifact',
  'file',
  'public file',
  'requirements',
  'architecture',
  'design',
  'context',
  'new',
  'fresh',
  'secret',
  'project secret',
  'quiet chat',
  'buried artifact',
  'newcomer',
  'twin',
] as const

/** Names in braces become ids: of `tenant`, of tenant B where `b:` stands before, `{me}` is the actor's. */
export const filled = (template: string, tenant: 'a' | 'b', me = ''): string =>
  template.replace(/\{(b:)?([a-z][a-z0-9 ]*)\}/g, (_, other: string | undefined, name: string) =>
    name === 'me' ? me : name === 'tenant' ? tenant : idOf(other ? 'b' : tenant, name),
  )

/** The database role an actor comes with. */
export const roleOf = (actor: Actor): string =>
  actor === 'anon' ? 'anon' : actor === 'service' ? 'service_role' : 'authenticated'

export type Relation = {
  name: string
  /** One word an actor, in their order; `-` is nothing. */
  cells: string
  /** Braces hold names of ids, `{me}` is the actor's own. Absent where no statement of that kind makes sense. */
  select: string
  insert: string
  update: string
  delete: string
}

const rows = (table: string, name: string, set: string, insert: string) => ({
  select: `select 1 from public.${table} where id = '{${name}}'`,
  insert: `insert into public.${table} ${insert}`,
  update: `update public.${table} set ${set} where id = '{${name}}'`,
  delete: `delete from public.${table} where id = '{${name}}'`,
})
const apiRow = (scope: string, name: string) =>
  `(${scope}_id, name, api_type, endpoint_url, auth_type, http_method) values ('{${name}}', 'N', 'rest', 'https://a.example/', 'none', 'GET')`
const oauth2Row = (scope: string, name: string) =>
  `(${scope}_id, provider, provider_config, client_id, redirect_uri, scopes) values ('{${name}}', 'p', '{}', 'c', 'atelier://oauth2', '{}')`
const objects = (bucket: string, folder: string, add: string) => ({
  select: `select 1 from storage.objects where bucket_id = '${bucket}' and name like '{${folder}}/%'`,
  insert: `insert into storage.objects (bucket_id, name) values ('${bucket}', '{${folder}}/${add}')`,
  update: `update storage.objects set metadata = '{"size": 4}' where bucket_id = '${bucket}' and name like '{${folder}}/%'`,
  delete: `delete from storage.objects where bucket_id = '${bucket}' and name like '{${folder}}/%'`,
})
const document = (table: string, name: string) =>
  rows(
    table,
    name,
    "title = 'Other'",
    "(project_id, title, content) values ('{project}', 'New', '{}')",
  )

export const relations: Relation[] = [
  {
    name: 'users: a contributor’s row',
    cells: '- - - S S SU S S S S S SUD',
    ...rows(
      'users',
      'contributor',
      "display_name = 'X'",
      "(id, display_name) values ('{new}', 'X')",
    ),
  },
  {
    name: 'workspaces',
    cells: '- - - S S S S S S SU - SIU',
    ...rows('workspaces', 'workspace', "name = 'X'", "(name, company_name) values ('X', 'X')"),
  },
  {
    name: 'workspace_domains',
    cells: '- - - - - - - - S SID - SIUD',
    ...rows(
      'workspace_domains',
      'domain',
      'verified_at = now()',
      "(workspace_id, domain) values ('{workspace}', 'other.example')",
    ),
  },
  {
    name: 'workspace_users: a project_creator’s row',
    cells: '- - - SD - S S S SUD SUD S SIUD',
    ...rows(
      'workspace_users',
      'creator membership',
      "role = 'project_creator'",
      "(workspace_id, user_id, role) values ('{workspace}', '{fresh}', 'project_creator')",
    ),
  },
  {
    name: 'projects',
    cells: '- - - - S S SU SU SU SU - SIUD',
    ...rows(
      'projects',
      'project',
      "name = 'X'",
      "(workspace_id, name) values ('{workspace}', 'X')",
    ),
    // With what belongs to it a project is only archived.
    delete: "delete from public.projects where id = '{fresh}'",
  },
  {
    name: 'project_orders: a viewer’s',
    cells: '- - - - SU I - - - - - SIUD',
    select: "select 1 from public.project_orders where user_id = '{viewer}'",
    // Of somebody who has none yet.
    insert:
      "insert into public.project_orders (user_id, workspace_id, project_ids) values ('{contributor}', '{workspace}', '{}')",
    update: "update public.project_orders set project_ids = '{}' where user_id = '{viewer}'",
    delete: "delete from public.project_orders where user_id = '{viewer}'",
  },
  {
    name: 'project_users: a viewer’s row',
    cells: '- - - - SD S SIUD SIUD SIUD SIUD - SIUD',
    ...rows(
      'project_users',
      'viewer membership',
      "role = 'contributor'",
      "(project_id, user_id, role) values ('{project}', '{creator}', 'viewer')",
    ),
  },
  {
    name: 'invitations to the project',
    cells: '- - - - - - SU SU SU SU - SIUD',
    ...rows(
      'invitations',
      'invitation',
      'revoked_at = now()',
      "(project_id, project_role, email, token_hash) values ('{project}', 'viewer', 'n@x.example', 'hash')",
    ),
  },
  {
    name: 'api_connections of the workspace',
    cells: '- - - S - S S S SIUD SIUD - SIUD',
    ...rows('api_connections', 'api', "name = 'X'", apiRow('workspace', 'workspace')),
  },
  {
    name: 'api_connections of the project',
    cells: '- - - - - S SIUD SIUD - - - SIUD',
    ...rows('api_connections', 'project api', "name = 'X'", apiRow('project', 'project')),
  },
  {
    name: 'oauth2_connections of the workspace',
    cells: '- - - S - S S S SIUD SIUD - SIUD',
    ...rows('oauth2_connections', 'oauth2', "provider = 'X'", oauth2Row('workspace', 'workspace')),
  },
  {
    name: 'oauth2_connections of the project',
    cells: '- - - - - S SIUD SIUD - - - SIUD',
    ...rows(
      'oauth2_connections',
      'project oauth2',
      "provider = 'X'",
      oauth2Row('project', 'project'),
    ),
  },
  {
    name: 'oauth2_tokens of the workspace',
    cells: '- - - - - - - - SD SD - SIUD',
    ...rows(
      'oauth2_tokens',
      'token',
      "scope = 'x'",
      "(connection_id, user_id, secret_id) values ('{oauth2}', '{admin}', '{secret}')",
    ),
  },
  {
    name: 'oauth2_tokens of the project',
    cells: '- - - - - - SD SD - - - SIUD',
    ...rows(
      'oauth2_tokens',
      'project token',
      "scope = 'x'",
      "(connection_id, user_id, secret_id) values ('{project oauth2}', '{admin}', '{secret}')",
    ),
  },
  {
    name: 'environment_variables',
    cells: '- - - - - S SIUD SIUD - - - SIUD',
    ...rows(
      'environment_variables',
      'variable',
      "name = 'X'",
      "(project_id, name) values ('{project}', 'NEW')",
    ),
  },
  {
    name: 'chat_sessions',
    cells: '- - - - S SIU SIUD SIUD - - - SIUD',
    ...rows(
      'chat_sessions',
      'chat',
      "title = 'X'",
      "(project_id, title) values ('{project}', 'X')",
    ),
  },
  {
    name: 'chat_messages: a contributor’s',
    cells: '- - - - S SIUD SID SID - - - SIUD',
    ...rows(
      'chat_messages',
      'message',
      `content = '{"a":1}'`,
      `(chat_id, content, message_type) values ('{chat}', '{"a":1}', 'user')`,
    ),
  },
  {
    name: 'chat_participants: a contributor’s row',
    cells: '- - - - SI SIUD SID SID - - - SIUD',
    ...rows(
      'chat_participants',
      'participant',
      'is_active = false',
      // A chat that nobody follows yet.
      "(chat_id, user_id) values ('{quiet chat}', '{me}')",
    ),
  },
  {
    name: 'artifacts, private, a manager’s',
    cells: '- - - - S SIU SIUD SIUD - - - SIUD',
    ...rows(
      'artifacts',
      'artifact',
      "title = 'X'",
      "(project_id, title, artifact_type) values ('{project}', 'X', 'website')",
    ),
  },
  {
    name: 'artifacts, private, a contributor’s',
    cells: '- - - - S SIUD SIUD SIUD - - - SIUD',
    ...rows(
      'artifacts',
      'own artifact',
      "title = 'X'",
      "(project_id, title, artifact_type) values ('{project}', 'X', 'website')",
    ),
  },
  {
    name: 'artifacts, public',
    cells: 'S S S S S SU SIUD SIUD S S S SIUD',
    ...rows(
      'artifacts',
      'public artifact',
      "title = 'X'",
      "(project_id, title, artifact_type, is_public) values ('{project}', 'X', 'website', true)",
    ),
  },
  {
    name: 'artifact_files of a private artifact',
    cells: '- - - - S S S S - - - S',
    ...rows(
      'artifact_files',
      'file',
      "file_path = 'x'",
      `(artifact_id, project_id, is_public, file_path, file_type, file_size, sha256)
      values ('{artifact}', '{project}', false, 'n', 't', 1, repeat('a', 64))`,
    ),
  },
  {
    name: 'artifact_files of a public artifact',
    cells: 'S S S S S S S S S S S S',
    ...rows(
      'artifact_files',
      'public file',
      "file_path = 'x'",
      `(artifact_id, project_id, is_public, file_path, file_type, file_size, sha256)
      values ('{public artifact}', '{project}', true, 'n', 't', 1, repeat('a', 64))`,
    ),
  },
  {
    name: 'artifact_file_versions',
    cells: '- - - - S S S S - - - S',
    select: "select 1 from public.artifact_file_versions where file_id = '{file}'",
    insert: `insert into public.artifact_file_versions (file_id, revision, artifact_id, artifact_revision, file_path, file_size, sha256)
      values ('{file}', 9, '{artifact}', 9, 'n', 1, repeat('a', 64))`,
    update: "update public.artifact_file_versions set file_size = 2 where file_id = '{file}'",
    delete: "delete from public.artifact_file_versions where file_id = '{file}'",
  },
  {
    name: 'workspace_subscriptions',
    cells: '- - - - - - - - S S - SIUD',
    select: "select 1 from public.workspace_subscriptions where workspace_id = '{workspace}'",
    insert:
      "insert into public.workspace_subscriptions (workspace_id, plan_type, base_token_limit, status) values ('{workspace}', 'free', 1, 'canceled')",
    update:
      "update public.workspace_subscriptions set base_token_limit = 9 where workspace_id = '{workspace}'",
    delete: "delete from public.workspace_subscriptions where workspace_id = '{workspace}'",
  },
  {
    name: 'token_purchases',
    cells: '- - - - - - - - S S - SIUD',
    select: "select 1 from public.token_purchases where workspace_id = '{workspace}'",
    insert:
      "insert into public.token_purchases (workspace_id, stripe_payment_intent_id, token_amount, price_paid, status) values ('{workspace}', 'pi_new', 1, 1, 'pending')",
    update:
      "update public.token_purchases set status = 'failed' where workspace_id = '{workspace}'",
    delete: "delete from public.token_purchases where workspace_id = '{workspace}'",
  },
  {
    name: 'token_usage of the project',
    cells: '- - - - S S S S S S - SI',
    select: "select 1 from public.token_usage where project_id = '{project}'",
    insert:
      "insert into public.token_usage (workspace_id, project_id, tokens_used, usage_type, idempotency_key) values ('{workspace}', '{project}', 1, 'chat', 'new')",
    update: "update public.token_usage set tokens_used = 2 where project_id = '{project}'",
    delete: "delete from public.token_usage where project_id = '{project}'",
  },
  {
    name: 'workspace_stats',
    cells: '- - - S - S S S S S S SIUD',
    select: "select 1 from public.workspace_stats where workspace_id = '{workspace}'",
    insert:
      "insert into public.workspace_stats (workspace_id, stats_date, total_projects, total_users, total_chats, total_artifacts, total_files, total_tokens_used, tokens_remaining) values ('{workspace}', '2020-01-01', 0, 0, 0, 0, 0, 0, 0)",
    update: "update public.workspace_stats set total_users = 9 where workspace_id = '{workspace}'",
    delete: "delete from public.workspace_stats where workspace_id = '{workspace}'",
  },
  {
    name: 'project_stats',
    cells: '- - - - S S S S S S - SIUD',
    select: "select 1 from public.project_stats where project_id = '{project}'",
    insert:
      "insert into public.project_stats (project_id, workspace_id, stats_date, total_users, total_chats, total_artifacts, total_files, total_tokens_used, tokens_remaining) values ('{project}', '{workspace}', '2020-01-01', 0, 0, 0, 0, 0, 0)",
    update: "update public.project_stats set total_users = 9 where project_id = '{project}'",
    delete: "delete from public.project_stats where project_id = '{project}'",
  },
  {
    name: 'audit_logs of the project',
    cells: '- - - - - - S S S S - S',
    select: "select 1 from public.audit_logs where project_id = '{project}'",
    insert:
      "insert into public.audit_logs (table_name, record_id, action, project_id, actor_role) values ('x', '{project}', 'READ', '{project}', 'x')",
    update: "update public.audit_logs set reason = 'x' where project_id = '{project}'",
    delete: "delete from public.audit_logs where project_id = '{project}'",
  },
  {
    name: 'project_requirements',
    cells: '- - - - S S SIUD SIUD - - - SIUD',
    ...document('project_requirements', 'requirements'),
  },
  {
    name: 'technical_architecture',
    cells: '- - - - S S SIUD SIUD - - - SIUD',
    ...document('technical_architecture', 'architecture'),
  },
  {
    name: 'ui_design',
    cells: '- - - - S S SIUD SIUD - - - SIUD',
    ...document('ui_design', 'design'),
  },
  {
    name: 'project_context',
    cells: '- - - - S S SIUD SIUD - - - SIUD',
    ...rows(
      'project_context',
      'context',
      "title = 'X'",
      "(project_id, context_type, title, content) values ('{project}', 'search', 'N', '{}')",
    ),
  },
  {
    name: 'storage: workspace-files',
    cells: '- - - S - S S S SIUD SIUD - SIUD',
    ...objects('workspace-files', 'workspace', 'new'),
  },
  {
    name: 'storage: project-files',
    cells: '- - - - S SIUD SIUD SIUD - - - SIUD',
    ...objects('project-files', 'project', 'new'),
  },
  {
    name: 'storage: artifact-files, private',
    cells: '- - - - S SI SI SI - - - SIUD',
    ...objects('artifact-files', 'artifact', 'b'.repeat(64)),
  },
  {
    name: 'storage: artifact-files, public',
    cells: 'S S S S S SI SI SI S S S SIUD',
    ...objects('artifact-files', 'public artifact', 'b'.repeat(64)),
  },
]

/** Columns that signed-in people may select, insert and update; of every other column they may nothing. */
export const columns: Record<string, { select: string; insert?: string; update?: string }> = {
  users: {
    select: 'id display_name avatar_url profile status created_at updated_at deleted_at',
    update: 'display_name avatar_url profile',
  },
  workspaces: {
    select: '*',
    update: 'name description company_name logo_url color_palette settings',
  },
  workspace_domains: { select: '*', insert: 'workspace_id domain' },
  workspace_users: { select: '*', update: 'role' },
  projects: { select: '*', update: 'name description logo_url color_palette settings' },
  project_users: { select: '*', insert: 'project_id user_id role', update: 'role' },
  project_orders: {
    select: '*',
    insert: 'user_id workspace_id project_ids',
    update: 'project_ids',
  },
  invitations: {
    select:
      'id workspace_id project_id workspace_role project_role email expires_at accepted_at accepted_by revoked_at created_at created_by',
    update: 'revoked_at',
  },
  api_connections: {
    select:
      'id workspace_id project_id name description api_type endpoint_url auth_type custom_headers http_method request_body_template response_path response_schema has_secret secret_hint secret_rotated_at is_active created_at created_by updated_at',
    insert:
      'workspace_id project_id name description api_type endpoint_url auth_type custom_headers http_method request_body_template response_path response_schema is_active',
    update:
      'name description api_type endpoint_url auth_type custom_headers http_method request_body_template response_path response_schema is_active',
  },
  oauth2_connections: {
    select:
      'id workspace_id project_id provider provider_config client_id redirect_uri scopes additional_params has_secret secret_hint secret_rotated_at is_active created_at created_by updated_at',
    insert:
      'workspace_id project_id provider provider_config client_id redirect_uri scopes additional_params is_active',
    update: 'provider provider_config client_id redirect_uri scopes additional_params is_active',
  },
  oauth2_tokens: {
    select:
      'id connection_id user_id token_type expires_at scope has_refresh_token created_at updated_at',
  },
  environment_variables: {
    select:
      'id project_id name has_secret secret_hint secret_rotated_at created_at created_by updated_at',
    insert: 'project_id name',
    update: 'name',
  },
  chat_sessions: {
    select: '*',
    insert: 'id project_id title description settings is_active',
    update: 'title description settings is_active',
  },
  chat_messages: {
    select: '*',
    insert: 'id chat_id content message_type metadata',
    update: 'content metadata',
  },
  chat_participants: { select: '*', insert: 'chat_id user_id', update: 'last_read_at is_active' },
  artifacts: {
    // All but metadata, which is not published with it: members read that by a function.
    select:
      'id project_id chat_id title description artifact_type status progress is_public revision changed_xid created_at created_by updated_at deleted_at search',
    insert:
      'id project_id chat_id title description artifact_type status progress metadata is_public',
    update: 'title description artifact_type status progress metadata is_public',
  },
  artifact_files: { select: '*' },
  artifact_file_versions: { select: '*' },
  workspace_subscriptions: { select: '*' },
  token_purchases: { select: '*' },
  token_usage: { select: '*' },
  workspace_stats: { select: '*' },
  project_stats: { select: '*' },
  audit_logs: { select: '*' },
  project_requirements: {
    select: '*',
    insert: 'id project_id title content version status',
    update: 'title content status',
  },
  technical_architecture: {
    select: '*',
    insert:
      'id project_id title content version status apis_used data_schemas security_requirements',
    update: 'title content status apis_used data_schemas security_requirements',
  },
  ui_design: {
    select: '*',
    insert: 'id project_id title content version status color_palette ui_framework components',
    update: 'title content status color_palette ui_framework components',
  },
  project_context: {
    select: '*',
    insert: 'id project_id context_type title content metadata',
    update: 'context_type title content metadata',
  },
}

/** What nobody signed in may select. */
export const anonymousColumns: Record<string, string> = {
  artifacts: 'id title description artifact_type status is_public updated_at',
  artifact_files:
    'id artifact_id file_name file_type file_size file_path is_main_file is_public storage_path updated_at',
}
