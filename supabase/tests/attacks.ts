import { type Actor, relations } from './matrix.ts'

/**
 * Attacks: each must be refused; the same attack must succeed once `hole` has re-opened what keeps it out (so
 * that the test can fail); and `control` shows that a rightful person does the same kind of thing.
 * Braces hold ids of tenant A, `{b:…}` of tenant B.
 */
export type Attack = {
  name: string
  by: Actor
  /** Who attacks from the other tenant. */
  from?: 'b'
  statement: string
  hole: string
  control?: { by: Actor; statement: string }
}

const tableOf = (statement: string): string =>
  /(?:from|into|update) ((?:public|storage)\.\w+)/.exec(statement)?.[1] ?? ''
const commands = ['select', 'insert', 'update', 'delete'] as const
const openPolicy = (table: string, command: string): string =>
  `grant select, insert, update, delete on ${table} to authenticated;
   create policy hole_read on ${table} for select to authenticated using (true);
   ${command === 'select' ? '' : `create policy hole on ${table} for ${command} to authenticated ${command === 'insert' ? '' : 'using (true)'} ${command === 'delete' ? '' : 'with check (true)'};`}`

/** Tables whose content another tenant's owner comes for. What guards some inserts besides the policy is in `doors`. */
const coveted = relations.filter(
  ({ name }) =>
    !/^users|^workspaces$|public|versions|token_usage|audit_logs|a manager’s|artifact_files/.test(
      name,
    ),
)
const foreign: Attack[] = coveted.flatMap((relation) =>
  commands
    // These inserts are refused by more than a policy; they have attacks of their own below.
    .filter(
      (command) => !(command === 'insert' && /chat_messages|chat_participants/.test(relation.name)),
    )
    .map((command) => ({
      name: `another tenant’s owner: ${command} ${relation.name}`,
      by: 'workspace owner' as const,
      from: 'b' as const,
      statement: relation[command],
      hole: openPolicy(tableOf(relation[command]), command),
      control: { by: 'service' as const, statement: relation[command] },
    })),
)

const grant = (what: string): string => `grant ${what} to authenticated;`
const column = (
  table: string,
  name: string,
  value: string,
  by: Actor,
  row: string,
  rightful = 'service' as Actor,
): Attack => {
  const statement = `update public.${table} set ${name} = ${value} where id = '{${row}}'`
  return {
    name: `${by} writes ${table}.${name}`,
    by,
    statement,
    hole: grant(`update (${name}) on public.${table}`),
    control: { by: rightful, statement },
  }
}
const columns: Attack[] = [
  column('users', 'is_super_user', 'true', 'contributor', 'contributor'),
  column('users', 'status', "'active'", 'contributor', 'contributor'),
  column('users', 'super_until', "'2099-01-01'", 'contributor', 'contributor'),
  column('users', 'banned_by', 'null', 'contributor', 'contributor'),
  column('users', 'email_confirmed_at', 'now()', 'contributor', 'contributor'),
  column('users', 'deleted_at', 'null', 'contributor', 'contributor'),
  column('workspaces', 'is_active', 'true', 'workspace owner', 'workspace'),
  column('workspaces', 'deleted_at', 'null', 'workspace owner', 'workspace'),
  column('projects', 'kind', "'team'", 'manager', 'project'),
  column('projects', 'owner_id', 'null', 'manager', 'project'),
  column('projects', 'is_active', 'true', 'manager', 'project'),
  column('projects', 'deleted_at', 'null', 'manager', 'project'),
  column('projects', 'archived_reason', "'x'", 'manager', 'project'),
  column('projects', 'workspace_id', "'{workspace}'", 'manager', 'project'),
  column('project_users', 'expires_at', 'null', 'manager', 'viewer membership'),
  column('project_users', 'user_id', "'{fresh}'", 'project owner', 'viewer membership'),
  column('project_users', 'invited_by', 'null', 'project owner', 'viewer membership'),
  column('workspace_users', 'user_id', "'{fresh}'", 'workspace owner', 'creator membership'),
  column('workspace_users', 'invited_by', 'null', 'workspace owner', 'creator membership'),
  column('invitations', 'expires_at', "'2099-01-01', revoked_at = now()", 'manager', 'invitation'),
  column('invitations', 'project_role', "'owner', revoked_at = now()", 'manager', 'invitation'),
  column('invitations', 'email', "'me@x.example', revoked_at = now()", 'manager', 'invitation'),
  column('invitations', 'token_hash', "'x', revoked_at = now()", 'manager', 'invitation'),
  column('api_connections', 'secret_id', 'null', 'admin', 'api'),
  column('api_connections', 'workspace_id', "'{workspace}'", 'admin', 'api'),
  column('api_connections', 'created_by', 'null', 'admin', 'api'),
  column('oauth2_connections', 'secret_id', 'null', 'admin', 'oauth2'),
  column('environment_variables', 'secret_id', 'null', 'manager', 'variable'),
  column('environment_variables', 'project_id', "'{project}'", 'manager', 'variable'),
  column('chat_sessions', 'created_by', 'null', 'contributor', 'chat'),
  column('chat_sessions', 'last_message_at', 'now()', 'contributor', 'chat'),
  column('chat_messages', 'created_by', 'null', 'contributor', 'message', 'service'),
  column('chat_messages', 'created_at', "'2020-01-01'", 'contributor', 'message'),
  column('chat_participants', 'user_id', "'{fresh}'", 'contributor', 'participant'),
  column('artifacts', 'revision', '99', 'contributor', 'artifact'),
  column('artifacts', 'created_by', 'null', 'contributor', 'artifact'),
  column('artifacts', 'deleted_at', 'null', 'contributor', 'artifact'),
  column('artifacts', 'changed_xid', "'1'", 'contributor', 'artifact'),
  column('project_requirements', 'approved_by', 'null', 'manager', 'requirements'),
  column('project_requirements', 'version', '99', 'manager', 'requirements'),
  column('technical_architecture', 'created_by', 'null', 'manager', 'architecture'),
  column('ui_design', 'project_id', "'{project}'", 'manager', 'design'),
].map((attack) =>
  // Some of these need the row's policy too once the column is open; the holes say so.
  attack.name.includes('chat_messages.created_by') ||
  attack.name.includes('chat_participants.user_id')
    ? {
        ...attack,
        hole: `${attack.hole} drop policy chat_messages_update on public.chat_messages;
          create policy hole on public.chat_messages for update to authenticated using (true) with check (true);
          drop policy chat_participants_update on public.chat_participants;
          create policy hole on public.chat_participants for update to authenticated using (true) with check (true);`,
      }
    : attack,
)

const peek = (table: string, name: string, by: Actor, schema = 'public'): Attack => ({
  name: `${by} reads ${schema}.${table}.${name}`,
  by,
  statement: `select ${name} from ${schema}.${table}`,
  hole: `grant usage on schema ${schema} to anon, authenticated; grant select on ${schema}.${table} to anon, authenticated;
    create policy hole on ${schema}.${table} for select to anon, authenticated using (true);`,
})
const peeks: Attack[] = [
  peek('api_connections', 'secret_id', 'workspace owner'),
  peek('oauth2_connections', 'secret_id', 'workspace owner'),
  peek('oauth2_tokens', 'secret_id', 'workspace owner'),
  peek('environment_variables', 'secret_id', 'manager'),
  peek('invitations', 'token_hash', 'manager'),
  peek('users', 'banned_by', 'contributor'),
  peek('users', 'last_sign_in_at', 'workspace owner'),
  peek('artifacts', 'created_by', 'anon'),
  peek('artifacts', 'metadata', 'anon'),
  peek('artifact_files', 'created_by', 'anon'),
  ...[
    'secrets',
    'user_pii',
    'supplied_keys',
    'platform',
    'public_mail_domains',
    'plan_limits',
    'stripe_events',
    'token_reservations',
    'oauth_states',
    'provision_errors',
    'platform_gaps',
    'backup_checks',
    'storage_deletions',
    'leaving_blobs',
  ].flatMap((table) =>
    ([
      'secrets',
      'user_pii',
      'supplied_keys',
      'platform',
      'public_mail_domains',
      'plan_limits',
    ].includes(table)
      ? (['workspace owner', 'super'] as const)
      : ([] as const)
    ).map((by) => peek(table, '*', by, 'private')),
  ),
]

const call = (name: string, argumentsText: string, by: Actor, schema = 'public'): Attack => {
  const statement = `select ${schema}.${name}(${argumentsText})`
  return {
    name: `${by} calls ${schema}.${name}`,
    by,
    statement,
    hole: `grant execute on function ${schema}.${name} to anon, authenticated;`,
  }
}
const key = "repeat('z', 40)"
const calls: Attack[] = [
  ...(['anon', 'workspace owner', 'super'] as const).flatMap((by) => [
    call('consume_tokens', "'{workspace}', null, null, 1, 'chat', 'attack'", by),
    call('reserve_tokens', "'{workspace}', null, null, 1, 'chat', 'attack'", by),
    call('record_payment_for_service', "'evt', '{workspace}', 'pi_x', 1000000, 0, 'completed'", by),
    call(
      'record_subscription_for_service',
      "'evt', '{workspace}', 'c', 's', 'enterprise', 'active', now(), now() + interval '1 year'",
      by,
    ),
    call('read_secret_for_service', "'{secret}', 'curiosity'", by),
    call('verify_domain_for_service', "'{domain}'", by),
    {
      ...call('unreferenced_blobs_for_service', '', by),
      statement: 'select count(*) from public.unreferenced_blobs_for_service()',
    },
    call('blobs_removed_for_service', "'{}'", by),
    call('store_oauth2_token_for_service', `'{oauth2}', '{stranger}', '{"access_token":"x"}'`, by),
    call('activate_user', "'{waiting}'", by, 'private'),
    call('master_keys', '', by, 'private'),
    call('supply_master_key', key, by, 'private'),
    call('enc', "'x'", by, 'private'),
    call('dec', '(select s.value from private.secrets s limit 1)', by, 'private'),
    call('blind_index', "'admin@a.example'", by, 'private'),
    call('write_audit', "'x', '{project}', 'READ', '{workspace}', null", by, 'private'),
    call('rollup', '', by, 'private'),
    call('rotate_secrets', '', by, 'private'),
    call('purge_deleted', '', by, 'private'),
    {
      ...call('detach_old_audit', '', by, 'private'),
      statement: 'select count(*) from private.detach_old_audit()',
    },
    call('run_daily_jobs', '', by, 'private'),
    call('table_digests', '', by, 'private'),
    call('join_by_domain', "'{stranger}', 'x@firm.example'", by, 'private'),
    call('archive_places_of', "'{stranger}'", by, 'private'),
  ]),
  ...(['create_workspace', 'my_account', 'export_my_data'] as const).map((name) =>
    call(name, name === 'create_workspace' ? "'W', 'C'" : '', 'anon'),
  ),
]
  // These two answer somebody without a person even where they may be called: the hole is not enough.
  .filter(({ name }) => !/anon calls public\.(create_workspace|export_my_data)/.test(name))
  .map((attack) =>
    attack.name.includes('private.dec')
      ? {
          ...attack,
          hole: `${attack.hole} grant select on private.secrets to anon, authenticated; create policy hole on private.secrets using (true);`,
        }
      : attack,
  )

const trigger = (name: string, table: string): string =>
  `alter table ${table} disable trigger ${name};`
const guards: Attack[] = [
  {
    name: 'the last owner of a workspace leaves',
    by: 'workspace owner',
    statement:
      "delete from public.workspace_users where user_id = '{workspace owner}' and workspace_id = '{workspace}'",
    hole: trigger('keep_an_owner', 'public.workspace_users'),
    control: {
      by: 'creator',
      statement:
        "delete from public.workspace_users where user_id = '{creator}' and workspace_id = '{workspace}'",
    },
  },
  {
    name: 'the last owner of a workspace steps down',
    by: 'workspace owner',
    statement:
      "update public.workspace_users set role = 'admin' where user_id = '{workspace owner}' and workspace_id = '{workspace}'",
    hole: trigger('keep_an_owner', 'public.workspace_users'),
  },
  {
    name: 'the last owner of a project leaves',
    by: 'project owner',
    statement:
      "delete from public.project_users where user_id = '{project owner}' and project_id = '{project}'",
    hole: trigger('keep_an_owner', 'public.project_users'),
    control: {
      by: 'viewer',
      statement: "delete from public.project_users where id = '{viewer membership}'",
    },
  },
  {
    name: 'a contributor publishes',
    by: 'contributor',
    statement: "update public.artifacts set is_public = true where id = '{own artifact}'",
    hole: trigger('guard_publish', 'public.artifacts'),
    control: {
      by: 'manager',
      statement: "update public.artifacts set is_public = true where id = '{own artifact}'",
    },
  },
  {
    name: 'a contributor makes what is public from the start',
    by: 'contributor',
    statement:
      "insert into public.artifacts (project_id, title, artifact_type, is_public) values ('{project}', 'X', 'website', true)",
    hole: trigger('guard_publish', 'public.artifacts'),
  },
  {
    name: 'a manager approves without a review',
    by: 'manager',
    statement:
      "update public.project_requirements set status = 'approved' where id = '{requirements}'",
    hole: trigger('guard_document', 'public.project_requirements'),
    control: {
      by: 'manager',
      statement:
        "update public.project_requirements set status = 'review' where id = '{requirements}'",
    },
  },
  {
    name: 'a service rewrites the ledger',
    by: 'service',
    statement: 'update public.token_usage set tokens_used = 1',
    hole: `grant update on public.token_usage to service_role; ${trigger('append_only', 'public.token_usage')}`,
  },
  {
    name: 'a service empties the audit log',
    by: 'service',
    statement: 'delete from public.audit_logs',
    hole: `grant delete on public.audit_logs to service_role; do $$ declare p regclass; begin
      for p in select inhrelid::regclass from pg_inherits where inhparent = 'public.audit_logs'::regclass loop
        execute format('alter table %s disable trigger append_only', p); end loop; end $$;`,
  },
  {
    name: 'a message into another tenant’s chat',
    by: 'workspace owner',
    from: 'b',
    statement: `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', 'user')`,
    hole: `${openPolicy('public.chat_messages', 'insert')}
      create or replace function private.take_project_of_chat() returns trigger language plpgsql security definer set search_path = '' as
      $f$ begin select c.project_id into new.project_id from public.chat_sessions c where c.id = new.chat_id; return new; end $f$;`,
    control: {
      by: 'contributor',
      statement: `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', 'user')`,
    },
  },
  {
    name: 'oneself into another tenant’s chat',
    by: 'workspace owner',
    from: 'b',
    statement:
      "insert into public.chat_participants (chat_id, user_id) values ('{chat}', '{b:workspace owner}')",
    hole: `${openPolicy('public.chat_participants', 'insert')}
      create or replace function private.take_project_of_chat() returns trigger language plpgsql security definer set search_path = '' as
      $f$ begin select c.project_id into new.project_id from public.chat_sessions c where c.id = new.chat_id; return new; end $f$;`,
  },
]

const policyOf = (table: string, command: string, check: string): string =>
  `drop policy ${table}_${command} on public.${table};
   create policy hole on public.${table} for ${command} to authenticated ${command === 'insert' ? '' : `using (${check})`} ${command === 'delete' ? '' : `with check (${check})`};`
const roles: Attack[] = [
  {
    name: 'an admin makes themselves owner',
    by: 'admin',
    statement:
      "update public.workspace_users set role = 'owner' where user_id = '{admin}' and workspace_id = '{workspace}'",
    hole: policyOf('workspace_users', 'update', 'true'),
    control: {
      by: 'workspace owner',
      statement:
        "update public.workspace_users set role = 'owner' where user_id = '{admin}' and workspace_id = '{workspace}'",
    },
  },
  {
    name: 'an admin demotes the owner',
    by: 'admin',
    statement:
      "update public.workspace_users set role = 'admin' where user_id = '{workspace owner}' and workspace_id = '{workspace}'",
    hole: `${policyOf('workspace_users', 'update', 'true')} ${trigger('keep_an_owner', 'public.workspace_users')}`,
  },
  {
    name: 'an admin removes the owner',
    by: 'admin',
    statement:
      "delete from public.workspace_users where user_id = '{workspace owner}' and workspace_id = '{workspace}'",
    hole: `${policyOf('workspace_users', 'delete', 'true')} ${trigger('keep_an_owner', 'public.workspace_users')}`,
  },
  {
    name: 'a manager makes themselves owner of the project',
    by: 'manager',
    statement:
      "update public.project_users set role = 'owner' where user_id = '{manager}' and project_id = '{project}'",
    hole: policyOf('project_users', 'update', 'true'),
    control: {
      by: 'project owner',
      statement:
        "update public.project_users set role = 'owner' where user_id = '{manager}' and project_id = '{project}'",
    },
  },
  {
    name: 'a manager adds another manager',
    by: 'manager',
    statement:
      "insert into public.project_users (project_id, user_id, role) values ('{project}', '{creator}', 'manager')",
    hole: policyOf('project_users', 'insert', 'true'),
    control: {
      by: 'manager',
      statement:
        "insert into public.project_users (project_id, user_id, role) values ('{project}', '{creator}', 'contributor')",
    },
  },
  {
    name: 'a manager adds somebody from outside of the workspace',
    by: 'manager',
    statement:
      "insert into public.project_users (project_id, user_id, role) values ('{project}', '{stranger}', 'viewer')",
    hole: policyOf('project_users', 'insert', 'true'),
  },
  {
    name: 'a workspace owner writes the Global Workspace',
    by: 'workspace owner',
    statement: "update public.workspaces set name = 'Mine' where is_global",
    hole: `${openPolicy('public.workspaces', 'update')}`,
    control: {
      by: 'super',
      statement: "update public.workspaces set name = 'Ours' where is_global",
    },
  },
  {
    name: 'a member looks around in the Global Workspace',
    by: 'stranger',
    statement: "select 1 from public.workspace_users where user_id <> '{stranger}'",
    hole: openPolicy('public.workspace_users', 'select'),
    control: {
      by: 'super',
      statement: "select 1 from public.workspace_users where user_id <> '{super}'",
    },
  },
  {
    name: 'a contributor speaks as an agent',
    by: 'contributor',
    statement: `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', 'ai')`,
    hole: policyOf('chat_messages', 'insert', 'true'),
    control: {
      by: 'service',
      statement: `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', 'ai')`,
    },
  },
  {
    name: 'a viewer speaks',
    by: 'viewer',
    statement: `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', 'user')`,
    hole: policyOf('chat_messages', 'insert', 'true'),
  },
  {
    name: 'a manager rewrites somebody’s message',
    by: 'manager',
    statement: `update public.chat_messages set content = '{"a":2}' where id = '{message}'`,
    hole: policyOf('chat_messages', 'update', 'true'),
    control: {
      by: 'contributor',
      statement: `update public.chat_messages set content = '{"a":2}' where id = '{message}'`,
    },
  },
  {
    name: 'a contributor adds somebody else to a chat',
    by: 'contributor',
    statement:
      "insert into public.chat_participants (chat_id, user_id) values ('{chat}', '{manager}')",
    hole: policyOf('chat_participants', 'insert', 'true'),
  },
  {
    name: 'a contributor deletes what is public',
    by: 'contributor',
    statement: "delete from public.artifacts where id = '{public artifact}'",
    hole: policyOf('artifacts', 'delete', 'true'),
    control: {
      by: 'manager',
      statement: "delete from public.artifacts where id = '{public artifact}'",
    },
  },
  {
    name: 'an owner claims everybody’s domain',
    by: 'workspace owner',
    statement:
      "insert into public.workspace_domains (workspace_id, domain) values ('{workspace}', 'gmail.com')",
    hole: policyOf('workspace_domains', 'insert', 'true'),
    control: {
      by: 'workspace owner',
      statement:
        "insert into public.workspace_domains (workspace_id, domain) values ('{workspace}', 'firm.example')",
    },
  },
  {
    name: 'an invitation that was withdrawn is opened again',
    by: 'manager',
    statement: "update public.invitations set revoked_at = null where id = '{invitation}'",
    hole: policyOf('invitations', 'update', 'true'),
    control: {
      by: 'manager',
      statement: "update public.invitations set revoked_at = now() where id = '{invitation}'",
    },
  },
  {
    name: 'a blob is overwritten',
    by: 'project owner',
    statement: `update storage.objects set metadata = '{"size": 9}' where bucket_id = 'artifact-files' and name like '{artifact}/%'`,
    hole: openPolicy('storage.objects', 'update'),
  },
  {
    name: 'a blob is removed',
    by: 'project owner',
    statement:
      "delete from storage.objects where bucket_id = 'artifact-files' and name like '{artifact}/%'",
    hole: openPolicy('storage.objects', 'delete'),
  },
  {
    name: 'an object under no hash',
    by: 'contributor',
    statement:
      "insert into storage.objects (bucket_id, name) values ('artifact-files', '{artifact}/evil.html')",
    hole: openPolicy('storage.objects', 'insert'),
  },
]

/** Whoever is not active any more, and whatever place is closed, by way of the helpers every policy calls. */
const status = (
  name: string,
  by: Actor,
  before: string,
  statement: string,
  helper: string,
): Attack => ({
  name,
  by,
  statement: `${statement} /* after: ${before} */`,
  hole: helper,
  control: { by, statement },
})
const ungatedProjects = `create or replace function private.project_ids(min_role public.project_role) returns uuid[]
  language sql stable security definer set search_path = '' as
  $f$ select coalesce(array_agg(m.project_id), '{}') from public.project_users m where m.user_id = auth.uid() and m.role >= min_role $f$;`
const ungatedWorkspaces = `create or replace function private.ws_ids(min_role public.workspace_role) returns uuid[]
  language sql stable security definer set search_path = '' as
  $f$ select coalesce(array_agg(m.workspace_id), '{}') from public.workspace_users m where m.user_id = auth.uid() and m.role >= min_role $f$;`
const add = "insert into public.chat_sessions (project_id, title) values ('{project}', 'X')"
const read = "select 1 from public.chat_sessions where id = '{chat}'"
const states: Attack[] = [
  ...(['banned', 'inactive', 'archived', 'waitlist'] as const).flatMap((state) => [
    status(
      `${state}: reads`,
      'contributor',
      `update public.users set status = '${state}' where id = '{contributor}'`,
      read,
      ungatedProjects,
    ),
    status(
      `${state}: writes`,
      'contributor',
      `update public.users set status = '${state}' where id = '{contributor}'`,
      add,
      ungatedProjects,
    ),
  ]),
  status(
    'archived project: writes',
    'contributor',
    "update public.projects set is_active = false where id = '{project}'",
    add,
    ungatedProjects,
  ),
  status(
    'archived workspace: writes',
    'contributor',
    "update public.workspaces set is_active = false where id = '{workspace}'",
    add,
    ungatedProjects,
  ),
  status(
    'deleted project: reads',
    'contributor',
    "update public.projects set deleted_at = now() where id = '{project}'",
    read,
    ungatedProjects,
  ),
  status(
    'deleted workspace: reads',
    'contributor',
    "update public.workspaces set deleted_at = now() where id = '{workspace}'",
    read,
    ungatedProjects,
  ),
  status(
    'access that is over: reads',
    'contributor',
    "update public.project_users set expires_at = now() where user_id = '{contributor}'",
    read,
    ungatedProjects,
  ),
  status(
    'banned owner: reads the workspace',
    'workspace owner',
    "update public.users set status = 'banned' where id = '{workspace owner}'",
    "select 1 from public.workspace_domains where id = '{domain}'",
    ungatedWorkspaces,
  ),
  status(
    'archived workspace: its domains',
    'workspace owner',
    "update public.workspaces set is_active = false where id = '{workspace}'",
    "delete from public.workspace_domains where id = '{domain}'",
    ungatedWorkspaces,
  ),
]

export const attacks: Attack[] = [
  ...foreign,
  ...columns,
  ...peeks,
  ...calls,
  ...guards,
  ...roles,
  ...states,
]
