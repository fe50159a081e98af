import {
  type Attack,
  database,
  disable,
  openPolicy,
  policyOf,
  type Step,
  setStatus,
  without,
} from './attack.ts'

/** Ranks inside a tenant, and those who are above all tenants. */

const member = (place: 'workspace' | 'project', person: string) =>
  `from public.${place}_users where user_id = '{${person}}' and ${place}_id = '{${place}}'`
const setRole = (place: 'workspace' | 'project', person: string, role: string) =>
  `update public.${place}_users set role = '${role}' where user_id = '{${person}}' and ${place}_id = '{${place}}'`
const anotherOwner = (place: 'workspace' | 'project', person: string): Step => ({
  by: place === 'workspace' ? 'workspace owner' : 'project owner',
  statement: setRole(place, person, 'owner'),
})
const keepOwner = (place: 'workspace' | 'project') =>
  disable('keep_an_owner', `public.${place}_users`)

const ownerGoes: Step = {
  by: 'workspace owner',
  statement: "select public.erase_my_account('workspace-owner@a.example')",
}
const projectOwnerGoes: Step = {
  by: 'project owner',
  statement: "select public.erase_my_account('project-owner@a.example')",
}
const nobodyInCharge = [setStatus('admin', 'banned'), setStatus('workspace owner', 'banned')]

export const ranks: Attack[] = [
  {
    name: 'the last owner of a workspace leaves',
    by: 'workspace owner',
    statement: `delete ${member('workspace', 'workspace owner')}`,
    refusal: '23514',
    hole: keepOwner('workspace'),
    control: {
      by: 'workspace owner',
      before: [anotherOwner('workspace', 'admin')],
      statement: `delete ${member('workspace', 'workspace owner')}`,
    },
  },
  {
    name: 'the last owner of a workspace steps down',
    by: 'workspace owner',
    statement: setRole('workspace', 'workspace owner', 'admin'),
    refusal: '23514',
    hole: keepOwner('workspace'),
    control: {
      by: 'workspace owner',
      before: [anotherOwner('workspace', 'admin')],
      statement: setRole('workspace', 'workspace owner', 'admin'),
    },
  },
  {
    name: 'the last owner of a project leaves',
    by: 'project owner',
    statement: `delete ${member('project', 'project owner')}`,
    refusal: '23514',
    hole: keepOwner('project'),
    control: {
      by: 'project owner',
      before: [anotherOwner('project', 'manager')],
      statement: `delete ${member('project', 'project owner')}`,
    },
  },
  {
    name: 'an owner leaves a banned one behind',
    by: 'workspace owner',
    before: [anotherOwner('workspace', 'admin'), setStatus('admin', 'banned')],
    statement: `delete ${member('workspace', 'workspace owner')}`,
    refusal: '23514',
    hole: without('private.keep_an_owner', "and u.deleted_at is null and u.status = 'active'"),
    control: {
      by: 'workspace owner',
      before: [anotherOwner('workspace', 'admin')],
      statement: `delete ${member('workspace', 'workspace owner')}`,
    },
  },
  {
    name: 'a banned admin inherits the workspace of an owner who goes',
    ...database(
      "select from public.workspace_users where workspace_id = '{workspace}' and user_id = '{admin}' and role = 'owner'",
    ),
    before: [setStatus('admin', 'banned'), ownerGoes],
    hole: without(
      'private.pass_on',
      "from private.active_members(place) m where m.role = 'admin'",
      "from public.workspace_users m where m.workspace_id = place and m.role = 'admin'",
    ),
    control: {
      by: 'admin',
      before: [ownerGoes],
      statement:
        "select from public.workspace_users where workspace_id = '{workspace}' and user_id = '{admin}' and role = 'owner'",
    },
  },
  {
    name: 'a banned manager inherits the project of an owner who goes',
    ...database(
      "select from public.project_users where project_id = '{project}' and user_id = '{manager}' and role = 'owner'",
    ),
    before: [setStatus('manager', 'banned'), projectOwnerGoes],
    hole: without(
      'private.pass_on',
      "h join public.users u on u.id = h.user_id and u.status = 'active' and u.deleted_at is null",
      'h',
    ),
    control: {
      by: 'manager',
      before: [projectOwnerGoes],
      statement:
        "select from public.project_users where project_id = '{project}' and user_id = '{manager}' and role = 'owner'",
    },
  },
  {
    name: 'a super user takes a workspace whose owner is active',
    by: 'super',
    statement: "select public.give_workspace_owner('{workspace}', '{creator}', 'because')",
    refusal: '22023',
    hole: without(
      'public.give_workspace_owner',
      "if exists (select from private.active_members(workspace) m where m.role = 'owner') then",
      'if false then',
    ),
    control: {
      by: 'super',
      before: nobodyInCharge,
      statement: "select public.give_workspace_owner('{workspace}', '{creator}', 'nobody is left')",
    },
  },
  {
    name: 'a super user gives a workspace to themselves',
    by: 'super',
    before: nobodyInCharge,
    statement: "select public.give_workspace_owner('{workspace}', '{super}', 'nobody is left')",
    hole:
      without('public.give_workspace_owner', 'if person = auth.uid() then', 'if false then') +
      without(
        'public.give_workspace_owner',
        'if exists (select from private.active_members(workspace)) and not exists',
        'if false and not exists',
      ),
    control: {
      by: 'super',
      before: nobodyInCharge,
      statement: "select public.give_workspace_owner('{workspace}', '{creator}', 'nobody is left')",
    },
  },
  {
    name: 'a super user gives a workspace with members to a stranger',
    by: 'super',
    before: nobodyInCharge,
    statement: "select public.give_workspace_owner('{workspace}', '{stranger}', 'nobody is left')",
    refusal: '22023',
    hole: without(
      'public.give_workspace_owner',
      'if exists (select from private.active_members(workspace)) and not exists',
      'if false and not exists',
    ),
    control: {
      by: 'super',
      before: nobodyInCharge,
      statement: "select public.give_workspace_owner('{workspace}', '{creator}', 'nobody is left')",
    },
  },
  {
    name: 'an admin makes themselves owner',
    by: 'admin',
    statement: setRole('workspace', 'admin', 'owner'),
    hole: policyOf('workspace_users', 'update'),
    control: { by: 'workspace owner', statement: setRole('workspace', 'admin', 'owner') },
  },
  {
    name: 'an admin demotes the owner',
    by: 'admin',
    before: [anotherOwner('workspace', 'creator')],
    statement: setRole('workspace', 'workspace owner', 'admin'),
    hole: policyOf('workspace_users', 'update'),
    control: { by: 'admin', statement: setRole('workspace', 'creator', 'project_creator') },
  },
  {
    name: 'an admin removes the owner',
    by: 'admin',
    before: [anotherOwner('workspace', 'creator')],
    statement: `delete ${member('workspace', 'workspace owner')}`,
    hole: policyOf('workspace_users', 'delete'),
    control: { by: 'admin', statement: `delete ${member('workspace', 'creator')}` },
  },
  {
    name: 'a manager makes themselves owner of the project',
    by: 'manager',
    statement: setRole('project', 'manager', 'owner'),
    hole: policyOf('project_users', 'update'),
    control: { by: 'project owner', statement: setRole('project', 'manager', 'owner') },
  },
  {
    name: 'a manager removes the project’s owner',
    by: 'manager',
    before: [anotherOwner('project', 'contributor')],
    statement: `delete ${member('project', 'project owner')}`,
    hole: policyOf('project_users', 'delete'),
    control: { by: 'manager', statement: `delete ${member('project', 'viewer')}` },
  },
  ...(['manager', 'owner'] as const).map(
    (role): Attack => ({
      name: `a manager adds another ${role}`,
      by: 'manager',
      statement: `insert into public.project_users (project_id, user_id, role) values ('{project}', '{creator}', '${role}')`,
      hole: policyOf('project_users', 'insert'),
      control: {
        by: 'manager',
        statement:
          "insert into public.project_users (project_id, user_id, role) values ('{project}', '{creator}', 'contributor')",
      },
    }),
  ),
  {
    name: 'a manager adds somebody from outside of the workspace',
    by: 'manager',
    statement:
      "insert into public.project_users (project_id, user_id, role) values ('{project}', '{stranger}', 'viewer')",
    hole: policyOf('project_users', 'insert'),
    control: {
      by: 'manager',
      statement:
        "insert into public.project_users (project_id, user_id, role) values ('{project}', '{creator}', 'viewer')",
    },
  },
  {
    name: 'an owner puts a stranger into the workspace without being asked',
    by: 'workspace owner',
    statement:
      "insert into public.workspace_users (workspace_id, user_id, role) values ('{workspace}', '{stranger}', 'project_creator')",
    hole: openPolicy('public.workspace_users', 'insert'),
    control: {
      by: 'workspace owner',
      statement:
        "select public.create_invitation('workspace', '{workspace}', 'stranger@a.example', 'project_creator')",
    },
  },
  {
    name: 'a workspace owner writes the Global Workspace',
    by: 'workspace owner',
    statement: "update public.workspaces set name = 'Mine' where is_global",
    hole: openPolicy('public.workspaces', 'update'),
    control: {
      by: 'super',
      statement: "update public.workspaces set name = 'Ours' where is_global",
    },
  },
  {
    name: 'a member looks around in the Global Workspace',
    by: 'stranger',
    statement: "select from public.workspace_users where user_id <> '{stranger}'",
    hole: openPolicy('public.workspace_users', 'select'),
    control: {
      by: 'super',
      statement: "select from public.workspace_users where user_id <> '{super}'",
    },
  },
  {
    name: 'a member of the Global Workspace reads who else uses tokens',
    by: 'stranger',
    before: [
      {
        by: 'service',
        statement:
          "select public.consume_tokens(private.global_workspace_id(), null, null, 1, 'chat', 'k', '{creator}')",
      },
    ],
    statement: "select from public.token_usage where created_by <> '{stranger}'",
    hole: policyOf('token_usage', 'select'),
    control: {
      by: 'creator',
      before: [
        {
          by: 'service',
          statement:
            "select public.consume_tokens(private.global_workspace_id(), null, null, 1, 'chat', 'k', '{creator}')",
        },
      ],
      statement: "select from public.token_usage where created_by = '{creator}'",
    },
  },
  {
    name: 'a super user reads a tenant’s chats',
    by: 'super',
    statement: "select from public.chat_messages where chat_id = '{chat}'",
    hole: 'create policy hole on public.chat_messages for select to authenticated using ((select private.is_super()));',
    control: {
      by: 'super',
      before: [
        { by: 'super', statement: "select public.break_glass('{project}', 'asked for help')" },
      ],
      statement: "select from public.chat_messages where chat_id = '{chat}'",
    },
  },
  {
    name: 'a workspace’s owner reads a project’s chats unseen',
    by: 'workspace owner',
    statement: "select from public.chat_messages where chat_id = '{chat}'",
    hole: policyOf('chat_messages', 'select'),
    control: {
      by: 'viewer',
      statement: "select from public.chat_messages where chat_id = '{chat}'",
    },
  },
]
