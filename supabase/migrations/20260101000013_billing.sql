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
comment on table private.plan_limits is 'What each plan includes.';
comment on column private.plan_limits.plan_type is 'free, hobby, pro or enterprise.';
comment on column private.plan_limits.base_token_limit is 'Tokens a workspace has in each period.';
comment on column private.plan_limits.per_user_limit is 'Tokens each person has in a period of the Global Workspace; counts nowhere else.';

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
comment on table public.workspace_subscriptions is 'Plans of workspaces, at most one of them live, and what its period has used.';
comment on column public.workspace_subscriptions.stripe_customer_id is 'Null on the free plan, which Stripe knows nothing of.';
comment on column public.workspace_subscriptions.stripe_subscription_id is 'Null on the free plan, which Stripe knows nothing of.';
comment on column public.workspace_subscriptions.plan_type is 'free, hobby, pro or enterprise: what private.plan_limits has.';
comment on column public.workspace_subscriptions.base_token_limit is 'Tokens of one period, as the plan''s limit was when it was last told of.';
comment on column public.workspace_subscriptions.additional_tokens is 'Bought tokens. A period uses its own first; what it used of these is taken off when it ends.';
comment on column public.workspace_subscriptions.period_used is 'Tokens used in the current period.';
comment on column public.workspace_subscriptions.reserved is 'Tokens held back for answers under way.';
comment on column public.workspace_subscriptions.status is 'Stripe''s words. trialing, active and past_due are live.';
comment on column public.workspace_subscriptions.current_period_start is 'What is used counts from here.';
comment on column public.workspace_subscriptions.current_period_end is 'Moved by Stripe''s next event; on the free plan by roll_free_periods.';
comment on column public.workspace_subscriptions.told_at is 'When Stripe made the newest event heard of it; older ones are passed over. -infinity: none yet.';
create unique index if not exists workspace_subscriptions_one_live on public.workspace_subscriptions (workspace_id)
  where status in ('trialing', 'active', 'past_due');
create index if not exists workspace_subscriptions_plan_type_idx on public.workspace_subscriptions (plan_type);
create index if not exists workspace_subscriptions_workspace_id_idx on public.workspace_subscriptions (workspace_id);

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
comment on table public.token_purchases is 'Tokens that were bought. A payment is credited once.';
comment on column public.token_purchases.stripe_payment_intent_id is 'One row a payment, however often Stripe tells of it.';
comment on column public.token_purchases.token_amount is 'Tokens, more than none.';
comment on column public.token_purchases.price_paid is 'With two decimals; which currency is not kept.';
comment on column public.token_purchases.status is 'pending or failed: not credited. completed: credited. Then refunded (all of it) or disputed, until that is won.';
comment on column public.token_purchases.price_refunded is 'What was given back of the price so far.';
comment on column public.token_purchases.dispute is 'open, won or lost; null: nobody disputed it.';
comment on column public.token_purchases.tokens_due_back is 'The part of the tokens that was refunded or is disputed.';
comment on column public.token_purchases.tokens_taken_back is 'How many of those were not used yet and were taken.';
comment on column public.token_purchases.created_by is 'Who bought; null: the service did not say, or that account is gone.';
create index if not exists token_purchases_created_by_idx on public.token_purchases (created_by);
create index if not exists token_purchases_workspace_id_idx on public.token_purchases (workspace_id);

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
comment on table public.token_usage is 'The ledger of used tokens. Append-only; no cascade reaches it.';
comment on column public.token_usage.workspace_id is 'Who pays. No foreign key: the line outlives the workspace.';
comment on column public.token_usage.project_id is 'Where it was used; null: in no project. No foreign key: the line outlives the project.';
comment on column public.token_usage.chat_id is 'Where it was used; null: in no chat. No foreign key: the line outlives the chat.';
comment on column public.token_usage.tokens_used is 'More than none.';
comment on column public.token_usage.usage_type is 'chat, artifact_generation or search.';
comment on column public.token_usage.idempotency_key is 'Within a workspace a repeated call with the same key counts once. Of a reservation: settled <its id>.';
comment on column public.token_usage.created_by is 'Whose use it was, as the service says; null: nobody''s. No foreign key: the line outlives the account.';
create index if not exists token_usage_workspace_idx on public.token_usage (workspace_id, created_at desc, id desc);
create index if not exists token_usage_project_idx on public.token_usage (project_id, created_at desc, id desc);
create index if not exists token_usage_person_idx on public.token_usage (created_by, created_at desc);

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
comment on table private.token_reservations is 'Tokens held back for answers whose size is not known yet.';
comment on column private.token_reservations.id is 'What reserve_tokens answers and settle_tokens takes.';
comment on column private.token_reservations.workspace_id is 'Who pays. No foreign key.';
comment on column private.token_reservations.subscription_id is 'In whose `reserved` they are counted.';
comment on column private.token_reservations.project_id is 'Where they are used; null: in no project. No foreign key.';
comment on column private.token_reservations.chat_id is 'Where they are used; null: in no chat. No foreign key.';
comment on column private.token_reservations.actor is 'For whom, as the service says; null: nobody. In the Global Workspace it is their share.';
comment on column private.token_reservations.tokens is 'The most the answer may use.';
comment on column private.token_reservations.usage_type is 'chat, artifact_generation or search.';
comment on column private.token_reservations.idempotency_key is 'Within a workspace a repeated call with the same key answers the same reservation.';
comment on column private.token_reservations.expires_at is 'At most an hour after it was made; then release_stale_reservations gives the tokens back.';
comment on column private.token_reservations.released_at is 'When release_stale_reservations gave it back; null: never. It can still be settled for seven days.';
comment on column private.token_reservations.settled_at is 'Null: still held back. Settled ones stay for seven days, for repeated calls.';
create index if not exists token_reservations_expiry_idx on private.token_reservations (expires_at);
create index if not exists token_reservations_subscription_id_idx on private.token_reservations (subscription_id);

-- Stripe delivers an event at least once; here it counts once.
create table if not exists private.stripe_events (
  id text primary key,
  event_type text not null,
  received_at timestamptz not null default now()
);
alter table private.stripe_events enable row level security;
comment on table private.stripe_events is 'Events that were handled: each counts once.';
comment on column private.stripe_events.id is 'Stripe''s id of the event.';
comment on column private.stripe_events.event_type is 'payment_intent or customer.subscription, a dot, and the status it brought; not Stripe''s own name of it.';
comment on column private.stripe_events.received_at is 'When it was handled.';

-- The Global Workspace has its plan from the beginning. What limits there is each person's share.
insert into public.workspace_subscriptions (workspace_id, plan_type, base_token_limit)
select w.id, 'free', 1000000000000 from public.workspaces w
where w.is_global and not exists (select from public.workspace_subscriptions s where s.workspace_id = w.id);

create or replace function private.live_subscription(workspace uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.id from public.workspace_subscriptions s
  where s.workspace_id = workspace and s.status in ('trialing', 'active', 'past_due')
$$;
comment on function private.live_subscription(uuid) is 'The workspace''s subscription that counts (trialing, active, past_due); null without one.';

-- What is left of bought tokens once a period is over: a period uses its own first.
create or replace function private.bought_tokens_left(s public.workspace_subscriptions) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select greatest(s.additional_tokens - greatest(s.period_used - s.base_token_limit, 0), 0)
$$;
comment on function private.bought_tokens_left(public.workspace_subscriptions) is 'What is left of bought tokens once the period is over: it uses its own first.';

create or replace function private.tokens_left(workspace uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.base_token_limit + s.additional_tokens - s.period_used - s.reserved
  from public.workspace_subscriptions s where s.id = private.live_subscription(workspace)
$$;
comment on function private.tokens_left(uuid) is 'What a workspace has left in its period, bought ones included, reserved ones not; null without a live plan.';

-- What is left in a person's share of the Global Workspace; null elsewhere.
create or replace function private.personal_tokens_left(workspace uuid, actor uuid) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if workspace <> private.global_workspace_id() then return null; end if;
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
comment on function private.personal_tokens_left(uuid, uuid) is 'What is left of a person''s share of the Global Workspace; null elsewhere.';

-- Refuses what does not belong together: a project of another workspace, a chat of another project.
create or replace function private.check_usage_scope(workspace uuid, project uuid, chat uuid, token_count bigint, usage_type text)
returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if token_count is null or token_count <= 0 then
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
comment on function private.check_usage_scope(uuid, uuid, uuid, bigint, text) is 'Refuses what does not belong together: a project of another workspace, a chat of another project, no tokens, an unknown use.';

-- How far along a subscription is, for events of one second. Of two that are live the better one, until the next event.
create or replace function private.subscription_stage(status text) returns integer
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array_position(array['incomplete', 'paused', 'unpaid', 'trialing', 'past_due', 'active', 'incomplete_expired', 'canceled'], status)
$$;
comment on function private.subscription_stage(text) is 'How far along a subscription is, for events of one second.';

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
comment on function private.ensure_a_plan(uuid) is 'Gives a workspace that pays for nothing the free plan: its old one again, or a new one.';

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
comment on function private.move_bought_tokens(uuid) is 'Brings tokens that were bought under earlier plans to the live one.';

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
comment on function private.take_tokens_back(text) is 'Makes of a refund or dispute what is due: takes tokens that are not used, or brings them again.';

-- Tokens. All of these are for services.
create or replace function public.consume_tokens(workspace uuid, project uuid, chat uuid, token_count bigint, usage_type text,
  idempotency_key text, actor uuid default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_left bigint;
begin
  perform private.check_usage_scope(workspace, project, chat, token_count, usage_type);
  perform private.set_actor(actor);
  -- One share at a time: two calls of one person in the Global Workspace wait for each other.
  perform pg_advisory_xact_lock(hashtextextended(workspace::text || coalesce(actor::text, ''), 0));
  if exists (select from public.token_usage u where u.workspace_id = workspace
    and u.idempotency_key = consume_tokens.idempotency_key) then
    if not exists (select from public.token_usage u where u.workspace_id = workspace
      and u.idempotency_key = consume_tokens.idempotency_key and u.tokens_used = token_count) then
      raise exception 'This use is known with another number.' using errcode = '22023';
    end if;
    return private.tokens_left(workspace);
  end if;
  v_left := private.personal_tokens_left(workspace, actor);
  if v_left is not null and v_left < token_count then
    raise exception 'Your share of tokens is used up.' using errcode = 'PT402';
  end if;
  update public.workspace_subscriptions s set period_used = s.period_used + token_count
  where s.id = private.live_subscription(workspace)
    and s.period_used + s.reserved + token_count <= s.base_token_limit + s.additional_tokens;
  if not found then
    raise exception 'The workspace has not enough tokens left.' using errcode = 'PT402';
  end if;
  insert into public.token_usage (workspace_id, project_id, chat_id, tokens_used, usage_type, idempotency_key, created_by)
  values (workspace, project, chat, token_count, consume_tokens.usage_type, consume_tokens.idempotency_key, actor);
  return private.tokens_left(workspace);
end $$;
comment on function public.consume_tokens(uuid, uuid, uuid, bigint, text, text, uuid) is 'Service: counts tokens once per key; PT402 when there are not enough. Answers what is left.';

-- For a streamed answer whose size is not known yet: reserve the most it may be, then settle or release.
create or replace function public.reserve_tokens(workspace uuid, project uuid, chat uuid, token_count bigint, usage_type text,
  idempotency_key text, actor uuid default null, seconds integer default 600) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid;
  v_left bigint;
begin
  perform private.check_usage_scope(workspace, project, chat, token_count, usage_type);
  perform pg_advisory_xact_lock(hashtextextended(workspace::text || coalesce(actor::text, ''), 0));
  select r.id into v_id from private.token_reservations r
  where r.workspace_id = workspace and r.idempotency_key = reserve_tokens.idempotency_key;
  if found then
    if not exists (select from private.token_reservations r where r.id = v_id and r.tokens = token_count) then
      raise exception 'This reservation is known with another number.' using errcode = '22023';
    end if;
    return v_id;
  end if;
  v_left := private.personal_tokens_left(workspace, actor);
  if v_left is not null and v_left < token_count then
    raise exception 'Your share of tokens is used up.' using errcode = 'PT402';
  end if;
  update public.workspace_subscriptions s set reserved = s.reserved + token_count
  where s.id = private.live_subscription(workspace)
    and s.period_used + s.reserved + token_count <= s.base_token_limit + s.additional_tokens;
  if not found then
    raise exception 'The workspace has not enough tokens left.' using errcode = 'PT402';
  end if;
  insert into private.token_reservations (workspace_id, subscription_id, project_id, chat_id, actor, tokens, usage_type, idempotency_key, expires_at)
  values (workspace, private.live_subscription(workspace), project, chat, actor, token_count, reserve_tokens.usage_type,
    reserve_tokens.idempotency_key, now() + make_interval(secs => least(greatest(seconds, 1), 3600)))
  returning id into v_id;
  return v_id;
end $$;
comment on function public.reserve_tokens(uuid, uuid, uuid, bigint, text, text, uuid, integer) is 'Service: holds tokens back for an answer under way.';

-- What was really used, more than was reserved too: it is used, and paid. Null or 0 gives it all back.
create or replace function public.settle_tokens(reservation uuid, used bigint default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_reserved private.token_reservations;
  v_used bigint := coalesce(used, 0);
  v_workspace uuid;
begin
  select * into v_reserved from private.token_reservations r where r.id = reservation for update;
  if not found then raise exception 'There is no such reservation.' using errcode = 'PT404'; end if;
  -- Told again: it is settled already.
  if v_reserved.settled_at is not null then return private.tokens_left(v_reserved.workspace_id); end if;
  if v_used < 0 then
    raise exception 'Less than nothing was used.' using errcode = '22023';
  end if;
  perform private.set_actor(v_reserved.actor);
  update public.workspace_subscriptions s set period_used = s.period_used + v_used,
    reserved = s.reserved - case when v_reserved.released_at is null then v_reserved.tokens else 0 end
  where s.id = v_reserved.subscription_id returning s.workspace_id into v_workspace;
  update private.token_reservations r set settled_at = now() where r.id = reservation;
  if v_used > 0 then
    insert into public.token_usage (workspace_id, project_id, chat_id, tokens_used, usage_type, idempotency_key, created_by)
    values (v_workspace, v_reserved.project_id, v_reserved.chat_id, v_used, v_reserved.usage_type,
      'settled ' || v_reserved.id::text, v_reserved.actor);
  end if;
  return private.tokens_left(v_workspace);
end $$;
comment on function public.settle_tokens(uuid, bigint) is 'Service: what was used, more than was reserved too; the rest of the reservation goes back.';

create or replace function private.release_stale_reservations(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_stale record;
  v_count integer := 0;
begin
  delete from private.token_reservations r where r.id in (select o.id from private.token_reservations o
    where least(o.settled_at, o.released_at) < now() - interval '7 days' limit at_most);
  for v_stale in update private.token_reservations r set released_at = now()
    where r.id in (select o.id from private.token_reservations o
      where o.settled_at is null and o.released_at is null and o.expires_at <= now() order by o.expires_at limit at_most for update)
    returning r.subscription_id, r.tokens
  loop
    update public.workspace_subscriptions s set reserved = s.reserved - v_stale.tokens where s.id = v_stale.subscription_id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;
comment on function private.release_stale_reservations(integer) is 'Job: gives back what was reserved and never settled, at most so many; answers how many.';

-- Stripe delivers at least once and in any order: an event counts once, a payment is credited once.
create or replace function public.record_payment_for_service(event text, workspace uuid, payment_intent text, tokens bigint,
  price numeric, payment_status text, person uuid default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_before text;
begin
  perform private.set_actor(person);
  insert into private.stripe_events (id, event_type) values (event, 'payment_intent.' || payment_status) on conflict do nothing;
  if not found then return false; end if;
  select p.status into v_before from public.token_purchases p where p.stripe_payment_intent_id = payment_intent for update;
  if v_before in ('completed', 'refunded', 'disputed') then return false; end if;
  insert into public.token_purchases as p (workspace_id, stripe_payment_intent_id, token_amount, price_paid, status, created_by)
  values (workspace, payment_intent, tokens, price, payment_status, person)
  on conflict (stripe_payment_intent_id) do update set status = excluded.status
  where p.workspace_id = excluded.workspace_id and p.token_amount = excluded.token_amount and p.status in ('pending', 'failed');
  if not found then
    -- Another delivery of the same payment was quicker.
    if exists (select from public.token_purchases p where p.stripe_payment_intent_id = payment_intent
      and p.status in ('completed', 'refunded', 'disputed') and p.workspace_id = workspace and p.token_amount = tokens) then
      return false;
    end if;
    raise exception 'This payment is known with other figures.' using errcode = '22023';
  end if;
  if payment_status = 'completed' then
    update public.workspace_subscriptions s set additional_tokens = s.additional_tokens + tokens
    where s.id = private.live_subscription(workspace);
    if not found then raise exception 'The workspace has no live subscription.' using errcode = '22023'; end if;
    -- A refund may be heard of before its payment.
    perform private.take_tokens_back(payment_intent);
  end if;
  return true;
end $$;
comment on function public.record_payment_for_service(text, uuid, text, bigint, numeric, text, uuid) is 'Service: a payment Stripe told of; credited once.';

-- All that was given back of a payment so far, as Stripe counts it: what is told late says less, and changes nothing.
create or replace function public.record_refund_for_service(event text, payment_intent text, refunded numeric) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (refunded >= 0) is not true then raise exception 'A refund is of some money.' using errcode = '22023'; end if;
  insert into private.stripe_events (id, event_type) values (event, 'charge.refunded') on conflict do nothing;
  if not found then return false; end if;
  update public.token_purchases p set price_refunded = greatest(p.price_refunded, refunded)
  where p.stripe_payment_intent_id = payment_intent;
  -- Not noted either: Stripe tells it again.
  if not found then raise exception 'There is no such payment.' using errcode = 'PT404'; end if;
  perform private.take_tokens_back(payment_intent);
  return true;
end $$;
comment on function public.record_refund_for_service(text, text, numeric) is 'Service: all that Stripe gave back of a payment so far; its tokens are taken back as far as they are not used.';

-- A payment that is disputed is nobody's until the bank has decided: open, then won or lost.
create or replace function public.record_dispute_for_service(event text, payment_intent text, outcome text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (outcome in ('open', 'won', 'lost')) is not true then
    raise exception 'A dispute is open, won or lost.' using errcode = '22023';
  end if;
  insert into private.stripe_events (id, event_type) values (event, 'charge.dispute.' || outcome) on conflict do nothing;
  if not found then return false; end if;
  update public.token_purchases p set dispute = case when outcome = 'open' then coalesce(p.dispute, outcome) else outcome end
  where p.stripe_payment_intent_id = payment_intent;
  if not found then raise exception 'There is no such payment.' using errcode = 'PT404'; end if;
  perform private.take_tokens_back(payment_intent);
  return true;
end $$;
comment on function public.record_dispute_for_service(text, text, text) is 'Service: a payment is disputed (open, then won or lost); its tokens are taken back, and brought again when it is won.';

create or replace function public.record_subscription_for_service(event text, workspace uuid, customer text, subscription text,
  plan text, subscription_status text, period_start timestamptz, period_end timestamptz,
  happened_at timestamptz default now()) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_limit bigint := (select l.base_token_limit from private.plan_limits l where l.plan_type = plan);
begin
  if v_limit is null then raise exception 'There is no plan %.', plan using errcode = '22023'; end if;
  if not exists (select from public.workspaces w where w.id = workspace) then
    raise exception 'There is no such workspace.' using errcode = 'PT404';
  end if;
  if exists (select from public.workspace_subscriptions s where s.stripe_subscription_id = subscription and s.workspace_id <> workspace) then
    raise exception 'This subscription is another workspace''s.' using errcode = '22023';
  end if;
  insert into private.stripe_events (id, event_type) values (event, 'customer.subscription.' || subscription_status) on conflict do nothing;
  if not found then return false; end if;
  perform from public.workspaces w where w.id = workspace for update;
  -- An event that is overtaken, or one of a subscription that has ended, says nothing any more.
  if exists (select from public.workspace_subscriptions s where s.stripe_subscription_id = subscription
    and ((s.told_at > happened_at or s.status in ('canceled', 'incomplete_expired'))
      -- Stripe's times are whole seconds: of two events of one second the one that is further along came later.
      or (s.told_at = happened_at and private.subscription_stage(s.status) > private.subscription_stage(subscription_status)))) then
    return true;
  end if;
  -- What begins takes the place of what was; a checkout that is not paid yet, or an end, takes nothing.
  if subscription_status in ('trialing', 'active', 'past_due') then
    update public.workspace_subscriptions s set status = 'canceled'
    where s.id = private.live_subscription(workspace) and s.stripe_subscription_id is distinct from subscription;
  end if;
  insert into public.workspace_subscriptions as s (workspace_id, stripe_customer_id, stripe_subscription_id, plan_type,
    base_token_limit, status, current_period_start, current_period_end, told_at)
  values (workspace, customer, subscription, plan, v_limit, subscription_status, period_start, period_end, happened_at)
  on conflict (stripe_subscription_id) do update set status = excluded.status, plan_type = excluded.plan_type,
    base_token_limit = excluded.base_token_limit, told_at = excluded.told_at,
    additional_tokens = case when excluded.current_period_start > s.current_period_start
      then private.bought_tokens_left(s) else s.additional_tokens end,
    period_used = case when excluded.current_period_start > s.current_period_start then 0 else s.period_used end,
    current_period_start = greatest(excluded.current_period_start, s.current_period_start),
    current_period_end = greatest(excluded.current_period_end, s.current_period_end);
  perform private.ensure_a_plan(workspace);
  perform private.move_bought_tokens(workspace);
  return true;
end $$;
comment on function public.record_subscription_for_service(text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz) is 'Service: a subscription Stripe told of.';

-- Free periods have no webhook to begin them.
create or replace function private.roll_free_periods(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_count integer;
begin
  update public.workspace_subscriptions s set period_used = 0, additional_tokens = private.bought_tokens_left(s),
    current_period_start = s.current_period_end, current_period_end = s.current_period_end + interval '1 month'
  where s.id in (select o.id from public.workspace_subscriptions o
    where o.plan_type = 'free' and o.status = 'active' and o.current_period_end <= now()
    order by o.current_period_end limit at_most for update);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function private.roll_free_periods(integer) is 'Job: begins the next period of free plans, which no webhook begins, at most so many; answers how many.';

create or replace trigger audit after insert or update or delete on private.plan_limits for each row
  execute function private.audit_row('none');
create or replace trigger touch before update on public.workspace_subscriptions for each row execute function private.touch();
create or replace trigger audit after insert or update or delete on public.workspace_subscriptions for each row
  execute function private.audit_row('scope');
create or replace trigger audit after insert or update or delete on public.token_purchases for each row
  execute function private.audit_row('scope');
create or replace trigger append_only before update or delete on public.token_usage for each row execute function private.refuse_change();
-- Truncation passes by triggers on rows.
create or replace trigger no_truncate before truncate on public.token_usage for each statement execute function private.refuse_change();

revoke all on public.workspace_subscriptions, public.token_purchases, public.token_usage from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.workspace_subscriptions, public.token_purchases to service_role;
-- The ledger only grows.
grant select, insert on public.token_usage to service_role;

revoke execute on function public.consume_tokens(uuid, uuid, uuid, bigint, text, text, uuid),
  public.reserve_tokens(uuid, uuid, uuid, bigint, text, text, uuid, integer), public.settle_tokens(uuid, bigint),
  public.record_payment_for_service(text, uuid, text, bigint, numeric, text, uuid), public.record_refund_for_service(text, text, numeric),
  public.record_dispute_for_service(text, text, text),
  public.record_subscription_for_service(text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz) from public, anon, authenticated;
grant execute on function public.consume_tokens(uuid, uuid, uuid, bigint, text, text, uuid),
  public.reserve_tokens(uuid, uuid, uuid, bigint, text, text, uuid, integer), public.settle_tokens(uuid, bigint),
  public.record_payment_for_service(text, uuid, text, bigint, numeric, text, uuid), public.record_refund_for_service(text, text, numeric),
  public.record_dispute_for_service(text, text, text),
  public.record_subscription_for_service(text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz) to service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.release_stale_reservations(integer), private.roll_free_periods(integer) to service_role;

grant select on public.workspace_subscriptions, public.token_purchases, public.token_usage to authenticated;
drop policy if exists workspace_subscriptions_select on public.workspace_subscriptions;
create policy workspace_subscriptions_select on public.workspace_subscriptions for select to authenticated
  using (workspace_id = any ((select private.workspace_ids('admin'))::uuid[]));
drop policy if exists token_purchases_select on public.token_purchases;
create policy token_purchases_select on public.token_purchases for select to authenticated
  using (workspace_id = any ((select private.workspace_ids('admin'))::uuid[]));
drop policy if exists token_usage_select on public.token_usage;
create policy token_usage_select on public.token_usage for select to authenticated
  using ((created_by = (select auth.uid()) and (select private.is_active_user()))
    or (workspace_id = any ((select private.workspace_ids('admin'))::uuid[]) and workspace_id <> (select private.global_workspace_id()))
    or project_id = any ((select private.project_ids('viewer'))::uuid[]));
