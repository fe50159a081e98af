import {
  type Attack,
  type Control,
  database,
  type Person,
  policyOf,
  type Step,
  setStatus,
  signUp,
  without,
} from './attack.ts'

/** A place by invitation. */

const invited = (
  by: Person,
  scope: 'workspace' | 'project',
  role: string,
  email = 'newcomer@far.example',
): Step => ({
  by,
  statement: `select set_config('tests.token', public.create_invitation('${scope}', '{${scope}}', '${email}', '${role}'), true)`,
})
const accept = "select public.accept_invitation(current_setting('tests.token'))"
const account = signUp('newcomer', 'newcomer@far.example')
const toProject = invited('manager', 'project', 'contributor')
const guest: Control = { by: 'newcomer', before: [account, toProject], statement: accept }

const refusedToken = (
  name: string,
  before: Step[],
  guard: string,
  more: Partial<Attack> = {},
): Attack => ({
  name: `invitation: ${name}`,
  by: 'newcomer',
  before,
  statement: accept,
  refusal: 'PT404',
  hole: without('public.accept_invitation', guard),
  control: guest,
  ...more,
})
const theirStatus = "and u.status in ('waitlist', 'invited', 'active')"
const stillMeant = 'or not private.is_still_meant(v_invitation)'
const invite = (scope: string, role: string) =>
  `select public.create_invitation('${scope}', '{${scope}}', 'n@x.example', '${role}')`
const manyInvitations = (count: number) =>
  database(`insert into public.invitations (project_id, project_role, email, token_hash, created_by)
    select '{project}', 'viewer', n || '@x.example', extensions.digest(n::text, 'sha256'), '{manager}' from generate_series(1, ${count}) n`)

export const invitations: Attack[] = [
  refusedToken(
    'for another’s address',
    [account, invited('manager', 'project', 'contributor', 'somebody@far.example')],
    'lower(a.email) = v_invitation.email and',
  ),
  refusedToken(
    'for an address that is not confirmed',
    [signUp('newcomer', 'newcomer@far.example', { confirmed: false }), toProject],
    'and u.email_confirmed_at is not null',
  ),
  refusedToken(
    'for an address of which only the telephone is confirmed',
    [
      database('alter table auth.users add column phone_confirmed_at timestamptz'),
      signUp('newcomer', 'newcomer@far.example', { confirmed: false }),
      {
        by: 'auth server',
        statement:
          "update users set phone = '+4912345', phone_confirmed_at = now() where id = '{newcomer}'",
      },
      toProject,
    ],
    'and u.email_confirmed_at is not null',
    {
      hole: without(
        'public.accept_invitation',
        'u.email_confirmed_at is not null',
        'u.confirmed_at is not null',
      ),
    },
  ),
  refusedToken(
    'that has expired',
    [
      account,
      toProject,
      database(
        "update public.invitations set expires_at = now() where email = 'newcomer@far.example'",
      ),
    ],
    'or v_invitation.expires_at <= now()',
  ),
  refusedToken(
    'that was withdrawn',
    [
      account,
      toProject,
      {
        by: 'manager',
        statement:
          "update public.invitations set revoked_at = now() where email = 'newcomer@far.example'",
      },
    ],
    'or v_invitation.revoked_at is not null',
  ),
  refusedToken(
    'used a second time, by who was removed since',
    [
      account,
      toProject,
      { by: 'newcomer', statement: accept },
      { by: 'manager', statement: "delete from public.project_users where user_id = '{newcomer}'" },
    ],
    'v_invitation.accepted_at is not null or',
  ),
  refusedToken(
    'to a project that is archived',
    [
      account,
      toProject,
      { by: 'project owner', statement: "select public.archive_project('{project}')" },
    ],
    'where x.id is null or (p.is_active and p.deleted_at is null)',
    { refusal: 'PT410' },
  ),
  refusedToken(
    'to a project that is deleted',
    [
      account,
      toProject,
      { by: 'project owner', statement: "select public.delete_project('{project}')" },
    ],
    'where x.id is null or (p.is_active and p.deleted_at is null)',
    { refusal: 'PT410' },
  ),
  refusedToken(
    'to a workspace that is archived',
    [
      account,
      invited('admin', 'workspace', 'project_creator'),
      { by: 'workspace owner', statement: "select public.archive_workspace('{workspace}')" },
    ],
    'and w.is_active and w.deleted_at is null',
    { refusal: 'PT410' },
  ),
  refusedToken(
    'by a banned account',
    [account, toProject, setStatus('newcomer', 'banned')],
    theirStatus,
  ),
  refusedToken(
    'by an inactive account',
    [account, toProject, setStatus('newcomer', 'inactive')],
    theirStatus,
  ),
  refusedToken(
    'by an archived account',
    [account, toProject, setStatus('newcomer', 'archived')],
    theirStatus,
  ),
  refusedToken(
    'from an inviter who was banned since',
    [account, toProject, setStatus('manager', 'banned')],
    stillMeant,
  ),
  refusedToken(
    'from an inviter who was removed since',
    [
      account,
      toProject,
      {
        by: 'project owner',
        statement: "delete from public.project_users where user_id = '{manager}'",
      },
    ],
    stillMeant,
  ),
  refusedToken(
    'from an inviter who is a viewer now',
    [
      account,
      toProject,
      {
        by: 'project owner',
        statement: "update public.project_users set role = 'viewer' where user_id = '{manager}'",
      },
    ],
    stillMeant,
  ),
  refusedToken(
    'to the rank of an owner who is an admin now',
    [
      account,
      {
        by: 'workspace owner',
        statement:
          "update public.workspace_users set role = 'owner' where user_id = '{admin}' and workspace_id = '{workspace}'",
      },
      invited('admin', 'workspace', 'owner'),
      {
        by: 'workspace owner',
        statement:
          "update public.workspace_users set role = 'admin' where user_id = '{admin}' and workspace_id = '{workspace}'",
      },
    ],
    stillMeant,
  ),
  refusedToken(
    'whose token is guessed',
    [account, toProject],
    "i.token_hash = private.sha256(coalesce(token, ''))",
    {
      statement: "select public.accept_invitation('newcomer@far.example')",
      hole: without(
        'public.accept_invitation',
        "i.token_hash = private.sha256(coalesce(token, ''))",
        'i.email = token',
      ),
    },
  ),
  ...(
    [
      ['admin', 'workspace', 'owner', 'project_creator'],
      ['admin', 'workspace', 'admin', 'project_creator'],
      ['creator', 'workspace', 'project_creator', null],
      ['manager', 'project', 'manager', 'contributor'],
      ['manager', 'project', 'owner', 'contributor'],
      ['contributor', 'project', 'viewer', null],
      ['stranger', 'project', 'viewer', null],
    ] as const
  ).map(
    ([by, scope, role, allowed]): Attack => ({
      name: `invitation: ${by} invites to be ${role} of the ${scope}`,
      by,
      statement: invite(scope, role),
      hole:
        scope === 'workspace'
          ? without(
              'public.create_invitation',
              'if v_mine is null or',
              "if false and v_mine is null or v_mine = '' and",
            )
          : without(
              'public.create_invitation',
              'if (scope_id = any (private.admin_project_ids())',
              'if (true',
            ),
      control: allowed
        ? { by, statement: invite(scope, allowed) }
        : {
            by: scope === 'workspace' ? 'workspace owner' : 'manager',
            statement: invite(scope, role),
          },
    }),
  ),
  {
    name: 'invitation: another tenant’s owner invites',
    by: 'workspace owner',
    from: 'b',
    statement: invite('workspace', 'owner'),
    hole: without(
      'public.create_invitation',
      'if v_mine is null or',
      "if false and v_mine is null or v_mine = '' and",
    ),
    control: { by: 'workspace owner', statement: invite('workspace', 'owner') },
  },
  {
    name: 'invitation: a manager who is banned invites',
    by: 'manager',
    before: [setStatus('manager', 'banned')],
    statement: invite('project', 'viewer'),
    hole: `create or replace function private.is_active_user() returns boolean language sql set search_path = '' as 'select true';
      ${without('public.create_invitation', 'if (scope_id = any (private.admin_project_ids())', 'if (true')}`,
    control: { by: 'manager', statement: invite('project', 'viewer') },
  },
  {
    name: 'invitation: the twenty-first in an hour',
    by: 'manager',
    before: [manyInvitations(20)],
    statement: invite('project', 'viewer'),
    refusal: 'PT429',
    hole: without('public.create_invitation', '>= 20', '>= 2000'),
    control: {
      by: 'manager',
      before: [manyInvitations(19)],
      statement: invite('project', 'viewer'),
    },
  },
  {
    name: 'invitation: written by hand, past every rule',
    by: 'manager',
    statement:
      "insert into public.invitations (project_id, project_role, email, token_hash) values ('{project}', 'owner', 'me@x.example', extensions.digest('mine', 'sha256'))",
    hole: 'grant insert on public.invitations to authenticated; create policy hole on public.invitations for insert to authenticated with check (true);',
    control: { by: 'manager', statement: invite('project', 'viewer') },
  },
  {
    name: 'invitation: one that was withdrawn is opened again',
    by: 'manager',
    statement: "update public.invitations set revoked_at = null where id = '{invitation}'",
    hole: policyOf('invitations', 'update'),
    control: {
      by: 'manager',
      statement: "update public.invitations set revoked_at = now() where id = '{invitation}'",
    },
  },
]
