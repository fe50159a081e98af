import { type Attack, type Control, grant, type Person, relationOf, rightful } from './attack.ts'

/** Columns that are not for whoever may write or read the row. */

const call = (by: Person, statement: string): Control =>
  by === 'service' ? { by, statement, because: 'told by a service' } : { by, statement }
const status = (person: string, to: string): Control =>
  call('super', `select public.set_user_status('{${person}}', '${to}', 'why')`)
const invite = call(
  'manager',
  "select public.create_invitation('project', '{project}', 'n@x.example', 'viewer')",
)
const secret = (by: Person, kind: string, row: string): Control =>
  call(by, `select public.set_connection_secret('${kind}', '{${row}}', '{"token":"abcdefghijkl"}')`)
const say: Control = call(
  'contributor',
  `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', 'user')`,
)
/** The rest of the row, by the first person of the matrix who may change it. */
const ofRow = (relation: string): Control => {
  const control = rightful(relationOf(relation), 'update')
  if (!control) throw new Error(`Nobody updates ${relation}.`)
  return control
}

const column = (
  by: Person,
  table: string,
  set: string,
  row: string,
  control: Control,
  hole = '',
): Attack => {
  const names = [...set.matchAll(/(?:^|, )(\w+) =/g)].map(([, name]) => name)
  return {
    name: `${by} writes ${table}.${names.join(' and ')}`,
    by,
    statement: `update public.${table} set ${set} where id = '{${row}}'`,
    hole: `${grant(`update (${names.join(', ')}) on public.${table}`)} ${hole}`,
    control,
  }
}
/** For rows whose update policy asks who wrote them. */
const anyRow = (table: string): string =>
  `drop policy ${table}_update on public.${table};
   create policy hole_read on public.${table} for select to authenticated using (true);
   create policy hole on public.${table} for update to authenticated using (true) with check (true);`

const written: Attack[] = [
  column(
    'contributor',
    'users',
    'is_super_user = true',
    'contributor',
    call('super', "select public.set_super_user('{contributor}', true, 'why')"),
  ),
  column('contributor', 'users', "status = 'active'", 'contributor', status('waiting', 'active')),
  column(
    'contributor',
    'users',
    "super_until = '2099-01-01'",
    'contributor',
    call(
      'super',
      "select public.set_super_user('{contributor}', true, 'why', now() + interval '30 days')",
    ),
  ),
  column(
    'contributor',
    'users',
    'banned_by = null',
    'contributor',
    status('contributor', 'banned'),
  ),
  column('contributor', 'users', 'email_confirmed_at = now()', 'contributor', {
    by: 'auth server',
    statement: "update users set email_confirmed_at = now() where id = '{contributor}'",
  }),
  column('contributor', 'users', 'deleted_at = null', 'contributor', {
    by: 'auth server',
    statement: "update users set deleted_at = now() where id = '{contributor}'",
  }),
  column('workspace owner', 'workspaces', 'is_global = false', 'workspace', ofRow('workspaces')),
  column(
    'workspace owner',
    'workspaces',
    'is_active = true',
    'workspace',
    call('workspace owner', "select public.archive_workspace('{workspace}')"),
  ),
  column(
    'workspace owner',
    'workspaces',
    'deleted_at = null',
    'workspace',
    call('workspace owner', "select public.delete_workspace('{workspace}')"),
  ),
  column(
    'manager',
    'projects',
    "kind = 'personal', owner_id = '{stranger}'",
    'fresh',
    ofRow('projects'),
    `delete from public.projects where owner_id = '{stranger}'; ${anyRow('projects')}`,
  ),
  column('manager', 'projects', "kind = 'team'", 'project', ofRow('projects')),
  column('manager', 'projects', 'owner_id = null', 'project', ofRow('projects')),
  column(
    'manager',
    'projects',
    'is_active = true',
    'project',
    call('project owner', "select public.archive_project('{project}')"),
  ),
  column(
    'manager',
    'projects',
    'deleted_at = null',
    'project',
    call('project owner', "select public.delete_project('{project}')"),
  ),
  column(
    'manager',
    'projects',
    "archived_reason = 'x'",
    'project',
    call('project owner', "select public.archive_project('{project}', 'x')"),
  ),
  column('manager', 'projects', "workspace_id = '{b:workspace}'", 'project', ofRow('projects')),
  column(
    'manager',
    'project_users',
    'expires_at = null',
    'viewer membership',
    call('super', "select public.break_glass('{project}', 'why')"),
  ),
  column(
    'project owner',
    'project_users',
    "user_id = '{fresh}'",
    'viewer membership',
    call(
      'manager',
      "insert into public.project_users (project_id, user_id, role) values ('{project}', '{creator}', 'viewer')",
    ),
  ),
  column(
    'project owner',
    'project_users',
    'invited_by = null',
    'viewer membership',
    ofRow('project_users: a viewer’s row'),
  ),
  column(
    'manager',
    'project_users',
    "project_id = '{b:project}'",
    'viewer membership',
    ofRow('project_users: a viewer’s row'),
    anyRow('project_users'),
  ),
  column(
    'workspace owner',
    'workspace_users',
    "user_id = '{fresh}'",
    'creator membership',
    ofRow('workspace_users: a project_creator’s row'),
  ),
  column(
    'workspace owner',
    'workspace_users',
    "workspace_id = '{b:workspace}'",
    'creator membership',
    ofRow('workspace_users: a project_creator’s row'),
    anyRow('workspace_users'),
  ),
  column(
    'workspace owner',
    'workspace_users',
    'invited_by = null',
    'creator membership',
    ofRow('workspace_users: a project_creator’s row'),
  ),
  column(
    'workspace owner',
    'workspace_domains',
    'verified_at = now()',
    'domain',
    call('service', "select public.verify_domain_for_service('{domain}')"),
    'create policy hole on public.workspace_domains for update to authenticated using (true) with check (true);',
  ),
  column(
    'workspace owner',
    'workspace_domains',
    "domain = 'gmail.com'",
    'domain',
    call('workspace owner', "select public.claim_domain('{workspace}', 'firm.example')"),
    'create policy hole on public.workspace_domains for update to authenticated using (true) with check (true);',
  ),
  column(
    'manager',
    'invitations',
    "expires_at = '2099-01-01', revoked_at = now()",
    'invitation',
    invite,
  ),
  column(
    'manager',
    'invitations',
    "project_role = 'owner', revoked_at = now()",
    'invitation',
    invite,
  ),
  column(
    'manager',
    'invitations',
    "email = 'me@x.example', revoked_at = now()",
    'invitation',
    invite,
  ),
  column('manager', 'invitations', "token_hash = 'x', revoked_at = now()", 'invitation', invite),
  column(
    'manager',
    'invitations',
    "created_by = '{project owner}', revoked_at = now()",
    'invitation',
    invite,
  ),
  column(
    'admin',
    'api_connections',
    "secret_id = '{b:secret}'",
    'api',
    secret('admin', 'api', 'api'),
  ),
  column(
    'admin',
    'api_connections',
    "workspace_id = '{b:workspace}'",
    'api',
    ofRow('api_connections of the workspace'),
    `${anyRow('api_connections')}`,
  ),
  column(
    'admin',
    'api_connections',
    'created_by = null',
    'api',
    ofRow('api_connections of the workspace'),
  ),
  column(
    'admin',
    'oauth2_connections',
    "secret_id = '{b:secret}'",
    'oauth2',
    secret('admin', 'oauth2', 'oauth2'),
  ),
  column(
    'manager',
    'environment_variables',
    "secret_id = '{b:secret}'",
    'variable',
    secret('manager', 'env', 'variable'),
  ),
  column(
    'manager',
    'environment_variables',
    "project_id = '{b:fresh}'",
    'variable',
    ofRow('environment_variables'),
    anyRow('environment_variables'),
  ),
  column(
    'contributor',
    'chat_sessions',
    "created_by = '{manager}'",
    'chat',
    ofRow('chat_sessions'),
  ),
  column('contributor', 'chat_sessions', 'last_message_at = now()', 'chat', say),
  column(
    'contributor',
    'chat_messages',
    "created_by = '{manager}'",
    'message',
    say,
    anyRow('chat_messages'),
  ),
  column('contributor', 'chat_messages', "created_at = '2020-01-01'", 'message', say),
  column(
    'contributor',
    'chat_messages',
    "message_type = 'system'",
    'message',
    ofRow('chat_messages: a contributor’s'),
    anyRow('chat_messages'),
  ),
  column(
    'contributor',
    'chat_participants',
    "user_id = '{manager}'",
    'participant',
    ofRow('chat_participants: a contributor’s row'),
    anyRow('chat_participants'),
  ),
  column(
    'contributor',
    'artifacts',
    'revision = 99',
    'artifact',
    ofRow('artifacts, private, a manager’s'),
  ),
  column(
    'contributor',
    'artifacts',
    "created_by = '{contributor}'",
    'artifact',
    ofRow('artifacts, private, a manager’s'),
  ),
  column(
    'contributor',
    'artifacts',
    'deleted_at = now()',
    'artifact',
    call('contributor', "select public.delete_artifact('{own artifact}')"),
    'create policy hole_read on public.artifacts for select to authenticated using (true);',
  ),
  column(
    'contributor',
    'artifacts',
    "changed_xid = '1'",
    'artifact',
    ofRow('artifacts, private, a manager’s'),
  ),
  column(
    'contributor',
    'artifacts',
    "project_id = '{b:project}'",
    'own artifact',
    ofRow('artifacts, private, a contributor’s'),
    anyRow('artifacts'),
  ),
  column(
    'manager',
    'project_requirements',
    "approved_by = '{project owner}'",
    'requirements',
    ofRow('project_requirements'),
  ),
  column(
    'manager',
    'project_requirements',
    'version = 99',
    'requirements',
    ofRow('project_requirements'),
  ),
  column(
    'manager',
    'technical_architecture',
    "created_by = '{viewer}'",
    'architecture',
    ofRow('technical_architecture'),
  ),
  column(
    'manager',
    'ui_design',
    "project_id = '{b:fresh}'",
    'design',
    ofRow('ui_design'),
    anyRow('ui_design'),
  ),
]

const peek = (by: Person, table: string, name: string, control: Control): Attack => ({
  name: `${by} reads ${table}.${name}`,
  by,
  statement: `select ${name} from public.${table}`,
  hole: grant(`select (${name}) on public.${table}`),
  control,
})
const seen = (by: Person, table: string): Control =>
  call(by, `select has_secret from public.${table}`)
const read: Attack[] = [
  peek(
    'workspace owner',
    'api_connections',
    'secret_id',
    seen('workspace owner', 'api_connections'),
  ),
  peek(
    'workspace owner',
    'oauth2_connections',
    'secret_id',
    seen('workspace owner', 'oauth2_connections'),
  ),
  peek(
    'workspace owner',
    'oauth2_tokens',
    'secret_id',
    call('workspace owner', 'select expires_at from public.oauth2_tokens'),
  ),
  peek('manager', 'environment_variables', 'secret_id', seen('manager', 'environment_variables')),
  peek(
    'manager',
    'invitations',
    'token_hash',
    call('manager', 'select email from public.invitations'),
  ),
  peek('contributor', 'users', 'banned_by', call('contributor', 'select status from public.users')),
  peek(
    'contributor',
    'users',
    'super_until',
    call('contributor', 'select status from public.users'),
  ),
  peek('contributor', 'users', 'is_super_user', call('contributor', 'select public.my_account()')),
  peek(
    'workspace owner',
    'users',
    'last_sign_in_at',
    call('workspace owner', 'select public.my_account()'),
  ),
  peek(
    'workspace owner',
    'users',
    'email_confirmed_at',
    call('workspace owner', "select public.workspace_directory('{workspace}')"),
  ),
]

export const columns: Attack[] = [...written, ...read]
