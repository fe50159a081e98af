import { actors, type Relation, relations } from '../matrix.ts'
import {
  type Attack,
  type Command,
  type Control,
  commands,
  database,
  disable,
  openPolicy,
  rightful,
} from './attack.ts'

/** Another tenant's owner comes for every row, by every command. */

const tableOf = (relation: Relation): string =>
  /from ((?:public|storage)\.\w+)/.exec(relation.select)?.[1] ?? ''

/** Where something stands beside the policy, the hole takes it away too. */
const carelessChats = `create or replace function private.take_project_of_chat() returns trigger language plpgsql security definer set search_path = '' as
  $f$ begin select c.project_id into new.project_id from public.chat_sessions c where c.id = new.chat_id; return new; end $f$;`
const openLog = `do $$ declare p regclass; begin
  for p in select inhrelid::regclass from pg_inherits where inhparent = 'public.audit_logs'::regclass loop
    execute format('alter table %s disable trigger append_only', p); end loop; end $$;`
const besides: Record<string, string> = {
  'insert public.chat_messages': carelessChats,
  'insert public.chat_participants': carelessChats,
  'insert public.artifacts': disable('guard_publish', 'public.artifacts'),
  'update public.token_usage': disable('append_only', 'public.token_usage'),
  'delete public.token_usage': disable('append_only', 'public.token_usage'),
  'update public.artifact_file_versions': disable('append_only', 'public.artifact_file_versions'),
  'update public.audit_logs': openLog,
  'delete public.audit_logs': openLog,
}

/** Not reachable even without any guard: foreign keys keep a place with content, and accounts come from elsewhere. */
const impossible = ['delete workspaces', 'insert users: a contributor’s row']

/** Where no person writes the row by hand, the function they do it with. */
const put = `select public.commit_artifact_changes('{artifact}', '{}', '[{"op":"put","file_id":"{new}","path":"b.txt","sha256":"${'a'.repeat(64)}","size":1}]')`
const change = put.replace("'{}'", `'{"{file}": 1}'`).replace('{new}', '{file}')
const remove = `select public.commit_artifact_changes('{artifact}', '{"{file}": 1}', '[{"op":"remove","file_id":"{file}"}]')`
const refreshed: Control = {
  by: 'admin',
  before: [database("update public.workspace_stats set created_at = now() - interval '1 hour'")],
  statement: "select public.refresh_stats('{workspace}')",
}
const byFunction: Record<string, Control> = {
  'delete users: a contributor’s row': {
    by: 'auth server',
    statement: "delete from users where id = '{contributor}'",
  },
  'insert workspaces': { by: 'creator', statement: "select public.create_workspace('X', 'X')" },
  'insert projects': {
    by: 'creator',
    statement: "select public.create_project('{workspace}', 'X')",
  },
  'delete projects': { by: 'admin', statement: "select public.delete_project('{fresh}')" },
  'insert workspace_users: a project_creator’s row': {
    by: 'admin',
    statement:
      "select public.create_invitation('workspace', '{workspace}', 'n@x.example', 'project_creator')",
  },
  'insert invitations to the project': {
    by: 'manager',
    statement: "select public.create_invitation('project', '{project}', 'n@x.example', 'viewer')",
  },
  'delete invitations to the project': {
    by: 'manager',
    statement: "update public.invitations set revoked_at = now() where id = '{invitation}'",
  },
  'insert artifact_files of a private artifact': { by: 'contributor', statement: put },
  'update artifact_files of a private artifact': { by: 'contributor', statement: change },
  'delete artifact_files of a private artifact': { by: 'contributor', statement: remove },
  'insert artifact_files of a public artifact': {
    by: 'contributor',
    statement: put.replace('{artifact}', '{public artifact}'),
  },
  'update artifact_files of a public artifact': {
    by: 'contributor',
    statement: change
      .replace('{artifact}', '{public artifact}')
      .replaceAll('{file}', '{public file}'),
  },
  'delete artifact_files of a public artifact': {
    by: 'contributor',
    statement: remove
      .replace('{artifact}', '{public artifact}')
      .replaceAll('{file}', '{public file}'),
  },
  'insert artifact_file_versions': { by: 'contributor', statement: put },
  'update artifact_file_versions': { by: 'contributor', statement: change },
  'delete artifact_file_versions': {
    by: 'service',
    statement: "delete from public.artifacts where id = '{artifact}'",
    because: 'history goes with its artifact, by the purge',
  },
  'insert workspace_stats': refreshed,
  'update workspace_stats': refreshed,
  'insert project_stats': refreshed,
  'update project_stats': refreshed,
  'update token_usage of the project': {
    by: 'service',
    statement:
      "select public.consume_tokens('{workspace}', '{project}', null, 1, 'chat', 'control')",
    because: 'a line of the ledger is written by services, and changed by nobody',
  },
  'delete token_usage of the project': {
    by: 'service',
    statement:
      "select public.consume_tokens('{workspace}', '{project}', null, 1, 'chat', 'control')",
    because: 'a line of the ledger is written by services, and removed by nobody',
  },
  // Looking writes a line; nothing changes one.
  'insert audit_logs of the project': {
    by: 'admin',
    statement: "select public.workspace_directory('{workspace}')",
  },
  'update audit_logs of the project': {
    by: 'manager',
    statement: "select from public.audit_logs where project_id = '{project}'",
  },
  'delete audit_logs of the project': {
    by: 'manager',
    statement: "select from public.audit_logs where project_id = '{project}'",
  },
}

const controlOf = (relation: Relation, command: Command): Control => {
  const control = byFunction[`${command} ${relation.name}`] ?? rightful(relation, command)
  if (!control) throw new Error(`Nobody may ${command} ${relation.name}.`)
  return control
}
/** What is published is everybody's to read. */
const isPublished = (relation: Relation): boolean =>
  relation.cells.split(/\s+/)[actors.indexOf('anon')] !== '-'

export const tenants: Attack[] = relations.flatMap((relation) =>
  commands
    .filter((command) => !impossible.includes(`${command} ${relation.name}`))
    .filter((command) => !(command === 'select' && isPublished(relation)))
    .map((command) => ({
      name: `another tenant’s owner: ${command} ${relation.name}`,
      by: 'workspace owner',
      from: 'b',
      statement: relation[command],
      hole: `${openPolicy(tableOf(relation), command)} ${besides[`${command} ${tableOf(relation)}`] ?? ''}`,
      control: controlOf(relation, command),
    })),
)
