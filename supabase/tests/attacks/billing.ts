import { type Attack, type Control, database, openPolicy, type Step, without } from './attack.ts'

/** Tokens and money: told by services, believed once, and within their limits. */

const because = 'consumption and payments are told by services'
const service = (statement: string): Step => ({ by: 'service', statement })
const byService = (statement: string, before?: Step[]): Control => ({
  by: 'service',
  statement,
  because,
  ...(before ? { before } : {}),
})
const consume = (
  n: string,
  key = 'k',
  place = "'{workspace}', '{project}', '{chat}'",
  actor = "'{contributor}'",
) => `select public.consume_tokens(${place}, ${n}, 'chat', '${key}', ${actor})`
const reserve = (n: string, key = 'r') =>
  `select set_config('tests.reservation', public.reserve_tokens('{workspace}', '{project}', null, ${n}, 'chat', '${key}', '{contributor}')::text, true)`
const settle = (used: string) =>
  `select public.settle_tokens(current_setting('tests.reservation')::uuid, ${used})`
const paid = (
  event: string,
  intent: string,
  tokens: number,
  status = 'completed',
  workspace = 'workspace',
) =>
  `select public.record_payment_for_service('${event}', '{${workspace}}', '${intent}', ${tokens}, 1, '${status}')`
const subscribed = (event: string, status: string, happened: string) =>
  `select public.record_subscription_for_service('${event}', '{workspace}', 'c', 'sub', 'pro', '${status}', now(), now() + interval '1 month', now() + interval '${happened}')`
/** What the workspace's admin sees of it. */
const subscription = (condition: string) =>
  `select from public.workspace_subscriptions where workspace_id = '{workspace}' and ${condition}`
const unlimited = (routine: string) =>
  without(
    routine,
    's.period_used + s.reserved + token_count <= s.base_token_limit + s.additional_tokens',
    'true',
  )

const amounts: Attack[] = ['-1000', '0', 'null'].map((n) => ({
  name: `tokens: ${n} are consumed`,
  by: 'service',
  statement: consume(n),
  refusal: '22023',
  hole: `${without('private.check_usage_scope', 'token_count is null or token_count <= 0', 'false')}
    ${without('public.consume_tokens', 'begin', 'begin token_count := coalesce(token_count, 0);')}
    alter table public.token_usage drop constraint token_usage_tokens_used_check;
    alter table public.workspace_subscriptions drop constraint workspace_subscriptions_period_used_check;`,
  control: byService(consume('1')),
}))

const places: Attack[] = (
  [
    ['another tenant’s project', "'{workspace}', '{b:project}', null"],
    ['another tenant’s chat', "'{workspace}', '{project}', '{b:chat}'"],
    ['a chat without its project', "'{workspace}', null, '{chat}'"],
    ['another workspace than the project’s', "'{b:workspace}', '{project}', '{chat}'"],
  ] as const
).map(([what, place]) => ({
  name: `tokens: consumed for ${what}`,
  by: 'service',
  statement: consume('1', 'k', place),
  refusal: '22023',
  hole: `create or replace function private.check_usage_scope(workspace uuid, project uuid, chat uuid, token_count bigint, usage_type text)
    returns void language sql as '';`,
  control: byService(consume('1')),
}))

const closedPlace: Attack[] = (
  [
    ['an archived project', 'project owner', "select public.archive_project('{project}')"],
    ['a deleted workspace', 'workspace owner', "select public.delete_workspace('{workspace}')"],
  ] as const
).map(([what, by, statement]) => ({
  name: `tokens: consumed for ${what}`,
  by: 'service',
  before: [{ by, statement }],
  statement: consume('1'),
  refusal: '22023',
  hole: `create or replace function private.check_usage_scope(workspace uuid, project uuid, chat uuid, token_count bigint, usage_type text)
    returns void language sql as '';`,
  control: byService(consume('1')),
}))

const limits: Attack[] = [
  {
    name: 'tokens: more than the plan has',
    by: 'service',
    statement: consume('1001'),
    refusal: 'PT402',
    hole: unlimited('public.consume_tokens'),
    control: byService(consume('900')),
  },
  {
    name: 'tokens: what is held back for another answer',
    by: 'service',
    before: [service(reserve('900'))],
    statement: consume('200'),
    refusal: 'PT402',
    hole: without(
      'public.consume_tokens',
      's.period_used + s.reserved + token_count',
      's.period_used + token_count',
    ),
    control: byService(consume('50'), [service(reserve('900'))]),
  },
  {
    name: 'tokens: more than the plan has are held back',
    by: 'service',
    statement: reserve('1001'),
    refusal: 'PT402',
    hole: unlimited('public.reserve_tokens'),
    control: byService(reserve('900')),
  },
  {
    name: 'tokens: what was used beyond what was held back is not paid',
    by: 'admin',
    before: [service(reserve('10')), service(settle('25'))],
    statement: subscription('period_used < 25'),
    hole: without(
      'public.settle_tokens',
      'period_used = s.period_used + v_used',
      'period_used = s.period_used + least(v_used, v_reserved.tokens)',
    ),
    control: {
      by: 'admin',
      before: [service(reserve('25')), service(settle('10'))],
      statement: subscription('period_used < 25'),
    },
  },
  {
    name: 'tokens: more is held back under a key that was told with less',
    by: 'service',
    before: [service(reserve('10'))],
    statement: reserve('900'),
    refusal: '22023',
    hole: without('public.reserve_tokens', 'r.id = v_id and r.tokens = token_count', 'r.id = v_id'),
    control: byService(reserve('10'), [service(reserve('10'))]),
  },
  {
    name: 'tokens: less than nothing was used',
    by: 'service',
    before: [service(consume('50')), service(reserve('10'))],
    statement: settle('-11'),
    refusal: '22023',
    hole: without('public.settle_tokens', 'if v_used < 0 then', 'if false then'),
    control: byService(settle('null'), [service(reserve('10'))]),
  },
  {
    name: 'tokens: a reservation is settled twice, and gives back twice',
    by: 'admin',
    before: [
      service(reserve('10', 'other')),
      service(reserve('10')),
      service(settle('0')),
      service(settle('0')),
    ],
    statement: subscription('reserved < 11'),
    hole: without(
      'public.settle_tokens',
      'if v_reserved.settled_at is not null then',
      'if false then',
    ),
    control: {
      by: 'admin',
      before: [service(reserve('10')), service(settle('0'))],
      statement: subscription('reserved < 11'),
    },
  },
  {
    name: 'tokens: more than one’s share of the Global Workspace',
    by: 'service',
    before: [
      database("update private.plan_limits set per_user_limit = 10 where plan_type = 'free'"),
    ],
    statement: consume('11', 'k', 'private.global_workspace_id(), null, null', "'{stranger}'"),
    refusal: 'PT402',
    hole: without('public.consume_tokens', 'v_left is not null and v_left < token_count', 'false'),
    control: byService(
      consume('10', 'k', 'private.global_workspace_id(), null, null', "'{stranger}'"),
      [database("update private.plan_limits set per_user_limit = 10 where plan_type = 'free'")],
    ),
  },
  {
    name: 'tokens: nobody’s, of the Global Workspace',
    by: 'service',
    statement: consume('11', 'k', 'private.global_workspace_id(), null, null', 'null'),
    refusal: '22023',
    hole: without('private.personal_tokens_left', 'if actor is null then', 'if false then'),
    control: byService(
      consume('11', 'k', 'private.global_workspace_id(), null, null', "'{stranger}'"),
    ),
  },
  {
    name: 'tokens: a key that was told before is charged again',
    by: 'admin',
    before: [service(consume('5')), service(consume('5'))],
    statement: subscription('period_used > 5'),
    hole: `${without('public.consume_tokens', 'if exists (select from public.token_usage u', 'if false and exists (select from public.token_usage u')}
      alter table public.token_usage drop constraint token_usage_workspace_id_idempotency_key_key;`,
    control: {
      by: 'admin',
      before: [service(consume('5')), service(consume('5', 'another'))],
      statement: subscription('period_used > 5'),
    },
  },
  {
    name: 'tokens: an eleventh free workspace for more of them',
    by: 'contributor',
    before: Array.from({ length: 10 }, (_, n) => ({
      by: 'contributor' as const,
      statement: `select public.create_workspace('W ${n}', 'C')`,
    })),
    statement: "select public.create_workspace('One more', 'C')",
    refusal: '54000',
    hole: without('public.create_workspace', '>= 10', '>= 1000'),
    control: { by: 'contributor', statement: "select public.create_workspace('One', 'C')" },
  },
]

const money: Attack[] = [
  {
    name: 'payment: an event is told twice, of two payments',
    by: 'admin',
    before: [service(paid('evt_1', 'pi_1', 7)), service(paid('evt_1', 'pi_2', 7))],
    statement: subscription('additional_tokens > 7'),
    hole: without(
      'public.record_payment_for_service',
      'values (event,',
      'values (event || gen_random_uuid(),',
    ),
    control: {
      by: 'admin',
      before: [service(paid('evt_1', 'pi_1', 7)), service(paid('evt_2', 'pi_2', 7))],
      statement: subscription('additional_tokens > 7'),
    },
  },
  {
    name: 'payment: a payment is told by two events',
    by: 'admin',
    before: [service(paid('evt_1', 'pi_1', 7)), service(paid('evt_2', 'pi_1', 7))],
    statement: subscription('additional_tokens > 7'),
    hole: `${without('public.record_payment_for_service', "if v_before in ('completed', 'refunded', 'disputed') then return false; end if;")}
      ${without('public.record_payment_for_service', "and p.status in ('pending', 'failed')")}`,
    control: {
      by: 'admin',
      before: [service(paid('evt_1', 'pi_1', 7)), service(paid('evt_2', 'pi_2', 7))],
      statement: subscription('additional_tokens > 7'),
    },
  },
  {
    name: 'payment: completed with another number of tokens',
    by: 'service',
    before: [service(paid('evt_1', 'pi_1', 7, 'pending'))],
    statement: paid('evt_2', 'pi_1', 7000000),
    refusal: '22023',
    hole: without(
      'public.record_payment_for_service',
      'and p.token_amount = excluded.token_amount',
    ),
    control: byService(paid('evt_2', 'pi_1', 7), [service(paid('evt_1', 'pi_1', 7, 'pending'))]),
  },
  {
    name: 'payment: completed for another workspace',
    by: 'service',
    before: [service(paid('evt_1', 'pi_1', 7, 'pending'))],
    statement: paid('evt_2', 'pi_1', 7, 'completed', 'b:workspace'),
    refusal: '22023',
    hole: without(
      'public.record_payment_for_service',
      'p.workspace_id = excluded.workspace_id and',
    ),
    control: byService(paid('evt_2', 'pi_1', 7), [service(paid('evt_1', 'pi_1', 7, 'pending'))]),
  },
  {
    name: 'payment: a failed one is credited',
    by: 'admin',
    before: [service(paid('evt_1', 'pi_1', 7, 'failed'))],
    statement: subscription('additional_tokens > 0'),
    hole: without(
      'public.record_payment_for_service',
      "if payment_status = 'completed' then",
      'if true then',
    ),
    control: {
      by: 'admin',
      before: [service(paid('evt_1', 'pi_1', 7))],
      statement: subscription('additional_tokens > 0'),
    },
  },
  ...(
    [
      ['refunded', "select public.record_refund_for_service('evt_2', 'pi_1', 1)", 'refund'],
      ['disputed', "select public.record_dispute_for_service('evt_2', 'pi_1', 'open')", 'dispute'],
    ] as const
  ).map(
    ([what, back, name]): Attack => ({
      name: `payment: tokens of one that is ${what} stay`,
      by: 'admin',
      before: [service(paid('evt_1', 'pi_1', 7)), service(back)],
      statement: subscription('additional_tokens > 0'),
      hole: without(
        `public.record_${name}_for_service`,
        'perform private.take_tokens_back(payment_intent);',
      ),
      control: {
        by: 'admin',
        before: [service(paid('evt_1', 'pi_1', 7))],
        statement: subscription('additional_tokens > 0'),
      },
    }),
  ),
  {
    name: 'payment: one that was refunded is credited by the event that told of it first',
    by: 'admin',
    before: [
      service(paid('evt_1', 'pi_1', 7, 'pending')),
      service("select public.record_refund_for_service('evt_2', 'pi_1', 1)"),
      service(paid('evt_3', 'pi_1', 7)),
    ],
    statement: subscription('additional_tokens > 0'),
    hole: without(
      'public.record_payment_for_service',
      'perform private.take_tokens_back(payment_intent);',
    ),
    control: {
      by: 'admin',
      before: [service(paid('evt_1', 'pi_1', 7, 'pending')), service(paid('evt_3', 'pi_1', 7))],
      statement: subscription('additional_tokens > 0'),
    },
  },
  {
    name: 'payment: of less than nothing',
    by: 'service',
    statement: paid('evt_1', 'pi_1', -7, 'pending'),
    refusal: '23514',
    hole: 'alter table public.token_purchases drop constraint token_purchases_token_amount_check;',
    control: byService(paid('evt_1', 'pi_1', 7, 'pending')),
  },
  {
    name: 'plan: an event that was overtaken brings a plan back',
    by: 'admin',
    before: [
      service(subscribed('evt_1', 'active', '0')),
      service(subscribed('evt_2', 'canceled', '2 minutes')),
      service(subscribed('evt_3', 'active', '1 minute')),
    ],
    statement: subscription("plan_type = 'pro' and status = 'active'"),
    hole: without(
      'public.record_subscription_for_service',
      "(s.told_at > happened_at or s.status in ('canceled', 'incomplete_expired'))",
      'false',
    ),
    control: {
      by: 'admin',
      before: [service(subscribed('evt_1', 'active', '0'))],
      statement: subscription("plan_type = 'pro' and status = 'active'"),
    },
  },
  {
    name: 'plan: of two events of one second the earlier one comes last, and ends the plan',
    by: 'admin',
    before: [
      service(subscribed('evt_1', 'active', '0')),
      service(subscribed('evt_2', 'incomplete', '0')),
    ],
    statement: subscription("plan_type = 'pro' and status = 'incomplete'"),
    hole: without(
      'public.record_subscription_for_service',
      's.told_at = happened_at and',
      'false and',
    ),
    control: {
      by: 'admin',
      before: [
        service(subscribed('evt_1', 'active', '0')),
        service(subscribed('evt_2', 'incomplete', '1 second')),
      ],
      statement: subscription("plan_type = 'pro' and status = 'incomplete'"),
    },
  },
  {
    name: 'plan: another workspace’s subscription',
    by: 'service',
    before: [service(subscribed('evt_1', 'active', '0'))],
    statement: subscribed('evt_2', 'active', '1 minute').replace('{workspace}', '{b:workspace}'),
    refusal: '22023',
    hole: without(
      'public.record_subscription_for_service',
      'and s.workspace_id <> workspace',
      'and false',
    ),
    control: byService(subscribed('evt_2', 'active', '1 minute'), [
      service(subscribed('evt_1', 'active', '0')),
    ]),
  },
  {
    name: 'plan: a checkout that is not paid',
    by: 'admin',
    before: [service(subscribed('evt_1', 'incomplete', '0'))],
    statement: subscription("plan_type = 'pro' and status in ('active', 'trialing', 'past_due')"),
    hole:
      without(
        'public.record_subscription_for_service',
        'v_limit, subscription_status, period_start',
        "v_limit, 'active', period_start",
      ) +
      without(
        'public.record_subscription_for_service',
        "if subscription_status in ('trialing', 'active', 'past_due') then",
        'if true then',
      ),
    control: {
      by: 'admin',
      before: [service(subscribed('evt_1', 'trialing', '0'))],
      statement: subscription("plan_type = 'pro' and status in ('active', 'trialing', 'past_due')"),
    },
  },
  ...(
    [
      [
        'raises the plan',
        "update public.workspace_subscriptions set base_token_limit = 1000000000000 where workspace_id = '{workspace}'",
        'update',
      ],
      [
        'gives back what was used',
        "update public.workspace_subscriptions set period_used = 0 where workspace_id = '{workspace}'",
        'update',
      ],
      [
        'cancels the plan by hand',
        "delete from public.workspace_subscriptions where workspace_id = '{workspace}'",
        'delete',
      ],
    ] as const
  ).map(
    ([what, statement, command]): Attack => ({
      name: `plan: the workspace’s own owner ${what}`,
      by: 'workspace owner',
      statement,
      hole: `delete from private.token_reservations; ${openPolicy('public.workspace_subscriptions', command)}`,
      control: byService(subscribed('evt_1', 'active', '0')),
    }),
  ),
  {
    name: 'plan: the workspace’s own owner writes what they paid',
    by: 'workspace owner',
    statement:
      "insert into public.token_purchases (workspace_id, stripe_payment_intent_id, token_amount, price_paid, status) values ('{workspace}', 'pi_x', 1000000, 0, 'completed')",
    hole: openPolicy('public.token_purchases', 'insert'),
    control: byService(paid('evt_1', 'pi_1', 7)),
  },
  {
    name: 'plan: a workspace with a paid plan is deleted to be rid of it',
    by: 'workspace owner',
    before: [service(subscribed('evt_1', 'active', '0'))],
    statement: "select public.delete_workspace('{workspace}')",
    refusal: '22023',
    hole: without('public.delete_workspace', "s.plan_type <> 'free'", 'false'),
    control: { by: 'workspace owner', statement: "select public.delete_workspace('{workspace}')" },
  },
  {
    name: 'ledger: a project takes what it used along when it is purged',
    ...database(
      "select where not exists (select from public.token_usage where project_id = '{project}')",
    ),
    before: [
      { by: 'project owner', statement: "select public.delete_project('{project}')" },
      database(
        "update public.projects set deleted_at = now() - interval '99 days' where id = '{project}'",
      ),
      database('select private.purge_deleted()'),
    ],
    hole: `alter table public.token_usage disable trigger append_only;
      alter table public.token_usage add foreign key (project_id) references public.projects (id) on delete cascade;`,
    control: {
      by: 'admin',
      before: [
        { by: 'project owner', statement: "select public.delete_project('{project}')" },
        database(
          "update public.projects set deleted_at = now() - interval '99 days' where id = '{project}'",
        ),
        database('select private.purge_deleted()'),
      ],
      statement: "select from public.token_usage where project_id = '{project}'",
    },
  },
  ...(['update', 'delete'] as const).map(
    (command): Attack => ({
      name: `ledger: a service ${command}s its lines`,
      by: 'service',
      statement:
        command === 'update'
          ? 'update public.token_usage set tokens_used = 1'
          : 'delete from public.token_usage',
      hole: `grant ${command} on public.token_usage to service_role; alter table public.token_usage disable trigger append_only;`,
      control: byService(consume('1')),
    }),
  ),
  {
    name: 'ledger: the database’s owner truncates it',
    by: 'database',
    statement: 'truncate public.token_usage',
    hole: 'alter table public.token_usage disable trigger no_truncate;',
    control: byService(consume('1')),
  },
]

export const billing: Attack[] = [...amounts, ...places, ...closedPlace, ...limits, ...money]
