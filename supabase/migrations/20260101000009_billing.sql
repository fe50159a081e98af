-- Plans, what was bought, and what was used. The ledger is written by functions alone and no cascade reaches
-- it: deleting a place leaves its numbers.
set local lock_timeout = '10s';

create table if not exists private.plan_limits (
  plan_type text primary key check (plan_type in ('free', 'hobby', 'pro', 'enterprise')),
  base_token_limit bigint not null check (base_token_limit >= 0),
  -- In the Global Workspace each person has a limit of their own.
  per_user_limit bigint not null check (per_user_limit >= 0)
);
alter table private.plan_limits enable row level security;
insert into private.plan_limits values
  ('free', 1000000, 1000000), ('hobby', 5000000, 5000000), ('pro', 25000000, 25000000), ('enterprise', 250000000, 250000000)
on conflict do nothing;

create table if not exists public.workspace_subscriptions (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  stripe_customer_id text,
  stripe_subscription_id text unique,
  plan_type text not null references private.plan_limits (plan_type),
  base_token_limit bigint not null check (base_token_limit >= 0),
  additional_tokens bigint not null default 0 check (additional_tokens >= 0),
  period_used bigint not null default 0 check (period_used >= 0),
  reserved bigint not null default 0 check (reserved >= 0),
  status text not null default 'active' check (status in ('trialing', 'active', 'past_due', 'canceled', 'incomplete',
    'incomplete_expired', 'unpaid', 'paused')),
  current_period_start timestamptz not null default now(),
  current_period_end timestamptz not null default now() + interval '1 month',
  -- When Stripe made the newest event that was heard of it: older ones arrive too late to say anything.
  told_at timestamptz not null default '-infinity',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (current_period_end > current_period_start),
  check (plan_type = 'free' or (stripe_customer_id is not null and stripe_subscription_id is not null))
);
alter table public.workspace_subscriptions enable row level security;
create unique index if not exists workspace_subscriptions_one_live on public.workspace_subscriptions (workspace_id)
  where status in ('trialing', 'active', 'past_due');

create table if not exists public.token_purchases (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  stripe_payment_intent_id text not null unique,
  token_amount bigint not null check (token_amount > 0),
  price_paid numeric(10, 2) not null check (price_paid >= 0),
  status text not null check (status in ('pending', 'completed', 'failed', 'refunded', 'disputed')),
  price_refunded numeric(10, 2) not null default 0 check (price_refunded >= 0),
  dispute text check (dispute in ('open', 'won', 'lost')),
  -- What a refund or dispute makes of it, and how much of that was still there to be taken.
  tokens_due_back bigint not null default 0 check (tokens_due_back >= 0),
  tokens_taken_back bigint not null default 0 check (tokens_taken_back >= 0),
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null
);
alter table public.token_purchases enable row level security;

-- The ids of what was used outlive what they name, so they are no foreign keys.
create table if not exists public.token_usage (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null,
  project_id uuid,
  chat_id uuid,
  tokens_used bigint not null check (tokens_used > 0),
  usage_type text not null check (usage_type in ('chat', 'artifact_generation', 'search')),
  idempotency_key text not null check (char_length(idempotency_key) between 1 and 200),
  created_at timestamptz not null default now(),
  created_by uuid,
  unique (workspace_id, idempotency_key)
);
alter table public.token_usage enable row level security;

create table if not exists private.token_reservations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null,
  subscription_id uuid not null references public.workspace_subscriptions (id) on delete cascade,
  project_id uuid,
  chat_id uuid,
  actor uuid,
  tokens bigint not null check (tokens > 0),
  usage_type text not null,
  idempotency_key text not null,
  expires_at timestamptz not null,
  -- Given back because nobody settled in time: what was used is still counted when it is told later.
  released_at timestamptz,
  -- Settled ones stay for a while, so that a repeated call finds its answer.
  settled_at timestamptz,
  unique (workspace_id, idempotency_key)
);
alter table private.token_reservations enable row level security;

-- Stripe delivers an event at least once; here it counts once.
create table if not exists private.stripe_events (
  id text primary key,
  event_type text not null,
  received_at timestamptz not null default now()
);
alter table private.stripe_events enable row level security;

create or replace function private.live_subscription(workspace uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.id from public.workspace_subscriptions s
  where s.workspace_id = workspace and s.status in ('trialing', 'active', 'past_due')
$$;

-- Refuses what does not belong together: a project of another workspace, a chat of another project.
create or replace function private.check_usage_scope(workspace uuid, project uuid, chat uuid, n bigint, usage_type text)
returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if n is null or n <= 0 then
    raise exception 'The number of tokens must be positive.' using errcode = '22023';
  end if;
  if usage_type is null or usage_type not in ('chat', 'artifact_generation', 'search') then
    raise exception 'There is no such kind of usage.' using errcode = '22023';
  end if;
  if not exists (select from public.workspaces w where w.id = workspace and w.deleted_at is null and w.is_active)
    or (project is not null and not exists (
      select from public.projects p where p.id = project and p.workspace_id = workspace and p.deleted_at is null and p.is_active))
    or (chat is not null and not exists (
      select from public.chat_sessions c where c.id = chat and c.project_id = project)) then
    raise exception 'Workspace, project and chat do not belong together.' using errcode = '22023';
  end if;
end $$;

-- What is left in a person's share of the Global Workspace; null elsewhere.
create or replace function private.personal_tokens_left(workspace uuid, actor uuid) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if workspace <> private.global_ws() then return null; end if;
  if actor is null then
    raise exception 'In the Global Workspace tokens are somebody''s.' using errcode = '22023';
  end if;
  return (
    select l.per_user_limit
      - coalesce((select sum(u.tokens_used) from public.token_usage u
          where u.workspace_id = workspace and u.created_by = actor and u.created_at >= s.current_period_start), 0)
      - coalesce((select sum(r.tokens) from private.token_reservations r
          where r.subscription_id = s.id and r.actor = personal_tokens_left.actor and r.settled_at is null and r.expires_at > now()), 0)
    from public.workspace_subscriptions s join private.plan_limits l on l.plan_type = s.plan_type
    where s.id = private.live_subscription(workspace));
end $$;

-- What is left of bought tokens once a period is over: a period uses its own first.
create or replace function private.bought_tokens_left(s public.workspace_subscriptions) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select greatest(s.additional_tokens - greatest(s.period_used - s.base_token_limit, 0), 0)
$$;

-- A workspace that pays for nothing has the free plan: its old one again, or a new one.
create or replace function private.ensure_a_plan(workspace uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.live_subscription(workspace) is not null then return; end if;
  update public.workspace_subscriptions s set status = 'active',
    period_used = case when s.current_period_end > now() then s.period_used else 0 end,
    current_period_start = case when s.current_period_end > now() then s.current_period_start else now() end,
    current_period_end = case when s.current_period_end > now() then s.current_period_end else now() + interval '1 month' end
  where s.workspace_id = workspace and s.plan_type = 'free';
  if not found then
    insert into public.workspace_subscriptions (workspace_id, plan_type, base_token_limit)
    select workspace, l.plan_type, l.base_token_limit from private.plan_limits l where l.plan_type = 'free';
  end if;
end $$;

-- Bought tokens are the workspace's and go from plan to plan with it.
create or replace function private.move_bought_tokens(workspace uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_live uuid := private.live_subscription(workspace);
  v_moved bigint;
begin
  with left_behind as (
    select s.id, private.bought_tokens_left(s) as tokens from public.workspace_subscriptions s
    where s.workspace_id = workspace and s.id <> v_live and s.additional_tokens > 0
    for update
  ), emptied as (
    update public.workspace_subscriptions s set additional_tokens = s.additional_tokens - l.tokens
    from left_behind l where s.id = l.id returning l.tokens
  )
  select coalesce(sum(tokens), 0) into v_moved from emptied;
  update public.workspace_subscriptions s set additional_tokens = s.additional_tokens + v_moved
  where s.id = v_live and v_moved > 0;
end $$;

-- How far along a subscription is, for events of one second. Of two that are live the better one, until the next event.
create or replace function private.subscription_stage(status text) returns integer
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array_position(array['incomplete', 'paused', 'unpaid', 'trialing', 'past_due', 'active', 'incomplete_expired', 'canceled'], status)
$$;

-- A credited payment that was refunded or is disputed gives its tokens back, as far as they are not used: what is used is
-- used, and the row says how much was taken. A dispute that is won brings them again.
create or replace function private.take_tokens_back(payment_intent text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_purchase public.token_purchases;
  v_live public.workspace_subscriptions;
  v_due bigint;
  v_moved bigint;
begin
  select * into v_purchase from public.token_purchases p where p.stripe_payment_intent_id = payment_intent for update;
  if v_purchase.status in ('pending', 'failed') then return; end if;
  v_due := case when v_purchase.dispute in ('open', 'lost') then v_purchase.token_amount
    when v_purchase.price_refunded >= v_purchase.price_paid and v_purchase.price_refunded > 0 then v_purchase.token_amount
    when v_purchase.price_paid > 0 then floor(v_purchase.token_amount * v_purchase.price_refunded / v_purchase.price_paid) else 0 end;
  perform private.ensure_a_plan(v_purchase.workspace_id);
  select * into v_live from public.workspace_subscriptions s where s.id = private.live_subscription(v_purchase.workspace_id) for update;
  v_moved := case when v_due >= v_purchase.tokens_due_back
    then least(v_due - v_purchase.tokens_due_back, private.bought_tokens_left(v_live))
    else greatest(v_due - v_purchase.tokens_due_back, - v_purchase.tokens_taken_back) end;
  update public.workspace_subscriptions s set additional_tokens = s.additional_tokens - v_moved where s.id = v_live.id;
  update public.token_purchases p set tokens_due_back = v_due, tokens_taken_back = p.tokens_taken_back + v_moved,
    status = case when p.dispute in ('open', 'lost') then 'disputed'
      when p.price_refunded >= p.price_paid and p.price_refunded > 0 then 'refunded' else 'completed' end
  where p.id = v_purchase.id;
end $$;

-- The Global Workspace has its plan from the beginning. What limits there is each person's share.
insert into public.workspace_subscriptions (workspace_id, plan_type, base_token_limit)
select w.id, 'free', 1000000000000 from public.workspaces w
where w.is_global and not exists (select from public.workspace_subscriptions s where s.workspace_id = w.id);
