import { type Attack, type By, database, policyOf, type Step, without } from './attack.ts'

/** The log: who may read it, that nobody changes it, and that nothing is in it that is not its readers'. */

const month = `audit.logs_${new Date().toISOString().slice(0, 7).replace('-', '_')}`
const openTriggers = (names: string): string => `do $$ declare p regclass; t text; begin
  for p in select inhrelid::regclass from pg_inherits where inhparent = 'public.audit_logs'::regclass union select 'public.audit_logs'::regclass loop
    for t in select tgname from pg_trigger where tgrelid = p and tgname in (${names}) and tgparentid = 0 loop
      execute format('alter table %s disable trigger %I', p, t); end loop; end loop; end $$;`
const looked: Step = { by: 'admin', statement: "select public.workspace_directory('{workspace}')" }
const openPartition = (role: string, what: string) =>
  `grant usage on schema audit to ${role}; grant ${what} on ${month} to ${role}; create policy hole on ${month} to ${role} using (true);`

const readers: Attack[] = [
  {
    name: 'log: another tenant’s owner reads the workspace’s',
    by: 'workspace owner',
    from: 'b',
    statement: "select from public.audit_logs where workspace_id = '{workspace}'",
    hole: policyOf('audit_logs', 'select'),
    control: {
      by: 'admin',
      statement: "select from public.audit_logs where workspace_id = '{workspace}'",
    },
  },
  {
    name: 'log: a member reads the workspace’s',
    by: 'creator',
    statement: "select from public.audit_logs where workspace_id = '{workspace}'",
    hole: policyOf(
      'audit_logs',
      'select',
      "workspace_id = any ((select private.workspace_ids('project_creator'))::uuid[])",
    ),
    control: {
      by: 'admin',
      statement: "select from public.audit_logs where workspace_id = '{workspace}'",
    },
  },
  {
    name: 'log: a contributor reads the project’s',
    by: 'contributor',
    statement: "select from public.audit_logs where project_id = '{project}'",
    hole: policyOf(
      'audit_logs',
      'select',
      "project_id = any ((select private.project_ids('viewer'))::uuid[])",
    ),
    control: {
      by: 'manager',
      statement: "select from public.audit_logs where project_id = '{project}'",
    },
  },
  {
    name: 'log: a manager reads what is the workspace’s alone',
    by: 'manager',
    before: [looked],
    statement:
      "select from public.audit_logs where workspace_id = '{workspace}' and project_id is null",
    hole: policyOf(
      'audit_logs',
      'select',
      "workspace_id = any ((select private.workspace_ids('project_creator'))::uuid[])",
    ),
    control: {
      by: 'admin',
      before: [looked],
      statement:
        "select from public.audit_logs where workspace_id = '{workspace}' and project_id is null",
    },
  },
  {
    name: 'log: a super user reads a tenant’s',
    by: 'super',
    statement: "select from public.audit_logs where workspace_id = '{workspace}'",
    hole: policyOf('audit_logs', 'select', '(select private.is_super())'),
    control: { by: 'super', statement: 'select from public.audit_logs where workspace_id is null' },
  },
  {
    name: 'log: a member of the Global Workspace reads what others do there',
    by: 'stranger',
    statement:
      'select from public.audit_logs where workspace_id = private.global_workspace_id() and (project_id is null or project_id not in (select id from public.projects))',
    hole: policyOf(
      'audit_logs',
      'select',
      "workspace_id = any ((select private.workspace_ids('project_creator'))::uuid[])",
    ),
    control: {
      by: 'stranger',
      statement:
        "select from public.audit_logs where project_id in (select id from public.projects where owner_id = '{stranger}')",
    },
  },
  {
    name: 'log: what has no place is read by a workspace’s owner',
    by: 'workspace owner',
    statement: 'select from public.audit_logs where workspace_id is null',
    hole: policyOf('audit_logs', 'select', 'workspace_id is null'),
    control: { by: 'super', statement: 'select from public.audit_logs where workspace_id is null' },
  },
  ...(['workspace owner', 'super', 'service'] as const).map(
    (by): Attack => ({
      name: `log: ${by} reads a partition past the table’s policies`,
      by,
      statement: `select from ${month}`,
      hole: openPartition(by === 'service' ? 'service_role' : 'authenticated', 'select'),
      control:
        by === 'super'
          ? { by, statement: 'select from public.audit_logs where workspace_id is null' }
          : by === 'service'
            ? {
                by,
                statement: 'select from public.audit_logs',
                because: 'the same role, the way it may',
              }
            : { by, statement: 'select from public.audit_logs' },
    }),
  ),
]

const change = (by: By, name: string, statement: string, hole: string): Attack => ({
  name: `log: ${name}`,
  by,
  statement,
  hole,
  // Nobody changes a line; who may, adds one by what they do.
  control: looked as Step & { by: 'admin' },
})
const changes: Attack[] = [
  change(
    'service',
    'a service empties it',
    'delete from public.audit_logs',
    `grant delete on public.audit_logs to service_role; ${openTriggers("'append_only'")}`,
  ),
  change(
    'service',
    'a service rewrites it',
    "update public.audit_logs set reason = 'x'",
    `grant update on public.audit_logs to service_role; ${openTriggers("'append_only'")}`,
  ),
  change(
    'service',
    'a service writes what nobody did',
    "insert into public.audit_logs (table_name, record_id, action, actor_role) values ('x', '{project}', 'READ', 'x')",
    'grant insert on public.audit_logs to service_role;',
  ),
  change(
    'service',
    'a service truncates it',
    'truncate public.audit_logs',
    `grant truncate on public.audit_logs to service_role; ${openTriggers("'no_truncate'")}`,
  ),
  change(
    'workspace owner',
    'an owner truncates it',
    'truncate public.audit_logs',
    `grant truncate on public.audit_logs to authenticated; ${openTriggers("'no_truncate'")}`,
  ),
  change(
    'service',
    'a service empties a partition',
    `delete from ${month}`,
    `${openPartition('service_role', 'select, delete')} ${openTriggers("'append_only'")}`,
  ),
  change(
    'service',
    'a service rewrites a partition',
    `update ${month} set reason = 'x'`,
    `${openPartition('service_role', 'select, update')} ${openTriggers("'append_only'")}`,
  ),
  change(
    'service',
    'a service truncates a partition',
    `truncate ${month}`,
    `${openPartition('service_role', 'truncate')} ${openTriggers("'no_truncate'")}`,
  ),
  change(
    'service',
    'a service drops a partition',
    `drop table ${month}`,
    `grant usage on schema audit to service_role; alter table ${month} owner to service_role; grant create on schema audit to service_role; alter table public.audit_logs owner to service_role; grant create on schema public to service_role;`,
  ),
  change(
    'service',
    'a service takes its triggers away',
    `alter table ${month} disable trigger append_only`,
    `grant usage on schema audit to service_role; alter table ${month} owner to service_role;`,
  ),
  change(
    'database',
    'the database’s owner empties it',
    'delete from public.audit_logs',
    openTriggers("'append_only'"),
  ),
  change(
    'database',
    'the database’s owner rewrites a partition',
    `update ${month} set reason = 'x'`,
    openTriggers("'append_only'"),
  ),
  change(
    'database',
    'the database’s owner truncates it',
    'truncate public.audit_logs',
    openTriggers("'no_truncate'"),
  ),
]

const mark = 'not for the log 4711'
/** Everything a person writes into a row that is not a name. Arguments are the trigger's place for that table. */
const written: [table: string, by: By, statement: string, place: string, reader?: 'super'][] = [
  [
    'chat_messages',
    'contributor',
    `insert into public.chat_messages (chat_id, content, message_type, metadata) values ('{chat}', '{"text":"${mark}"}', 'user', '{"x":"${mark}"}')`,
    'scope',
  ],
  [
    'chat_sessions',
    'contributor',
    `insert into public.chat_sessions (project_id, title, description, settings) values ('{project}', '${mark}', '${mark}', '{"x":"${mark}"}')`,
    'scope',
  ],
  [
    'artifacts',
    'contributor',
    `insert into public.artifacts (project_id, title, description, artifact_type, metadata) values ('{project}', '${mark}', '${mark}', 'website', '{"x":"${mark}"}')`,
    'scope',
  ],
  [
    'project_requirements',
    'manager',
    `insert into public.project_requirements (project_id, title, content) values ('{project}', '${mark}', '{"x":"${mark}"}')`,
    'scope',
  ],
  [
    'technical_architecture',
    'manager',
    `insert into public.technical_architecture (project_id, title, content, apis_used, data_schemas, security_requirements) values ('{project}', '${mark}', '{"x":"${mark}"}', '["${mark}"]', '["${mark}"]', '["${mark}"]')`,
    'scope',
  ],
  [
    'ui_design',
    'manager',
    `insert into public.ui_design (project_id, title, content, color_palette, ui_framework, components) values ('{project}', '${mark}', '{"x":"${mark}"}', '["${mark}"]', '${mark}', '["${mark}"]')`,
    'scope',
  ],
  [
    'project_context',
    'manager',
    `insert into public.project_context (project_id, context_type, title, content, metadata) values ('{project}', 'search', '${mark}', '{"x":"${mark}"}', '{"x":"${mark}"}')`,
    'scope',
  ],
  [
    'api_connections',
    'manager',
    `insert into public.api_connections (project_id, name, api_type, endpoint_url, auth_type, http_method, description, custom_headers, request_body_template, response_schema, response_path) values ('{project}', 'N', 'rest', 'https://a.example/not%20for%20the%20log%204711'||'', 'none', 'GET', '${mark}', '{"accept":"${mark}"}', '{"x":"${mark}"}', '{"x":"${mark}"}', '${mark}')`,
    'scope',
  ],
  [
    'oauth2_connections',
    'manager',
    `insert into public.oauth2_connections (project_id, provider, provider_config, client_id, redirect_uri, scopes, additional_params) values ('{project}', 'p', '{"x":"${mark}"}', 'c', 'atelier://oauth2', '{}', '{"x":"${mark}"}')`,
    'scope',
  ],
  [
    'projects',
    'manager',
    `update public.projects set settings = '{"x":"${mark}"}', color_palette = '["${mark}"]' where id = '{project}'`,
    'self-project',
  ],
  [
    'workspaces',
    'workspace owner',
    `update public.workspaces set settings = '{"x":"${mark}"}', color_palette = '["${mark}"]' where id = '{workspace}'`,
    'self-workspace',
  ],
  [
    'users',
    'contributor',
    `update public.users set profile = '{"x":"${mark}"}' where id = '{me}'`,
    'none',
    'super',
  ],
  [
    'invitations',
    'manager',
    "select public.create_invitation('project', '{project}', 'not.for.the.log.4711@x.example', 'viewer')",
    'scope',
  ],
]
const contentOf: Attack[] = written.map(([table, by, statement, place, reader]) => ({
  name: `log: what somebody wrote into ${table}`,
  by: reader ?? 'workspace owner',
  before: [{ by, statement }],
  statement:
    "select from public.audit_logs l where to_jsonb(l)::text ~ 'not.for.the.log.4711|not%20for%20the%20log'",
  hole: `create trigger hole after insert or update on public.${table} for each row execute function private.audit_row('${place}');`,
  control: {
    by: reader ?? 'workspace owner',
    before: [{ by, statement }],
    statement: `select from public.audit_logs where table_name = '${table}' and new_data::text like '%[redacted]%' and created_at >= now()`,
  },
}))

const secret = '"not for the log 4711"'
const secrets: Attack[] = (
  [
    [
      'a connection’s',
      {
        by: 'admin',
        statement: `select public.set_connection_secret('api', '{api}', '${secret}')`,
      },
      'public.set_connection_secret',
      'insert into private.secrets',
      "perform private.write_audit(v_table, id, 'UPDATE', '{workspace}', null, null, secret); insert into private.secrets",
      'api_connections',
    ],
    [
      'a variable’s',
      {
        by: 'manager',
        statement: `select public.set_connection_secret('env', '{variable}', '${secret}')`,
      },
      'public.set_connection_secret',
      'insert into private.secrets',
      "perform private.write_audit(v_table, id, 'UPDATE', '{workspace}', null, null, secret); insert into private.secrets",
      'environment_variables',
    ],
    [
      'a consent’s',
      {
        by: 'service',
        statement: `select public.store_oauth2_token_for_service('{oauth2}', '{admin}', '{"access_token":"not for the log 4711"}')`,
      },
      'public.store_oauth2_token_for_service',
      'insert into private.secrets',
      "perform private.write_audit('oauth2_tokens', connection, 'UPDATE', '{workspace}', null, null, tokens); insert into private.secrets",
      'oauth2_tokens',
    ],
  ] as const
).map(([whose, step, routine, guard, instead, table]) => ({
  name: `log: ${whose} secret`,
  by: 'workspace owner',
  before: [step],
  statement: "select from public.audit_logs l where to_jsonb(l)::text ~ 'not.for.the.log.4711'",
  hole: without(routine, guard, instead),
  control: {
    by: 'workspace owner',
    before: [step],
    statement: `select from public.audit_logs where table_name = '${table}' and created_at >= now()`,
  },
}))

const from = (headers: object): Step =>
  database(`select set_config('request.headers', '${JSON.stringify(headers)}', true)`)
const forged: Attack[] = [
  {
    name: 'log: an address the client made up',
    by: 'admin',
    before: [
      from({ 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '192.0.2.66, 203.0.113.9' }),
      looked,
    ],
    statement: "select from public.audit_logs where ip_address = '192.0.2.66'",
    hole: without(
      'private.request_address',
      "v_headers ->> 'cf-connecting-ip', v_headers ->> 'x-real-ip',",
    ),
    control: {
      by: 'admin',
      before: [
        from({ 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '192.0.2.66, 203.0.113.9' }),
        looked,
      ],
      statement: "select from public.audit_logs where ip_address = '203.0.113.9'",
    },
  },
  {
    name: 'log: somebody reads the directory and leaves no trace',
    ...database(
      "select where not exists (select from public.audit_logs where action = 'READ' and changed_by = '{admin}')",
    ),
    before: [looked],
    hole: without(
      'public.workspace_directory',
      "perform private.write_audit('workspace_users', workspace, 'READ', workspace, null, reason => 'directory');",
    ),
    control: {
      by: 'workspace owner',
      before: [looked],
      statement: "select from public.audit_logs where action = 'READ' and changed_by = '{admin}'",
    },
  },
  {
    name: 'log: a service opens a secret and leaves no trace',
    ...database(
      "select where not exists (select from public.audit_logs where action = 'READ' and record_id = '{secret}')",
    ),
    before: [
      { by: 'service', statement: "select public.read_secret_for_service('{secret}', 'a call')" },
    ],
    hole: "create or replace function private.write_audit(table_name text, record_id uuid, action text, workspace_id uuid, project_id uuid, old_data jsonb default null, new_data jsonb default null, reason text default null) returns void language sql as '';",
    control: {
      by: 'workspace owner',
      before: [
        { by: 'service', statement: "select public.read_secret_for_service('{secret}', 'a call')" },
      ],
      statement: "select from public.audit_logs where action = 'READ' and record_id = '{secret}'",
    },
  },
]

export const audit: Attack[] = [...readers, ...changes, ...contentOf, ...secrets, ...forged]
