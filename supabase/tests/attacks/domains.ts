import {
  type Attack,
  type Control,
  database,
  policyOf,
  type Step,
  setStatus,
  signsIn,
  signUp,
  without,
} from './attack.ts'

/** A place by the domain of one's address. */

const claimed = (domain: string): Step => ({
  by: 'workspace owner',
  statement: `select public.claim_domain('{workspace}', '${domain}')`,
})
const verified = (domain: string): Step => ({
  by: 'service',
  statement: `select public.verify_domain_for_service(d.id) from public.workspace_domains d where d.domain = '${domain}' and d.workspace_id = '{workspace}'`,
})
const firm = [claimed('firm.example'), verified('firm.example')]
const isMember =
  "select from public.workspace_users where workspace_id = '{workspace}' and user_id = '{newcomer}'"
const joins: Control = {
  by: 'newcomer',
  before: [...firm, signUp('newcomer', 'New@Firm.example')],
  statement: isMember,
}
const joining = (
  name: string,
  before: Step[],
  hole: string,
  more: Partial<Attack> = {},
): Attack => ({
  name: `domain: ${name}`,
  by: 'newcomer',
  before,
  statement: isMember,
  hole,
  control: joins,
  ...more,
})
/** Joining by another look at the address. */
const anyMatch = (condition: string) =>
  `create or replace function private.join_by_domain(person uuid, email text) returns void language plpgsql security definer set search_path = '' as
   $f$ begin
     insert into public.workspace_users (workspace_id, user_id, role)
     select d.workspace_id, person, 'project_creator' from public.workspace_domains d where d.verified_at is not null and ${condition};
     perform private.activate_user(person);
   end $f$;`
const claim = (domain: string) => `select public.claim_domain('{workspace}', '${domain}')`

export const domains: Attack[] = [
  {
    name: 'domain: claimed by another tenant once it is confirmed',
    by: 'workspace owner',
    from: 'b',
    before: firm,
    statement: claim('firm.example').replace('{workspace}', '{b:workspace}'),
    refusal: 'PT409',
    hole: without('public.claim_domain', 'd.workspace_id <> workspace', 'false'),
    control: { by: 'workspace owner', before: firm, statement: claim('firm.example') },
  },
  joining(
    'claimed, not verified',
    [claimed('firm.example'), signUp('newcomer', 'new@firm.example')],
    without('private.join_by_domain', 'and d.verified_at is not null'),
  ),
  joining(
    'an address that is not confirmed',
    [...firm, signUp('newcomer', 'new@firm.example', { confirmed: false })],
    without('private.mirror_account', "account ->> 'email_confirmed_at' is not null and"),
  ),
  joining(
    'of a workspace that is archived',
    [
      ...firm,
      { by: 'workspace owner', statement: "select public.archive_workspace('{workspace}')" },
      signUp('newcomer', 'new@firm.example'),
    ],
    without('private.join_by_domain', 'and w.is_active'),
  ),
  joining(
    'an address with two @, ours first',
    [...firm, signUp('newcomer', 'new@firm.example@evil.example')],
    anyMatch("d.domain = split_part(email, '@', 2)"),
  ),
  joining(
    'an address with two @, ours last',
    [...firm, signUp('newcomer', 'new@evil.example@firm.example')],
    anyMatch("email like '%@' || d.domain"),
  ),
  joining(
    'a name under ours',
    [...firm, signUp('newcomer', 'new@evil.firm.example')],
    anyMatch("email like '%' || d.domain"),
  ),
  joining(
    'a name that ends like ours',
    [...firm, signUp('newcomer', 'new@notfirm.example')],
    anyMatch("email like '%' || d.domain"),
  ),
  joining(
    'a name that begins like ours',
    [...firm, signUp('newcomer', 'new@firm.example.evil.example')],
    anyMatch("email like '%@' || d.domain || '%'"),
  ),
  joining(
    'who was removed signs in again',
    [
      ...firm,
      signUp('newcomer', 'new@firm.example'),
      {
        by: 'workspace owner',
        statement: "delete from public.workspace_users where user_id = '{newcomer}'",
      },
      signsIn('newcomer'),
    ],
    `${without(
      'private.on_auth_user_updated',
      "or (v_old ->> 'email_confirmed_at' is null",
      'or (true',
    )} ${without('private.join_by_domain', 'and not private.has_left(d.workspace_id, person, email)')}`,
    {
      control: {
        by: 'newcomer',
        before: [...firm, signUp('newcomer', 'new@firm.example'), signsIn('newcomer')],
        statement: isMember,
      },
    },
  ),
  joining(
    'who was removed erases the account and signs up again',
    [
      ...firm,
      signUp('twin', 'New@firm.example'),
      {
        by: 'workspace owner',
        statement: "delete from public.workspace_users where user_id = '{twin}'",
      },
      { by: 'twin', statement: "select public.erase_my_account('new@firm.example')" },
      signUp('newcomer', 'new+again@firm.example'),
    ],
    without('private.has_left', 'or d.address_mark = v_mark'),
    {
      // Who left by themselves, and was a member until then, comes back.
      control: {
        by: 'newcomer',
        before: [
          ...firm,
          signUp('twin', 'new@firm.example'),
          { by: 'twin', statement: "select public.erase_my_account('new@firm.example')" },
          signUp('newcomer', 'new@firm.example'),
        ],
        statement: isMember,
      },
    },
  ),
  joining(
    'who was removed changes the address, and changes it back',
    [
      ...firm,
      signUp('newcomer', 'new@firm.example'),
      {
        by: 'workspace owner',
        statement: "delete from public.workspace_users where user_id = '{newcomer}'",
      },
      ...['new@mail.example', 'new@firm.example'].map(
        (email): Step => ({
          by: 'auth server',
          statement: `update users set email = '${email}' where id = '{newcomer}'`,
        }),
      ),
    ],
    anyMatch("d.domain = lower(split_part(email, '@', 2))"),
  ),
  joining(
    'a banned account is let in by confirming its address',
    [
      ...firm,
      signUp('newcomer', 'new@firm.example', { confirmed: false }),
      setStatus('newcomer', 'banned'),
      {
        by: 'auth server',
        statement: "update users set email_confirmed_at = now() where id = '{newcomer}'",
      },
    ],
    without('private.activate_user', "and u.status in ('waitlist', 'invited')"),
    {
      statement: "select from public.workspaces where id = '{workspace}'",
      control: { ...joins, statement: "select from public.workspaces where id = '{workspace}'" },
    },
  ),
  {
    name: 'domain: a name another workspace has shown to be its own',
    by: 'service',
    before: [
      // Claimed by both before either showed it: the second claim would be refused afterwards.
      {
        by: 'workspace owner',
        from: 'b',
        statement: "select public.claim_domain('{b:workspace}', 'firm.example')",
      },
      ...firm,
    ],
    statement:
      "select public.verify_domain_for_service(d.id) from public.workspace_domains d where d.domain = 'firm.example' and d.workspace_id = '{b:workspace}'",
    refusal: 'PT409',
    hole: 'drop index public.workspace_domains_one_owner;',
    control: {
      by: 'service',
      before: [claimed('firm.example')],
      statement: verified('firm.example').statement,
      because: 'who has looked into the DNS is a service',
    },
  },
  ...['gmail.com', ' GMail.COM '].map(
    (domain): Attack => ({
      name: `domain: everybody’s (${domain})`,
      by: 'workspace owner',
      statement: claim(domain),
      refusal: '22023',
      hole: "delete from private.public_mail_domains where domain = 'gmail.com';",
      control: { by: 'workspace owner', statement: claim('firm.example') },
    }),
  ),
  {
    name: 'domain: everybody’s, written by hand',
    by: 'workspace owner',
    statement:
      "insert into public.workspace_domains (workspace_id, domain) values ('{workspace}', 'gmail.com')",
    hole: policyOf('workspace_domains', 'insert'),
    control: {
      by: 'workspace owner',
      statement:
        "insert into public.workspace_domains (workspace_id, domain) values ('{workspace}', 'firm.example')",
    },
  },
  ...['*', 'com', '%', 'firm.example, gmail.com', 'firm.example.'].map(
    (domain): Attack => ({
      name: `domain: what is none (${domain})`,
      by: 'workspace owner',
      statement: claim(domain),
      refusal: '22023',
      hole: `${without('public.claim_domain', "if (v_domain ~ '^[a-z0-9-]+(\\.[a-z0-9-]+)+$' and char_length(v_domain) <= 253) is not true then", 'if false then')}
        alter table public.workspace_domains drop constraint workspace_domains_domain_check;`,
      control: { by: 'workspace owner', statement: claim('firm.example') },
    }),
  ),
  ...(['admin', 'creator', 'stranger'] as const).map(
    (by): Attack => ({
      name: `domain: ${by} claims one`,
      by,
      statement: claim('firm.example'),
      hole: without(
        'public.claim_domain',
        "(workspace = any (private.workspace_ids('owner'))) is not true",
        'false',
      ),
      control: { by: 'workspace owner', statement: claim('firm.example') },
    }),
  ),
  {
    name: 'domain: a super user claims one for the Global Workspace',
    by: 'super',
    before: [
      database(
        "insert into public.workspace_users (workspace_id, user_id, role) values (private.global_workspace_id(), '{super}', 'owner') on conflict (workspace_id, user_id) do update set role = 'owner'",
      ),
    ],
    statement: "select public.claim_domain(private.global_workspace_id(), 'firm.example')",
    hole: without('public.claim_domain', 'or workspace = private.global_workspace_id()'),
    control: { by: 'workspace owner', statement: claim('firm.example') },
  },
]
