import {
  type Attack,
  database,
  policyOf,
  type Step,
  setStatus,
  ungatedProjects,
  ungatedWorkspaces,
  without,
} from './attack.ts'

/** Whoever is not active any more, and whatever place is closed, by way of the helpers every policy calls. */
const closed = (
  name: string,
  by: Attack['by'] & Step['by'],
  before: Step,
  statement: string,
  hole: string,
): Attack => ({
  name,
  by,
  before: [before],
  statement,
  hole,
  control: { by: by as 'contributor', statement },
})
const add = "insert into public.chat_sessions (project_id, title) values ('{project}', 'X')"
const read = "select from public.chat_sessions where id = '{chat}'"
const reasons: [string, Step][] = [
  ...(['banned', 'inactive', 'archived'] as const).map((state): [string, Step] => [
    state,
    setStatus('contributor', state),
  ]),
  ['waitlist', database("update public.users set status = 'waitlist' where id = '{contributor}'")],
  [
    'deleted account',
    {
      by: 'auth server',
      statement: "update users set deleted_at = now() where id = '{contributor}'",
    },
  ],
  [
    'deleted project',
    { by: 'project owner', statement: "select public.delete_project('{project}')" },
  ],
  [
    'deleted workspace',
    { by: 'workspace owner', statement: "select public.delete_workspace('{workspace}')" },
  ],
  [
    'access that is over',
    database(
      "update public.project_users set expires_at = now() where user_id = '{contributor}' and project_id = '{project}'",
    ),
  ],
]
export const places: Attack[] = [
  ...reasons.flatMap(([reason, before]) => [
    closed(`${reason}: reads`, 'contributor', before, read, ungatedProjects),
    closed(`${reason}: writes`, 'contributor', before, add, ungatedProjects),
  ]),
  closed(
    'archived project: writes',
    'contributor',
    { by: 'project owner', statement: "select public.archive_project('{project}')" },
    add,
    ungatedProjects,
  ),
  closed(
    'archived workspace: writes',
    'contributor',
    { by: 'workspace owner', statement: "select public.archive_workspace('{workspace}')" },
    add,
    ungatedProjects,
  ),
  closed(
    'banned owner: reads the workspace',
    'workspace owner',
    setStatus('workspace owner', 'banned'),
    "select from public.workspace_domains where id = '{domain}'",
    ungatedWorkspaces,
  ),
  closed(
    'archived workspace: its domains',
    'workspace owner',
    { by: 'workspace owner', statement: "select public.archive_workspace('{workspace}')" },
    "delete from public.workspace_domains where id = '{domain}'",
    ungatedWorkspaces,
  ),
  {
    name: 'a manager brings a deleted project back',
    by: 'manager',
    before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
    statement: "select public.restore_project('{project}')",
    hole: without(
      'public.restore_project',
      "m.user_id = auth.uid() and m.role = 'owner'",
      'm.user_id = auth.uid()',
    ),
    control: {
      by: 'project owner',
      before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
      statement: "select public.restore_project('{project}')",
    },
  },
  {
    name: 'an owner brings back what is past its time',
    by: 'project owner',
    before: [
      { by: 'project owner', statement: "select public.delete_project('{project}')" },
      database(
        "update public.projects set deleted_at = now() - interval '31 days' where id = '{project}'",
      ),
    ],
    statement: "select public.restore_project('{project}')",
    hole: "update private.platform set restore_window = '99 days';",
    control: {
      by: 'project owner',
      before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
      statement: "select public.restore_project('{project}')",
    },
  },
  {
    name: 'a project_creator brings the workspace back',
    by: 'contributor',
    before: [{ by: 'workspace owner', statement: "select public.delete_workspace('{workspace}')" }],
    statement: "select public.restore_workspace('{workspace}')",
    hole: without(
      'public.restore_workspace',
      "m.user_id = auth.uid() and m.role >= 'admin'",
      'm.user_id = auth.uid()',
    ),
    control: {
      by: 'admin',
      before: [
        { by: 'workspace owner', statement: "select public.delete_workspace('{workspace}')" },
      ],
      statement: "select public.restore_workspace('{workspace}')",
    },
  },
  ...(['public.delete_project', 'public.restore_project', 'public.restorable_places'] as const).map(
    (routine): Attack => {
      const isOver = database(
        "update public.project_users set expires_at = now() where role = 'owner' and project_id = '{project}'",
      )
      const isDeleted: Step = {
        by: 'project owner',
        statement: "select public.delete_project('{project}')",
      }
      const before = routine === 'public.delete_project' ? [] : [isDeleted]
      const statement =
        routine === 'public.restorable_places'
          ? "select from public.restorable_places() r where r.id = '{project}'"
          : `select ${routine}('{project}')`
      return {
        name: `an owner whose time is over: ${routine}`,
        by: 'project owner',
        before: [...before, isOver],
        statement,
        hole: without(routine, '(m.expires_at is null or m.expires_at > now())', 'true'),
        control: { by: 'project owner', before, statement },
      }
    },
  ),
  {
    name: 'another tenant’s owner finds deleted projects',
    by: 'workspace owner',
    from: 'b',
    before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
    statement: "select from public.restorable_places() r where r.id = '{project}'",
    hole: without(
      'public.restorable_places',
      "m.workspace_id = p.workspace_id and m.user_id = auth.uid() and m.role >= 'admin'",
      "m.user_id = auth.uid() and m.role >= 'admin'",
    ),
    control: {
      by: 'admin',
      before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
      statement: "select from public.restorable_places() r where r.id = '{project}'",
    },
  },
  {
    name: 'a manager finds the deleted project',
    by: 'manager',
    before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
    statement: "select from public.restorable_places() r where r.id = '{project}'",
    hole: without(
      'public.restorable_places',
      "m.user_id = auth.uid() and m.role = 'owner'",
      'm.user_id = auth.uid()',
    ),
    control: {
      by: 'project owner',
      before: [{ by: 'project owner', statement: "select public.delete_project('{project}')" }],
      statement: "select from public.restorable_places() r where r.id = '{project}'",
    },
  },
  closed(
    'banned: reads their own membership',
    'contributor',
    setStatus('contributor', 'banned'),
    "select from public.workspace_users where user_id = '{me}'",
    policyOf('workspace_users', 'select', 'user_id = (select auth.uid())'),
  ),
  {
    name: 'an admin deletes the workspace',
    by: 'admin',
    statement: "select public.delete_workspace('{workspace}')",
    hole: without(
      'public.delete_workspace',
      "m.user_id = auth.uid() and m.role = 'owner'",
      'm.user_id = auth.uid()',
    ),
    control: { by: 'workspace owner', statement: "select public.delete_workspace('{workspace}')" },
  },
  {
    name: 'somebody deletes their personal project to be rid of its ledger',
    by: 'stranger',
    statement:
      "select public.delete_project((select id from public.projects where owner_id = '{stranger}'))",
    hole: without('public.delete_project', "and p.kind = 'team'"),
    control: { by: 'project owner', statement: "select public.delete_project('{project}')" },
  },
]
