import { type Attack, approved, breaks, type Step, signUp, without, works } from './attack.ts'

/** Settings are anybody's JSON: they give no power, and no value in them is another person's error. */

const ofProject = (value: string, project = 'project'): Step => ({
  by: 'manager',
  statement: `update public.projects set settings = '${value}' where id = '{${project}}'`,
})
const foreignProject = (value: string): Step => ({
  by: 'manager',
  from: 'b',
  statement: `update public.projects set settings = '${value}' where id = '{b:project}'`,
})
const foreignWorkspace = (value: string): Step => ({
  by: 'workspace owner',
  from: 'b',
  statement: `update public.workspaces set settings = '${value}' where id = '{b:workspace}'`,
})
const personal = `"is_personal": true, "owner_id": "{stranger}"`
/** As the specification had it: ownership is what settings say. */
const ownership = (command: string) =>
  `create policy hole_${command} on public.projects for ${command} to authenticated using (
     auth.uid() = (settings ->> 'owner_id')::uuid and (settings ->> 'is_personal')::boolean);`
const everybodysOwnership = `create policy hole on public.projects for select to authenticated using (
  auth.uid() = (settings ->> 'owner_id')::uuid);`
const beside = (event: string, body: string) =>
  `create function private.hole() returns trigger language plpgsql security definer set search_path = '' as
   $f$ begin ${body} return coalesce(new, old); end $f$;
   create trigger hole ${event} on auth.users for each row execute function private.hole();`
/** As the specification found the Global Workspace: by what settings say, in no order. */
const globalBySettings = `create or replace function private.global_workspace_id() returns uuid language sql stable security definer set search_path = '' as
  $f$ select w.id from public.workspaces w where (w.settings ->> 'is_global')::boolean order by w.created_at desc limit 1 $f$;`
const budgetUnchecked = `create or replace function private.rollup(day date default (now() at time zone 'utc')::date, only_workspace uuid default null, at_most integer default null)
  returns integer language plpgsql security definer set search_path = '' as
  $f$ begin perform (p.settings ->> 'token_budget')::numeric::bigint from public.projects p; return 0; end $f$;`

const viewerReads = 'select from public.projects'
const accountDeleted = "delete from users where id = '{fresh}'"
const accountMade = "insert into users (id, email) values ('{newcomer}', 'n@x.example')"

export const settings: Attack[] = [
  {
    name: 'a project’s settings make a stranger its owner: reads',
    by: 'stranger',
    before: [ofProject(`{${personal}}`)],
    statement: "select from public.projects where id = '{project}'",
    hole: ownership('select'),
    control: { by: 'viewer', statement: "select from public.projects where id = '{project}'" },
  },
  {
    name: 'a project’s settings make a stranger its owner: renames it',
    by: 'stranger',
    before: [ofProject(`{${personal}}`)],
    statement: "update public.projects set name = 'Mine' where id = '{project}'",
    hole: `${ownership('select')} ${ownership('update')}`,
    control: {
      by: 'manager',
      statement: "update public.projects set name = 'Ours' where id = '{project}'",
    },
  },
  {
    name: 'a project’s settings make a stranger its owner: deletes it',
    by: 'stranger',
    before: [
      {
        by: 'admin',
        statement: `update public.projects set settings = '{${personal}}' where id = '{fresh}'`,
      },
    ],
    statement: "delete from public.projects where id = '{fresh}'",
    hole: `grant delete on public.projects to authenticated; ${ownership('select')} ${ownership('delete')}`,
    control: { by: 'admin', statement: "select public.delete_project('{fresh}')" },
  },
  {
    name: 'a project into another tenant’s workspace, by settings that say it is personal',
    by: 'stranger',
    from: 'b',
    statement: `insert into public.projects (workspace_id, name, settings)
      values ('{workspace}', 'Mine', '{"is_personal": true, "owner_id": "{me}"}')`,
    hole: `grant insert on public.projects to authenticated;
      create policy hole on public.projects for insert to authenticated with check (
        auth.uid() = (settings ->> 'owner_id')::uuid and (settings ->> 'is_personal')::boolean);`,
    control: { by: 'creator', statement: "select public.create_project('{workspace}', 'Ours')" },
  },
  ...['"not-a-uuid"', '7', '{"deep": []}', '""'].map(
    (value): Attack => ({
      name: `owner_id ${value} in one project’s settings breaks another tenant’s list of projects`,
      ...breaks('viewer', viewerReads),
      before: [foreignProject(`{"is_personal": true, "owner_id": ${value}}`)],
      hole: everybodysOwnership,
      control: works('viewer', viewerReads),
    }),
  ),
  ...['"maybe"', '[]', '"2"'].map(
    (value): Attack => ({
      name: `is_global ${value} in one workspace’s settings breaks everybody’s sign-up`,
      ...breaks('auth server', accountMade),
      before: [foreignWorkspace(`{"is_global": ${value}}`)],
      hole: beside(
        'after insert',
        "perform from public.workspaces w where (w.settings ->> 'is_global')::boolean;",
      ),
      control: works('auth server', accountMade),
    }),
  ),
  {
    name: 'owner_id in one project’s settings breaks the deletion of another account',
    ...breaks('auth server', accountDeleted),
    before: [foreignProject('{"is_personal": true, "owner_id": "zz"}')],
    hole: beside(
      'before delete',
      "update public.projects p set is_active = false where (p.settings ->> 'owner_id')::uuid = old.id;",
    ),
    control: works('auth server', accountDeleted),
  },
  {
    name: 'is_global in a workspace’s settings draws newcomers into it',
    by: 'workspace owner',
    from: 'b',
    before: [
      foreignWorkspace('{"is_global": true}'),
      signUp('newcomer', 'n@x.example'),
      approved('newcomer'),
    ],
    statement: "select from public.users where id = '{newcomer}'",
    hole: globalBySettings,
    control: {
      by: 'workspace owner',
      statement: "select from public.users where id = '{creator}'",
    },
  },
  {
    name: 'is_global in a workspace’s settings draws personal projects into it',
    by: 'workspace owner',
    from: 'b',
    before: [
      foreignWorkspace('{"is_global": true}'),
      signUp('newcomer', 'n@x.example'),
      approved('newcomer'),
    ],
    statement: "select from public.projects where owner_id = '{newcomer}'",
    hole: globalBySettings,
    control: {
      by: 'newcomer',
      before: [signUp('newcomer', 'n@x.example'), approved('newcomer')],
      statement: "select from public.projects where owner_id = '{newcomer}'",
    },
  },
  ...['"lots"', '-1e30', '1e400', '{"a": 1}', '[]', 'true'].map(
    (value): Attack => ({
      name: `token_budget ${value} in one project’s settings breaks everybody’s statistics`,
      ...breaks('service', 'select private.rollup()'),
      before: [foreignProject(`{"token_budget": ${value}}`)],
      hole: budgetUnchecked,
      control: {
        by: 'service',
        statement: 'select private.rollup()',
        because: 'statistics are made by a job',
      },
    }),
  ),
  {
    name: 'token_budget in a project’s settings buys tokens',
    by: 'service',
    before: [ofProject('{"token_budget": 1e12, "base_token_limit": 1e12}')],
    statement:
      "select public.consume_tokens('{workspace}', '{project}', null, 2000, 'chat', 'k', '{contributor}')",
    refusal: 'PT402',
    hole: without(
      'public.consume_tokens',
      's.base_token_limit + s.additional_tokens',
      "(select (p.settings ->> 'token_budget')::numeric from public.projects p where p.id = project)",
    ),
    control: {
      by: 'service',
      statement:
        "select public.consume_tokens('{workspace}', '{project}', null, 200, 'chat', 'k', '{contributor}')",
      because: 'consumption is told by services',
    },
  },
  {
    name: 'a profile that says it is a super user’s',
    by: 'contributor',
    before: [
      {
        by: 'contributor',
        statement: `update public.users set profile = '{"is_super_user": true, "status": "active", "role": "service_role"}' where id = '{me}'`,
      },
    ],
    statement: "select public.set_user_status('{manager}', 'banned', 'revenge')",
    hole: `create or replace function private.is_super() returns boolean language sql stable security definer set search_path = '' as
      $f$ select coalesce((u.profile ->> 'is_super_user')::boolean, false) from public.users u where u.id = auth.uid() $f$;`,
    control: {
      by: 'super',
      statement: "select public.set_user_status('{manager}', 'banned', 'a reason')",
    },
  },
  {
    name: 'a chat’s settings that say what it may',
    by: 'viewer',
    before: [
      {
        by: 'contributor',
        statement: `update public.chat_sessions set settings = '{"role": "owner", "members": ["{viewer}"]}' where id = '{chat}'`,
      },
    ],
    statement: "update public.chat_sessions set title = 'Mine' where id = '{chat}'",
    hole: `create policy hole on public.chat_sessions for update to authenticated using (settings -> 'members' ? auth.uid()::text);`,
    control: {
      by: 'contributor',
      statement: "update public.chat_sessions set title = 'Ours' where id = '{chat}'",
    },
  },
  ...(
    [
      ['an array', `'[]'`],
      [
        'more than 64 KiB',
        `jsonb_build_object('x', (select string_agg(md5(n::text), '') from generate_series(1, 4000) n))`,
      ],
    ] as const
  ).map(
    ([what, value]): Attack => ({
      name: `settings that are ${what}`,
      by: 'manager',
      statement: `update public.projects set settings = ${value} where id = '{project}'`,
      refusal: '23514',
      hole: 'alter table public.projects drop constraint projects_settings_check;',
      control: {
        by: 'manager',
        statement: `update public.projects set settings = '{"token_budget": 5}' where id = '{project}'`,
      },
    }),
  ),
]
