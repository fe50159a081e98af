import {
  type Attack,
  approved,
  type Control,
  database,
  disable,
  grant,
  setStatus,
  signsIn,
  signUp,
  ungatedProjects,
  without,
} from './attack.ts'

/** Making, banning, deleting accounts; and being in charge. */

const judge = "select public.set_user_status('{manager}', 'banned', 'a reason')"
const inCharge: Control = { by: 'super', statement: judge }
const createWorkspace = "select public.create_workspace('W', 'C')"
const creates: Control = { by: 'contributor', statement: createWorkspace }
const chats = "select from public.chat_sessions where id = '{chat}'"
const readsChats: Control = { by: 'contributor', statement: chats }
const claims = { is_super_user: true, status: 'active', role: 'service_role', super_until: null }
const fromMetadata = (event: string) =>
  `create function private.hole() returns trigger language plpgsql security definer set search_path = '' as $f$ begin
     update public.users u set status = coalesce(new.raw_user_meta_data ->> 'status', 'waitlist')::public.user_status,
       is_super_user = coalesce((new.raw_user_meta_data ->> 'is_super_user')::boolean, false) where u.id = new.id;
     return new; end $f$;
   create trigger zz_hole after ${event} on auth.users for each row execute function private.hole();`
const saysSo = signUp('newcomer', 'n@x.example', { metadata: claims })
const saysSoLater = {
  by: 'auth server' as const,
  statement: `update users set raw_user_meta_data = '${JSON.stringify(claims)}' where id = '{newcomer}'`,
}
const firstUserFlag = database('update private.platform set first_user_is_super = true')
const noSuperYet = database('update public.users set is_super_user = false')
const bannedByServer = {
  by: 'auth server' as const,
  statement: "update users set banned_until = now() + interval '1 hour' where id = '{contributor}'",
}
const serverBanOver = {
  by: 'auth server' as const,
  statement: "update users set banned_until = null where id = '{contributor}'",
}
const whoeverBanned = without('private.on_auth_user_updated', "and u.banned_by = 'auth'")

export const accounts: Attack[] = [
  {
    name: 'erasure: a slip of the hand',
    by: 'stranger',
    statement: "select public.erase_my_account('')",
    refusal: '22023',
    hole: without(
      'public.erase_my_account',
      "if lower(trim(coalesce(confirmation, ''))) <> v_known then",
      'if false then',
    ),
    control: { by: 'stranger', statement: "select public.erase_my_account('stranger@a.example')" },
  },
  {
    name: 'erasure: by whoever is banned, to come again as somebody new',
    by: 'contributor',
    before: [setStatus('contributor', 'banned')],
    statement: "select public.erase_my_account('contributor@a.example')",
    hole: without(
      'public.erase_my_account',
      "and u.status not in ('banned', 'inactive', 'archived')",
    ),
    control: {
      by: 'contributor',
      statement: "select public.erase_my_account('contributor@a.example')",
    },
  },
  {
    name: 'erasure: anon calls it',
    by: 'anon',
    statement: "select public.erase_my_account('')",
    hole: `grant execute on function public.erase_my_account to anon;
      create or replace function public.erase_my_account(confirmation text) returns void language sql as '';`,
    control: { by: 'stranger', statement: "select public.erase_my_account('stranger@a.example')" },
  },
  {
    name: 'export: what others wrote since in a place one has left',
    by: 'manager',
    before: [
      database(
        "delete from public.project_users where user_id = '{manager}' and project_id = '{project}'",
      ),
    ],
    statement:
      "select from jsonb_array_elements(public.export_my_data() -> 'artifacts') a where a ? 'title'",
    hole: without(
      'private.made_by_me',
      'case when t.project_id = any ($1) then',
      'case when true then',
    ),
    control: {
      by: 'manager',
      statement:
        "select from jsonb_array_elements(public.export_my_data() -> 'artifacts') a where a ? 'title'",
    },
  },
  {
    name: 'sign-up: metadata says it is a super user’s',
    by: 'newcomer',
    before: [saysSo, approved('newcomer')],
    statement: judge,
    hole: fromMetadata('insert'),
    control: inCharge,
  },
  {
    name: 'sign-up: metadata says the account is active',
    by: 'newcomer',
    before: [saysSo],
    statement: createWorkspace,
    hole: fromMetadata('insert'),
    control: creates,
  },
  {
    name: 'sign-up: metadata says so later',
    by: 'newcomer',
    before: [signUp('newcomer', 'n@x.example'), saysSoLater],
    statement: judge,
    hole: fromMetadata('update'),
    control: inCharge,
  },
  {
    name: 'sign-up: the token’s metadata says it is a super user’s',
    by: 'contributor',
    statement: judge,
    claims: { user_metadata: claims, app_metadata: claims, is_super_user: true },
    hole: `create or replace function private.is_super() returns boolean language sql stable set search_path = '' as
      $f$ select coalesce((auth.jwt() -> 'user_metadata' ->> 'is_super_user')::boolean, false) $f$;`,
    control: inCharge,
  },
  {
    name: 'sign-up: somebody who waits creates a workspace',
    by: 'waiting',
    statement: createWorkspace,
    hole: without('private.is_active_user', "and u.status = 'active'"),
    control: creates,
  },
  {
    name: 'sign-up: somebody anonymous creates a workspace',
    by: 'newcomer',
    before: [
      database('update private.platform set open_signup = true'),
      {
        by: 'auth server',
        statement: "insert into users (id, is_anonymous) values ('{newcomer}', true)",
      },
    ],
    statement: createWorkspace,
    // Where everybody is let in too.
    hole: `update private.platform set open_signup = true; ${without('private.on_auth_user_created', ' and not v_is_anonymous')}`,
    control: creates,
  },
  {
    name: 'sign-up: a first user where there are others',
    by: 'newcomer',
    before: [firstUserFlag, signUp('newcomer', 'n@x.example'), approved('newcomer')],
    statement: judge,
    hole: without(
      'private.on_auth_user_created',
      'and not exists (select from public.users s where s.is_super_user)',
    ),
    control: {
      by: 'newcomer',
      before: [
        firstUserFlag,
        noSuperYet,
        signUp('newcomer', 'n@x.example'),
        database("update public.users set status = 'active' where id = '{newcomer}'"),
      ],
      statement: judge,
    },
  },
  {
    name: 'sign-up: a second first user, once the first is gone',
    by: 'newcomer',
    before: [
      firstUserFlag,
      noSuperYet,
      signUp('twin', 't@x.example'),
      { by: 'auth server', statement: "delete from users where id = '{twin}'" },
      signUp('newcomer', 'n@x.example'),
      database("update public.users set status = 'active' where id = '{newcomer}'"),
    ],
    statement: judge,
    hole: without(
      'private.on_auth_user_created',
      'update private.platform set first_user_is_super = false;',
    ),
    control: {
      by: 'twin',
      before: [
        firstUserFlag,
        noSuperYet,
        signUp('twin', 't@x.example'),
        database("update public.users set status = 'active' where id = '{twin}'"),
      ],
      statement: judge,
    },
  },
  {
    name: 'sign-up: a twin by single sign-on reads what is the other’s',
    by: 'twin',
    before: [signUp('twin', 'contributor@a.example'), approved('twin')],
    statement: chats,
    hole: without(
      'private.on_auth_user_created',
      'select * into v_platform from private.platform;',
      `select * into v_platform from private.platform; update public.project_users m set user_id = new.id
        where m.user_id in (select a.id from auth.users a where a.email = new.email and a.id <> new.id);`,
    ),
    control: readsChats,
  },
  {
    name: 'sign-up: a twin by single sign-on sees the other’s account',
    by: 'twin',
    before: [signUp('twin', 'contributor@a.example'), approved('twin')],
    statement: "select where public.my_account() ->> 'id' = '{contributor}'",
    hole: without(
      'public.my_account',
      'where u.id = auth.uid()',
      'where a.email = (select t.email from auth.users t where t.id = auth.uid()) and u.id <> auth.uid()',
    ),
    control: {
      by: 'contributor',
      statement: "select where public.my_account() ->> 'id' = '{contributor}'",
    },
  },
  {
    name: 'sign-up: an address another account has is confirmed for its twin too',
    by: 'twin',
    before: [
      signUp('twin', 'newcomer@far.example', { confirmed: false }),
      signUp('newcomer', 'newcomer@far.example'),
      {
        by: 'manager',
        statement:
          "select set_config('tests.token', public.create_invitation('project', '{project}', 'newcomer@far.example', 'viewer'), true)",
      },
    ],
    statement: "select public.accept_invitation(current_setting('tests.token'))",
    refusal: 'PT404',
    hole: without('public.accept_invitation', 'a.id = auth.uid() and', 'true and'),
    control: {
      by: 'newcomer',
      before: [
        signUp('newcomer', 'newcomer@far.example'),
        {
          by: 'manager',
          statement:
            "select set_config('tests.token', public.create_invitation('project', '{project}', 'newcomer@far.example', 'viewer'), true)",
        },
      ],
      statement: "select public.accept_invitation(current_setting('tests.token'))",
    },
  },
  {
    name: 'ban: a super user’s is over with the next sign-in',
    by: 'contributor',
    before: [setStatus('contributor', 'banned'), signsIn('contributor')],
    statement: chats,
    hole: whoeverBanned,
    control: { ...readsChats, before: [bannedByServer, serverBanOver] },
  },
  {
    name: 'ban: a super user’s is over with the auth server’s own',
    by: 'contributor',
    before: [setStatus('contributor', 'banned'), bannedByServer, serverBanOver],
    statement: chats,
    hole: whoeverBanned,
    control: { ...readsChats, before: [bannedByServer, serverBanOver] },
  },
  {
    name: 'ban: the auth server’s stops nobody',
    by: 'contributor',
    before: [bannedByServer],
    statement: chats,
    hole: disable('on_auth_user_updated', 'auth.users'),
    control: readsChats,
  },
  {
    name: 'ban: whoever waits is let in by the end of a ban',
    by: 'newcomer',
    before: [
      signUp('newcomer', 'n@x.example'),
      {
        by: 'auth server',
        statement:
          "update users set banned_until = now() + interval '1 hour' where id = '{newcomer}'",
      },
      {
        by: 'auth server',
        statement: "update users set banned_until = null where id = '{newcomer}'",
      },
    ],
    statement: createWorkspace,
    hole: without(
      'private.on_auth_user_updated',
      "coalesce(u.status_before_ban, 'active')",
      "'active'",
    ),
    control: creates,
  },
  {
    name: 'deletion: a deleted account is back with the next sign-in',
    by: 'contributor',
    before: [
      {
        by: 'auth server',
        statement: "update users set deleted_at = now() where id = '{contributor}'",
      },
      signsIn('contributor'),
    ],
    statement: chats,
    hole: ungatedProjects,
    control: { ...readsChats, before: [signsIn('contributor')] },
  },
  {
    name: 'deletion: somebody deletes another’s account',
    by: 'contributor',
    statement: "delete from auth.users where id = '{manager}'",
    hole: `${grant('select, delete on auth.users')}`,
    control: { by: 'auth server', statement: "delete from users where id = '{manager}'" },
  },
  {
    name: 'deletion: an account that was approved before is approved again',
    by: 'super',
    before: [
      {
        by: 'auth server',
        statement: "update users set deleted_at = now() where id = '{contributor}'",
      },
    ],
    statement: "select public.set_user_status('{contributor}', 'active', 'a reason')",
    refusal: 'PT404',
    hole: without(
      'public.set_user_status',
      'u.id = target and u.deleted_at is null',
      'u.id = target',
    ),
    control: {
      by: 'super',
      statement: "select public.set_user_status('{contributor}', 'active', 'a reason')",
    },
  },
  {
    name: 'addresses: somebody reads the auth server’s table',
    by: 'workspace owner',
    statement: 'select email from auth.users',
    hole: grant('select on auth.users'),
    control: {
      by: 'workspace owner',
      statement: "select from public.workspace_directory('{workspace}')",
    },
  },
  {
    name: 'addresses: a member reads the directory',
    by: 'creator',
    statement: "select from public.workspace_directory('{workspace}')",
    hole: without(
      'public.workspace_directory',
      "private.workspace_ids('admin')",
      "private.workspace_ids('project_creator')",
    ),
    control: { by: 'admin', statement: "select from public.workspace_directory('{workspace}')" },
  },
  {
    name: 'in charge: a super user without a second factor',
    by: 'super',
    statement: judge,
    claims: { aal: 'aal1' },
    hole: 'update private.platform set require_aal2 = false;',
    control: inCharge,
  },
  {
    name: 'in charge: a super user whose time is over',
    by: 'super',
    before: [
      database(
        "update public.users set super_until = now() - interval '1 second' where id = '{super}'",
      ),
    ],
    statement: judge,
    hole: without('private.is_super', 'and (u.super_until is null or u.super_until > now())'),
    control: {
      ...inCharge,
      before: [
        database(
          "update public.users set super_until = now() + interval '1 hour' where id = '{super}'",
        ),
      ],
    },
  },
  {
    name: 'in charge: a banned super user',
    by: 'super',
    before: [
      {
        by: 'super',
        from: 'b',
        statement: "select public.set_user_status('{super}', 'banned', 'a reason')",
      },
    ],
    statement: judge,
    hole: without('private.is_super', "u.status = 'active' and"),
    control: inCharge,
  },
  {
    name: 'in charge: a super user prolongs their own time',
    by: 'super',
    statement: "select public.set_super_user('{super}', true, 'more time')",
    hole: without('public.set_super_user', 'if target = auth.uid() then', 'if false then'),
    control: {
      by: 'super',
      statement: "select public.set_super_user('{contributor}', true, 'help')",
    },
  },
  {
    name: 'in charge: a super user judges themselves',
    by: 'super',
    statement: "select public.set_user_status('{super}', 'active', 'why not')",
    hole: without('public.set_user_status', 'if target = auth.uid() then', 'if false then'),
    control: inCharge,
  },
  ...(['set_user_status', 'set_super_user', 'break_glass'] as const).map((name): Attack => {
    const call = (why: string) =>
      name === 'break_glass'
        ? `select public.break_glass('{project}', '${why}')`
        : `select public.${name}('{contributor}', ${name === 'set_user_status' ? "'banned'" : 'true'}, '${why}')`
    return {
      name: `in charge: ${name} without a reason`,
      by: 'super',
      statement: call('  '),
      refusal: '22023',
      hole: without(`public.${name}`, "coalesce(trim(why), '') = ''", 'false'),
      control: { by: 'super', statement: call('a reason') },
    }
  }),
  ...(
    [
      'set_user_status',
      'set_super_user',
      'break_glass',
      'platform_assessment',
      'give_workspace_owner',
    ] as const
  ).map((name): Attack => {
    const statement = `select public.${name}(${
      {
        set_user_status: "'{manager}', 'banned', 'a reason'",
        set_super_user: "'{manager}', true, 'a reason'",
        break_glass: "'{project}', 'a reason'",
        platform_assessment: '',
        give_workspace_owner: "'{workspace}', '{creator}', 'a reason'",
      }[name]
    })`
    return {
      name: `in charge: a workspace’s owner calls ${name}`,
      by: 'workspace owner',
      from: 'b',
      before:
        name === 'give_workspace_owner'
          ? [setStatus('admin', 'banned'), setStatus('workspace owner', 'banned')]
          : [],
      statement,
      hole: without(`public.${name}`, 'perform private.require_super();'),
      control: {
        by: 'super',
        before:
          name === 'give_workspace_owner'
            ? [setStatus('admin', 'banned'), setStatus('workspace owner', 'banned')]
            : [],
        statement,
      },
    }
  }),
]
